//! A stored run, judged: the same for a run that has just ended and for one of last year.

use std::sync::Arc;

use jiff::Timestamp;

use super::error::CliError;
use super::load::{self, LoadedInventory};
use super::service_selection::select_services;
use crate::evidence::vantage;
use crate::judge;
use crate::judge::{JudgeContext, RunResult, ServiceResult};
use crate::model::{Evidence, Lang, Observation, ObservationId, Run, RunId, Service, Vantage};
use crate::report::ReportContext;
use crate::store::{Store, StoredRun};

/// A run of the store with everything that it takes to judge it.
pub(super) struct LoadedRun {
    /// The run and what it was made from.
    pub stored: StoredRun,
    /// The inventory, policy and trust as they were.
    pub loaded: LoadedInventory,
    /// The services that were chosen.
    pub services: Vec<Arc<Service>>,
}

/// The id of the newest run.
///
/// # Errors
/// When the store holds none.
pub(super) fn newest_run(store: &Store) -> Result<RunId, CliError> {
    let newest = store.runs()?.into_iter().next().map(|run| run.id);
    newest.ok_or_else(|| {
        CliError::operator("the store holds no run yet").help("`v6ready scan` makes one")
    })
}

/// When a run ended, or began when it did not end.
pub(super) fn end_of_run(run: &Run) -> Timestamp {
    run.finished_at.unwrap_or(run.started_at)
}

/// Loads the named run, or the newest.
///
/// # Errors
/// When there is none, or its inventory can't be read any more.
pub(super) fn load_run(store: &Store, run: Option<&str>) -> Result<LoadedRun, CliError> {
    let id = match run {
        Some(id) => RunId(id.to_owned()),
        None => newest_run(store)?,
    };
    let stored = store.run(&id)?;
    let inputs = &stored.inputs;
    let loaded = load::restored_inventory(
        &inputs.inventory_file,
        &inputs.inventory,
        inputs.settings.clone(),
        &inputs.policy_name,
        &inputs.policy_yaml,
    )?;
    let services = select_services(&loaded.inventory, &inputs.only)?;
    Ok(LoadedRun { stored, loaded, services })
}

impl LoadedRun {
    /// Has the run judged by another policy than its own, where one is named.
    ///
    /// # Errors
    /// When there is no such policy.
    pub(super) fn with_policy(mut self, name: Option<&str>) -> Result<Self, CliError> {
        if let Some(name) = name {
            (self.loaded.policy, _) = load::named_policy(name)?;
        }
        Ok(self)
    }

    fn judge_context<'a>(&'a self, vantage: &'a Vantage, as_of: Timestamp) -> JudgeContext<'a> {
        JudgeContext {
            inventory: &self.loaded.inventory,
            vantage,
            policy: &self.loaded.policy,
            trust: &self.loaded.trust,
            as_of,
        }
    }
}

/// Judges every service of a run from the evidence in the store, one service in memory at a time.
///
/// # Errors
/// When the store is damaged: no report is made from half the evidence.
pub(super) fn judge_run(
    store: &Store,
    run: &LoadedRun,
    as_of: Timestamp,
) -> Result<RunResult, CliError> {
    let (vantage, tests) = tested_vantage(store, run)?;
    let context = run.judge_context(&vantage, as_of);
    let judge = |service: &Arc<Service>| {
        let evidence = store.evidence_of(&run.stored.run.id, &service.id)?;
        Ok(judge::judge_service(&context, service, &evidence))
    };
    let services = run.services.iter().map(judge).collect::<Result<_, CliError>>()?;
    Ok(run_result(run, &context, &tests, services))
}

/// The result of a run whose services were judged while it lasted.
///
/// # Errors
/// When the store is damaged.
pub(super) fn result_of_judged(
    store: &Store,
    run: &LoadedRun,
    services: Vec<ServiceResult>,
    as_of: Timestamp,
) -> Result<RunResult, CliError> {
    let (vantage, tests) = tested_vantage(store, run)?;
    Ok(run_result(run, &run.judge_context(&vantage, as_of), &tests, services))
}

/// What the tests of the vantage point showed, and the tests.
fn tested_vantage(store: &Store, run: &LoadedRun) -> Result<(Vantage, Evidence), CliError> {
    let LoadedRun { stored: StoredRun { run, .. }, loaded, .. } = run;
    let tests = store.vantage_evidence(&run.id)?;
    let vantage = match run.finished_at {
        Some(_) => run.vantage.clone(),
        // A killed run could not write down what its tests showed.
        None => vantage::state_so_far(&run.vantage.name, &tests, &loaded.inventory.settings),
    };
    Ok((vantage, tests))
}

fn run_result(
    run: &LoadedRun,
    context: &JudgeContext<'_>,
    vantage_tests: &Evidence,
    services: Vec<ServiceResult>,
) -> RunResult {
    let LoadedRun { stored, loaded, .. } = run;
    RunResult {
        run: Run { vantage: context.vantage.clone(), ..stored.run.clone() },
        inventory: Arc::clone(&loaded.inventory),
        policy: Arc::clone(&loaded.policy),
        as_of: context.as_of,
        vantage: judge::judge_vantage(context, vantage_tests),
        services,
    }
}

/// Gives renderers their evidence from the store. An observation that can't be read is not shown;
/// judging has read every one of them before.
pub(super) fn with_report_context<T>(
    store: &Store,
    result: &RunResult,
    lang: Lang,
    render: impl FnOnce(&ReportContext<'_>) -> T,
) -> T {
    let find_observation =
        |id: ObservationId| -> Option<Arc<Observation>> { store.observation(id).ok().flatten() };
    render(&ReportContext { result, lang, find_observation: &find_observation })
}
