//! One session of a run: begun or resumed, scanned over the network of this machine, and judged.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::signal::unix;
use tokio::signal::unix::SignalKind;

use super::resumed_run::{self, NamedInventory};
use super::run_id::{host_name, new_run_id};
use crate::commands::cli::Global;
use crate::commands::error::CliError;
use crate::commands::load::{self, LoadedInventory};
use crate::commands::named_run::{NEWEST, named_run};
use crate::commands::progress::Progress;
use crate::commands::service_selection::{selection_for, services_of};
use crate::commands::since_last::since_last;
use crate::commands::stored_run::{self, LoadedRun, load_stored_run};
use crate::commands::terminal;
use crate::judge::{Counts, RunResult, SinceLast};
use crate::model::{RequestCounts, Run, RunCounts, Vantage};
use crate::scan::{self, Ending, ScanInput, ScanOutcome, StopSignal};
use crate::store::{COMMAND_LINE, Recorder, RunInputs, Store, StoredRun};

/// A scan that has ended, in whatever way.
pub(in crate::commands) struct ScannedRun {
    /// The store that holds it.
    pub store: Store,
    /// Its services, judged.
    pub result: RunResult,
    /// How it ended.
    pub ending: Ending,
    /// What changed since the last whole run of the same inventory.
    pub since: Option<SinceLast>,
    /// What this session sent.
    pub requests: RequestCounts,
}

/// How a run is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::commands) struct HowToScan<'a> {
    /// The patterns that choose services; empty = all.
    pub only: &'a [String],
    /// The vantage point's name; default: the host's.
    pub vantage: Option<&'a str>,
    /// One round of connections.
    pub quick: bool,
}

/// The pause between two rounds where a person waits for the answer on a few services. A whole run lets
/// its rounds lie as far apart as the inventory says.
const SHORT_ROUND_INTERVAL: Duration = Duration::from_secs(1);

/// Begins a run in a store and carries it to its end.
///
/// # Errors
/// What the operator can fix.
pub(in crate::commands) fn start_run(
    db: &Path,
    global: &Global,
    mut loaded: LoadedInventory,
    how: &HowToScan<'_>,
) -> Result<ScannedRun, CliError> {
    let services = services_of(&loaded.inventory, &selection_for(&loaded.inventory, how.only)?);
    let settings = &mut Arc::make_mut(&mut loaded.inventory).settings;
    if !how.only.is_empty() || loaded.file == COMMAND_LINE {
        settings.round_interval = settings.round_interval.min(SHORT_ROUND_INTERVAL);
    }
    if how.quick {
        settings.rounds = 1;
    }
    let vantage = how.vantage.map_or_else(host_name, ToOwned::to_owned);
    let run = Run {
        id: new_run_id().map_err(|error| CliError::internal(error.to_string()))?,
        started_at: Timestamp::now(),
        finished_at: None,
        vantage: Vantage::new(&vantage, &loaded.inventory.settings.resolvers),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        complete: false,
    };
    let inputs = RunInputs {
        inventory_file: loaded.file.clone(),
        inventory_id: loaded.inventory.id.as_deref().map(str::to_owned),
        inventory: loaded.text.clone(),
        only: how.only.to_vec(),
        settings: loaded.inventory.settings.clone(),
        policy_name: loaded.policy_name.clone(),
        policy_yaml: loaded.policy_yaml.clone(),
    };
    let mut store = Store::open(db)?;
    let recorder = store.begin(&run, &inputs)?;
    let stored = StoredRun { run, inputs };
    let run = LoadedRun { stored, loaded, services, rescans: Vec::new() };
    scan_and_judge(global, store, run, recorder, false)
}

/// Goes on with a run that was interrupted, the named one or the newest, from its own inventory and
/// settings. Where an inventory is named too, the run must be one of it.
///
/// # Errors
/// What the operator can fix.
pub(super) fn resume_run(
    global: &Global,
    run: Option<&str>,
    inventory: Option<&Path>,
) -> Result<ScannedRun, CliError> {
    let inventory = inventory.map(NamedInventory::read).transpose()?;
    let mut store = Store::open_existing(&global.db)?;
    let listed = store.listed_runs()?;
    let meant = match run {
        None | Some(NEWEST) => resumed_run::newest_interrupted(&listed, inventory.as_ref())?,
        Some(file) if file.ends_with(".yaml") || file.ends_with(".yml") => {
            return Err(CliError::operator(format!("--resume: `{file}` is an inventory, no run"))
                .help(format!("an inventory goes first: v6ready scan {file} --resume")));
        }
        Some(run) => {
            let id = store.run_to_resume(&named_run(&store, run)?)?.0.run.id;
            resumed_run::named(&listed, &id, inventory.as_ref())?
        }
    };
    let (stored, loss) = store.run_to_resume(&meant.run.id)?;
    if let Some(loss) = loss {
        terminal::note(format_args!(
            "run {}: {loss}; what is missing is asked again",
            stored.run.id
        ));
    }
    let mut run = load_stored_run(stored)?;
    if let Some(inventory) = inventory {
        inventory.note_changes(&run.stored.inputs.inventory);
    }
    // What another host wrote down opens no file here.
    if meant.imported.is_none() {
        load::reread_origin_table(&mut run.loaded);
    }
    let recorder = store.resume(&run.stored.run.id)?;
    scan_and_judge(global, store, run, recorder, true)
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
        reader: Store::open_existing(store.path())?,
        resumed,
        policy: Arc::clone(policy),
        trust: Arc::clone(trust),
    };
    let progress = Progress::new(input.services.len(), &inventory.settings, global);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        scan::run(input, stop_on_interrupt(), |event| progress.show(&event)).await
    });
    progress.clear();
    let ScanOutcome { run: scanned, ending, results, requests } = outcome?;
    let as_of = scanned.finished_at.unwrap_or_else(Timestamp::now);
    run.stored.run = scanned;
    let result = match results {
        Some(services) => stored_run::result_of_judged(&store, &run, services, as_of)?,
        None => stored_run::judge_run(&store, &run, as_of)?,
    };
    if result.run.finished_at.is_some() {
        store.note_counts(&result.run.id, &run_counts(&result))?;
    }
    let since = match ending {
        Ending::Complete => since_last(&store, &result)?,
        Ending::Interrupted | Ending::VantageAbsent => None,
    };
    Ok(ScannedRun { store, result, ending, since, requests })
}

/// How many services have which stage, for lists of runs.
fn run_counts(result: &RunResult) -> RunCounts {
    let Counts { stages, absent, unknown, retired, .. } = result.summary().all;
    RunCounts { stages, absent, unknown, retired }
}

/// A signal that the first Ctrl-C raises, and SIGTERM, by which services are stopped. Where they can't be
/// caught, they end the process; nothing that was committed is lost then either.
fn stop_on_interrupt() -> StopSignal {
    let (stopper, signal) = StopSignal::new();
    tokio::spawn(async move {
        let Ok(mut terminated) = unix::signal(SignalKind::terminate()) else { return };
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => if interrupted.is_err() { return },
            _ = terminated.recv() => {}
        }
        stopper.stop();
    });
    signal
}
