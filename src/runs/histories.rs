//! What services were over the runs of a store, judged by today's rules under one policy.

use std::sync::Arc;

use super::error::RunsError;
use super::judge_each::judge_each;
use super::stored_run::{LoadedRun, end_of_run, load_run_by_id};
use crate::judge::{self, Histories, Lineage, Look, RunResult, ServiceResult, Sight};
use crate::model::{Inventory, RunId, Service, ServiceId};
use crate::policy::Policy;
use crate::store::{ListedRun, Scope, Store};

/// Runs that a report looks back on at the most.
const LOOKS_MAX: usize = 60;

/// Services of all these runs together that are judged for it at the most.
const JUDGED_MAX: usize = 10_000;

/// Runs that are judged side by side, and held in memory together.
pub const AT_ONCE: usize = 8;

/// A run as one that looked at services.
pub fn look(run: &LoadedRun) -> Look {
    let run = &run.stored.run;
    Look { run: run.id.clone(), at: end_of_run(run) }
}

/// A service of a run, judged as it was when the run ended.
pub fn judge_then(
    store: &Store,
    run: &LoadedRun,
    policy: &Policy,
    service: &Arc<Service>,
) -> Result<ServiceResult, RunsError> {
    let context = run.context_at_its_end(policy);
    let evidence = store.evidence_of(&run.stored.run.id, &service.id)?;
    Ok(judge::judge_service(&context, service, &evidence))
}

/// The services of a whole run over the last runs of its inventory, parts among them, up to this one and the
/// rescans that fill it in. Empty where there is nothing to look back on.
///
/// # Errors
/// When the store can't be read.
pub fn histories(store: &Store, result: &RunResult) -> Result<Histories, RunsError> {
    let listed = store.listed_runs()?;
    let own = listed.iter().find(|run| run.run.id == result.run.id);
    let Some(own) = own.filter(|run| run.scope == Scope::Whole) else {
        return Ok(Histories::default());
    };
    let is_shown = |run: &&ListedRun| {
        let fills_in = || result.rescans.values().any(|rescan| rescan.run == run.run.id);
        run.scope != Scope::Names
            && run.shows_its_scope()
            && run.is_of_same_inventory(own)
            && (run.run.started_at <= own.run.started_at || fills_in())
    };
    let most = (JUDGED_MAX / result.services.len().max(1)).clamp(1, LOOKS_MAX);
    let mut runs: Vec<&RunId> =
        listed.iter().filter(is_shown).take(most).map(|run| &run.run.id).collect();
    runs.reverse();
    let mut histories = Histories::default();
    if runs.len() < 2 {
        return Ok(histories);
    }
    for some in runs.chunks(AT_ONCE) {
        let seen = judge_each(store.path(), some, |store, id| {
            sights(store, id, &result.policy, &result.inventory)
        })?;
        for (look, sights) in seen {
            histories.add(look, sights);
        }
    }
    Ok(histories)
}

/// What a run found, by the ids that the services have in a later inventory.
fn sights(
    store: &Store,
    id: &RunId,
    policy: &Policy,
    later: &Inventory,
) -> Result<(Look, Vec<(ServiceId, Sight)>), RunsError> {
    let run = load_run_by_id(store, id)?;
    let lineage = Lineage::of(later, &run.loaded.inventory);
    let mut sights = Vec::with_capacity(run.services.len());
    for service in &run.services {
        if let Some(now) = lineage.now(&service.id) {
            let result = judge_then(store, &run, policy, service)?;
            sights.push((now.clone(), Sight::of(&result)));
        }
    }
    Ok((look(&run), sights))
}
