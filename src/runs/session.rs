//! One session of a run: begun or resumed, scanned over the network of this machine, and judged.
//!
//! Nothing here shows anything, catches a signal or makes a runtime: whoever carries a session to its end
//! stops it by a [`StopSignal`] and is told of its course by [`ScanEvent`]s.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::error::RunsError;
use super::load::{self, LoadedInventory};
use super::named_run::{NEWEST, named_run};
use super::note::{Note, TakeNotes};
use super::resumed_run::{self, NamedInventory};
use super::run_id::{host_name, new_run_id};
use super::service_selection::{selection_for, services_of};
use super::since_last::since_last;
use super::stored_run::{self, LoadedRun, load_stored_run};
use crate::judge::{Counts, RunResult, SinceLast};
use crate::model::{RequestCounts, Run, RunCounts, RunId, Service, Settings, Timings, Vantage};
use crate::probe::EchoSockets;
use crate::scan::{self, Ending, ScanEvent, ScanInput, ScanOutcome, StopSignal};
use crate::store::{COMMAND_LINE, Recorder, RunInputs, Store, StoredRun};

/// A scan that has ended, in whatever way.
pub struct ScannedRun {
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
    /// Where its time went.
    pub timings: Timings,
}

/// How a run is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct HowToScan<'a> {
    /// The id that the run is given; default: a new one.
    pub id: Option<&'a RunId>,
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

/// A run that was begun or is gone on with, and that nobody has asked anything for yet. It holds the lock
/// to write to its store.
pub struct Session {
    store: Store,
    run: LoadedRun,
    recorder: Recorder,
    resumed: bool,
}

/// An interrupted run that was found, and that nobody goes on with yet.
pub struct Interrupted {
    store: Store,
    run: LoadedRun,
    /// Whether it was made here.
    is_own: bool,
}

/// A session that has been scanned, and not judged.
pub struct ScannedSession {
    store: Store,
    run: LoadedRun,
    outcome: ScanOutcome,
}

impl Session {
    /// Begins a run in a store.
    ///
    /// # Errors
    /// What the operator can fix.
    pub fn begin(
        db: &Path,
        mut loaded: LoadedInventory,
        how: &HowToScan<'_>,
        notes: TakeNotes<'_>,
    ) -> Result<Self, RunsError> {
        let selection = selection_for(&loaded.inventory, how.only, notes)?;
        let services = services_of(&loaded.inventory, &selection);
        let settings = &mut Arc::make_mut(&mut loaded.inventory).settings;
        if !how.only.is_empty() || loaded.file == COMMAND_LINE {
            settings.round_interval = settings.round_interval.min(SHORT_ROUND_INTERVAL);
        }
        if how.quick {
            settings.rounds = 1;
        }
        let vantage = how.vantage.map_or_else(host_name, ToOwned::to_owned);
        let id = match how.id {
            Some(id) => id.clone(),
            None => new_run_id().map_err(|error| RunsError::internal(error.to_string()))?,
        };
        let run = Run {
            id,
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
        let run = LoadedRun { stored, loaded, services, rescans: Vec::new(), is_day_given: false };
        Ok(Self { store, run, recorder, resumed: false })
    }

    /// Goes on with a run that was interrupted: [`Interrupted::find`] and [`Interrupted::resume`].
    ///
    /// # Errors
    /// What the operator can fix.
    pub fn resume(
        db: &Path,
        run: Option<&str>,
        inventory: Option<&Path>,
        notes: TakeNotes<'_>,
    ) -> Result<Self, RunsError> {
        Interrupted::find(db, run, inventory, notes)?.resume(notes)
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run.stored.run
    }

    /// The services that are looked at.
    pub fn services(&self) -> &[Arc<Service>] {
        &self.run.services
    }

    /// What is asked of whom, how often and how long.
    pub fn settings(&self) -> &Settings {
        &self.run.loaded.inventory.settings
    }

    /// Scans until everything is known or the signal is raised, through sockets for echo that were opened within the
    /// same runtime. `events` is called from within the scan, so
    /// it must not block.
    ///
    /// # Errors
    /// When the store can't be read or written.
    pub async fn scan(
        self,
        echo: EchoSockets,
        stop: StopSignal,
        events: impl Fn(ScanEvent) + Send + Sync,
    ) -> Result<ScannedSession, RunsError> {
        let Self { store, run, recorder, resumed } = self;
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
        let outcome = scan::run(echo, input, stop, events).await?;
        Ok(ScannedSession { store, run, outcome })
    }
}

impl Interrupted {
    /// Finds a run that was interrupted, the named one or the newest, from its own inventory and
    /// settings. Where an inventory is named too, the run must be one of it.
    ///
    /// # Errors
    /// What the operator can fix.
    pub fn find(
        db: &Path,
        run: Option<&str>,
        inventory: Option<&Path>,
        notes: TakeNotes<'_>,
    ) -> Result<Self, RunsError> {
        let inventory = inventory.map(NamedInventory::read).transpose()?;
        let store = Store::open_existing(db)?;
        let listed = store.listed_runs()?;
        let meant = match run {
            None | Some(NEWEST) => resumed_run::newest_interrupted(&listed, inventory.as_ref())?,
            Some(file) if file.ends_with(".yaml") || file.ends_with(".yml") => {
                return Err(RunsError::operator(format!(
                    "--resume: `{file}` is an inventory, no run"
                ))
                .help(format!("an inventory goes first: v6ready scan {file} --resume")));
            }
            Some(run) => {
                let id = store.run_to_resume(&named_run(&store, run, notes)?)?.0.run.id;
                resumed_run::named(&listed, &id, inventory.as_ref(), notes)?
            }
        };
        let (stored, loss) = store.run_to_resume(&meant.run.id)?;
        if let Some(loss) = loss {
            notes(Note::Text(format!(
                "run {}: {loss}; what is missing is asked again",
                stored.run.id
            )));
        }
        let run = load_stored_run(stored)?;
        if let Some(inventory) = inventory {
            inventory.note_changes(&run.stored.inputs.inventory, notes);
        }
        // What another host wrote down opens no file here.
        let is_own = meant.imported.is_none();
        Ok(Self { store, run, is_own })
    }

    /// The files that its inventory names and that are read again.
    pub fn files(&self) -> Vec<PathBuf> {
        if self.is_own { load::origin_files(&self.run.loaded) } else { Vec::new() }
    }

    /// Goes on with it.
    ///
    /// # Errors
    /// When the store can't be locked or written.
    pub fn resume(self, notes: TakeNotes<'_>) -> Result<Session, RunsError> {
        let Self { mut store, mut run, is_own } = self;
        if is_own {
            load::reread_what_is_named(&mut run.loaded, notes);
        }
        let recorder = store.resume(&run.stored.run.id)?;
        Ok(Session { store, run, recorder, resumed: true })
    }
}

impl ScannedSession {
    /// Judges the run, notes how many services have which stage, and compares it with the last one.
    ///
    /// # Errors
    /// When the store can't be read or written.
    pub fn judge(self) -> Result<ScannedRun, RunsError> {
        let Self { store, mut run, outcome } = self;
        let ScanOutcome { run: scanned, ending, results, requests, timings } = outcome;
        let as_of = scanned.finished_at.unwrap_or_else(|| Timestamp::now().max(scanned.started_at));
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
        Ok(ScannedRun { store, result, ending, since, requests, timings })
    }
}

/// How many services have which stage, for lists of runs.
fn run_counts(result: &RunResult) -> RunCounts {
    let Counts { stages, absent, unknown, retired, .. } = result.summary().all;
    RunCounts { stages, absent, unknown, retired }
}
