//! A stored run, judged: the same for a run that has just ended and for one of last year.

use std::sync::Arc;

use jiff::Timestamp;

use super::error::CliError;
use super::load::{self, Loaded};
use crate::evidence::vantage;
use crate::inventory::Selection;
use crate::judge;
use crate::judge::{JudgeContext, RunResult, ServiceResult};
use crate::model::{Inventory, Observation, ObservationId, RunId, Service};
use crate::report::ReportContext;
use crate::store::{Store, StoredRun};

/// A run of the store with everything that it takes to judge it.
pub(super) struct LoadedRun {
    /// The run and what it was made from.
    pub stored: StoredRun,
    /// The inventory, policy and trust as they were.
    pub loaded: Loaded,
    /// The services that were chosen.
    pub services: Vec<Arc<Service>>,
}

/// The services of an inventory that patterns choose, in its order.
///
/// # Errors
/// A bad pattern, or one that chooses nothing.
pub(super) fn chosen(
    inventory: &Inventory,
    only: &[String],
) -> Result<Vec<Arc<Service>>, CliError> {
    let selection = Selection::parse(only).map_err(CliError::of_error)?;
    let services: Vec<_> = inventory
        .services
        .iter()
        .filter(|service| selection.matches(&service.id))
        .cloned()
        .collect();
    if services.is_empty() {
        let what = if only.is_empty() {
            "the inventory names no service".to_owned()
        } else {
            format!("no service matches {}", only.join(", "))
        };
        return Err(CliError::mend(what).help("`--only` takes ORG/SERVICE, such as `vp-ubnd/*`"));
    }
    Ok(services)
}

/// Finds a run: the named one, or the newest.
///
/// # Errors
/// When there is none, or its inventory can't be read any more.
pub(super) fn open(store: &Store, run: Option<&str>) -> Result<LoadedRun, CliError> {
    let id = match run {
        Some(id) => RunId(id.to_owned()),
        None => match store.runs().map_err(CliError::of_error)?.into_iter().next() {
            Some(run) => run.id,
            None => {
                return Err(
                    CliError::mend("the store holds no run yet").help("`v6ready scan` makes one")
                );
            }
        },
    };
    let stored = store.run(&id).map_err(CliError::of_error)?;
    let inputs = &stored.inputs;
    let loaded = load::restored(
        &inputs.inventory_file,
        &inputs.inventory,
        inputs.settings.clone(),
        &inputs.policy_name,
        &inputs.policy_yaml,
    )?;
    let services = chosen(&loaded.inventory, &inputs.only)?;
    Ok(LoadedRun { stored, loaded, services })
}

/// Judges every service of a run from the evidence in the store, one service in memory at a time.
///
/// # Errors
/// When the store is damaged: no report is made from half the evidence.
pub(super) fn judge(
    store: &Store,
    case: &LoadedRun,
    as_of: Timestamp,
) -> Result<RunResult, CliError> {
    with_bench(store, case, as_of, |bench| {
        let judge = |service: &Arc<Service>| {
            let run = &case.stored.run.id;
            let evidence = store.evidence_of(run, &service.id).map_err(CliError::of_error)?;
            Ok(judge::judge_service(bench, service, &evidence))
        };
        case.services.iter().map(judge).collect()
    })
}

/// A run whose services were judged while they were asked.
///
/// # Errors
/// When the store is damaged.
pub(super) fn judged(
    store: &Store,
    case: &LoadedRun,
    services: Vec<ServiceResult>,
    as_of: Timestamp,
) -> Result<RunResult, CliError> {
    with_bench(store, case, as_of, |_| Ok(services))
}

fn with_bench(
    store: &Store,
    case: &LoadedRun,
    as_of: Timestamp,
    services: impl FnOnce(&JudgeContext<'_>) -> Result<Vec<ServiceResult>, CliError>,
) -> Result<RunResult, CliError> {
    let mut run = case.stored.run.clone();
    let tests = store.vantage_evidence(&run.id).map_err(CliError::of_error)?;
    if run.finished_at.is_none() {
        // A killed run could not write down what its tests showed.
        let settings = &case.loaded.inventory.settings;
        run.vantage = vantage::state_so_far(&run.vantage.name, &tests, settings);
    }
    let bench = JudgeContext {
        inventory: &case.loaded.inventory,
        vantage: &run.vantage,
        policy: &case.loaded.policy,
        trust: &case.loaded.trust,
        as_of,
    };
    let services = services(&bench)?;
    Ok(RunResult {
        inventory: Arc::clone(&case.loaded.inventory),
        policy: Arc::clone(&case.loaded.policy),
        as_of,
        vantage: judge::judge_vantage(&bench, &tests),
        services,
        run,
    })
}

/// Gives renderers their evidence from the store. A fact that can't be read is not shown; judging
/// has read every one of them before.
pub(super) fn with_context<T>(
    store: &Store,
    result: &RunResult,
    lang: crate::model::Lang,
    render: impl FnOnce(&ReportContext<'_>) -> T,
) -> T {
    let facts =
        |id: ObservationId| -> Option<Arc<Observation>> { store.observation(id).ok().flatten() };
    render(&ReportContext { result, lang, find_observation: &facts })
}
