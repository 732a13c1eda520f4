//! One session of a run: begun or resumed, scanned over the network of this machine, and judged.

use std::sync::Arc;

use jiff::Timestamp;

use super::run_id::{host_name, new_run_id};
use crate::commands::cli::Global;
use crate::commands::error::CliError;
use crate::commands::load::{self, LoadedInventory};
use crate::commands::progress::Progress;
use crate::commands::service_selection::select_services;
use crate::commands::stored_run::{self, LoadedRun, load_run};
use crate::judge::RunResult;
use crate::model::{Run, Vantage};
use crate::scan::{self, Ending, ScanInput, ScanOutcome, StopSignal};
use crate::store::{Recorder, RunInputs, Store, StoredRun};

/// A scan that has ended, in whatever way.
pub(in crate::commands) struct ScannedRun {
    /// The store that holds it.
    pub store: Store,
    /// Its services, judged.
    pub result: RunResult,
    /// How it ended.
    pub ending: Ending,
}

/// Begins a run and carries it to its end. The vantage point is named after the host unless it has a
/// name.
///
/// # Errors
/// What the operator can fix.
pub(in crate::commands) fn start_run(
    global: &Global,
    loaded: LoadedInventory,
    only: &[String],
    vantage: Option<&str>,
) -> Result<ScannedRun, CliError> {
    let services = select_services(&loaded.inventory, only)?;
    let vantage = vantage.map_or_else(host_name, ToOwned::to_owned);
    let run = Run {
        id: new_run_id(),
        started_at: Timestamp::now(),
        finished_at: None,
        vantage: Vantage::new(&vantage, &loaded.inventory.settings.resolvers),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: false,
    };
    let inputs = RunInputs {
        inventory_file: loaded.file.clone(),
        inventory: loaded.text.clone(),
        only: only.to_vec(),
        settings: loaded.inventory.settings.clone(),
        policy_name: loaded.policy_name.clone(),
        policy_yaml: loaded.policy_yaml.clone(),
    };
    let mut store = Store::open(&global.db)?;
    let recorder = store.begin(&run, &inputs)?;
    let run = LoadedRun { stored: StoredRun { run, inputs }, loaded, services };
    scan_and_judge(global, store, run, recorder, false)
}

/// Goes on with a run that was interrupted, the named one or the newest, from its own inventory and
/// settings.
///
/// # Errors
/// What the operator can fix.
pub(super) fn resume_run(global: &Global, run: Option<&str>) -> Result<ScannedRun, CliError> {
    let mut store = Store::open_existing(&global.db)?;
    let mut run = match run {
        Some(run) => load_run(&store, Some(run))?,
        None => load_newest_interrupted(&store)?,
    };
    load::reread_origin_table(&mut run.loaded);
    let recorder = store.resume(&run.stored.run.id)?;
    scan_and_judge(global, store, run, recorder, true)
}

fn load_newest_interrupted(store: &Store) -> Result<LoadedRun, CliError> {
    let mut runs = store.runs()?.into_iter();
    match runs.find(|run| !run.complete && run.finished_at.is_none()) {
        Some(run) => load_run(store, Some(&run.id.0)),
        None => Err(CliError::operator("there is no interrupted run to resume")
            .help("`v6ready runs` lists the runs; `v6ready scan` begins a new one")),
    }
}

fn scan_and_judge(
    global: &Global,
    store: Store,
    mut run: LoadedRun,
    recorder: Recorder,
    resumed: bool,
) -> Result<ScannedRun, CliError> {
    let LoadedInventory { inventory, policy, trust, .. } = &run.loaded;
    let input = ScanInput {
        inventory: Arc::clone(inventory),
        services: run.services.clone(),
        run: run.stored.run.clone(),
        recorder,
        reader: Store::open_existing(&global.db)?,
        resumed,
        policy: Arc::clone(policy),
        trust: Arc::clone(trust),
    };
    let progress = Progress::new(input.services.len(), global);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        scan::run(input, stop_on_interrupt(), |event| progress.show(&event)).await
    });
    progress.clear();
    let ScanOutcome { run: scanned, ending, results } = outcome?;
    let as_of = scanned.finished_at.unwrap_or_else(Timestamp::now);
    run.stored.run = scanned;
    let result = match results {
        Some(services) => stored_run::result_of_judged(&store, &run, services, as_of)?,
        None => stored_run::judge_run(&store, &run, as_of)?,
    };
    Ok(ScannedRun { store, result, ending })
}

/// A signal that the first Ctrl-C raises. Where Ctrl-C can't be caught, it ends the process; nothing
/// that was committed is lost then either.
fn stop_on_interrupt() -> StopSignal {
    let (stopper, signal) = StopSignal::new();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopper.stop();
        }
    });
    signal
}
