//! What a run found otherwise than the last whole run of the same inventory before it.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::error::RunsError;
use super::judge_each::judge_each;
use super::named_run::{last_before, shows_whole_inventory};
use super::stored_run::{LoadedRun, end_of_run, load_run_by_id};
use crate::judge;
use crate::judge::{Lineage, RunResult, ServiceChange, ServiceResult, ServiceSince, SinceLast};
use crate::model::{Service, ServiceId};
use crate::store::{ListedRun, Scope, Store};

/// Compares a judged run with the one before it, which is judged again under the same policy, each
/// service by itself. `None` when there is none, or when the run shows nothing to compare.
///
/// # Errors
/// When the store can't be read.
pub fn since_last(store: &Store, result: &RunResult) -> Result<Option<SinceLast>, RunsError> {
    let listed = store.listed_runs()?;
    let Some((run, before)) = pair(&listed, result) else { return Ok(None) };
    let before = load_run_by_id(store, &before.run.id)?;
    let is_rescan = run.scope == Scope::Part;
    let lineage = Lineage::of(&result.inventory, &before.loaded.inventory);
    let mut services = changes(store.path(), &before, result, &lineage)?;
    if !is_rescan {
        let known: HashSet<&ServiceId> =
            result.services.iter().map(|one| &one.service.id).collect();
        let is_there = |then: &ServiceId| lineage.now(then).is_some_and(|now| known.contains(now));
        let is_gone =
            |service: &&Arc<Service>| result.covers(&service.id) && !is_there(&service.id);
        for service in before.services.iter().filter(is_gone) {
            let was = judge_before(store, &before, result, service)?;
            services.push(ServiceSince::of(ServiceChange::gone(&was), None));
        }
        services.retain(|service| service.change.is_news());
    }
    let run = &before.stored.run;
    let (run, ended_at) = (run.id.clone(), end_of_run(run));
    Ok(Some(SinceLast { run, ended_at, is_rescan, services }))
}

/// The run in the list, and the one that it is compared with.
fn pair<'a>(listed: &'a [ListedRun], result: &RunResult) -> Option<(&'a ListedRun, &'a ListedRun)> {
    let run = listed.iter().find(|run| run.run.id == result.run.id)?;
    let is_shown = match run.scope {
        Scope::Whole => shows_whole_inventory(run),
        Scope::Part => run.shows_its_scope(),
        Scope::Names => false,
    };
    Some((run, last_before(listed, run).filter(|_| is_shown)?))
}

/// What changed of each service of the result.
fn changes(
    db: &Path,
    before: &LoadedRun,
    result: &RunResult,
    lineage: &Lineage,
) -> Result<Vec<ServiceSince>, RunsError> {
    let earlier: HashMap<&ServiceId, &Arc<Service>> =
        before.services.iter().map(|service| (&service.id, service)).collect();
    judge_each(db, &result.services, |store, now| {
        let was = lineage.then(&now.service.id).and_then(|then| earlier.get(then));
        let was = was.map(|service| judge_before(store, before, result, service)).transpose()?;
        Ok(ServiceSince::of(judge::service_change(was.as_ref(), now), Some(now)))
    })
}

/// A service of the earlier run, under the policy of the later one.
fn judge_before(
    store: &Store,
    before: &LoadedRun,
    result: &RunResult,
    service: &Arc<Service>,
) -> Result<ServiceResult, RunsError> {
    let context = before.context_at_its_end(&result.policy);
    let evidence = store.evidence_of(&before.stored.run.id, &service.id)?;
    Ok(judge::judge_service(&context, service, &evidence))
}
