//! `v6ready scan`, and the scan that `check` and `demo` are.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;

use super::cli::{Global, ResultFormat, ScanArgs};
use super::error::CliError;
use super::gate::Gate;
use super::load::{self, Loaded};
use super::progress::Progress;
use super::stored_run::{self, LoadedRun};
use super::terminal;
use crate::judge::RunResult;
use crate::model::{Run, RunId, Vantage};
use crate::report;
use crate::scan::engine::{self, Ending, ScanEnd, ScanInput};
use crate::store::{Recorder, RunInputs, Store, StoredRun};

/// Scans an inventory, stores the run and prints the summary.
///
/// # Errors
/// What the operator must mend.
pub(super) fn run(global: &Global, args: &ScanArgs) -> Result<ExitCode, CliError> {
    let gate = Gate::of(&args.gate);
    let vantage = args.vantage.clone().unwrap_or_else(vantage_name);
    let scanned = match &args.resume {
        Some(run) => resume(global, run.as_deref())?,
        None => {
            let loaded = load::from_file(&args.inventory, args.policy.as_deref())?;
            fresh(global, loaded, &args.only, &vantage)?
        }
    };
    finish(global, &scanned, args.format, &gate)
}

/// A scan that has ended, in whatever way.
pub(super) struct Scanned {
    /// The store that holds it.
    pub store: Store,
    /// Its services, judged.
    pub result: RunResult,
    /// How asking ended.
    pub ending: Ending,
}

impl Scanned {
    /// Whether everything that the planner named was asked.
    pub(super) fn is_complete(&self) -> bool {
        self.ending == Ending::Complete
    }
}

/// Begins a run and carries it to its end.
///
/// # Errors
/// What the operator must mend.
pub(super) fn fresh(
    global: &Global,
    loaded: Loaded,
    only: &[String],
    vantage: &str,
) -> Result<Scanned, CliError> {
    let services = stored_run::chosen(&loaded.inventory, only)?;
    let run = Run {
        id: new_run_id(),
        started_at: Timestamp::now(),
        finished_at: None,
        vantage: Vantage::new(vantage, &loaded.inventory.settings.resolvers),
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
    let mut store = Store::open(&global.db).map_err(CliError::of_error)?;
    let recorder = store.begin(&run, &inputs).map_err(CliError::of_error)?;
    let case = LoadedRun { stored: StoredRun { run, inputs }, loaded, services };
    carry_out(global, store, case, recorder, false)
}

/// Goes on with a run that was interrupted, from its own inventory and settings.
fn resume(global: &Global, run: Option<&str>) -> Result<Scanned, CliError> {
    let mut store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    let mut case = match run {
        Some(run) => stored_run::open(&store, Some(run))?,
        None => newest_incomplete(&store)?,
    };
    load::reread_origin_table(&mut case.loaded);
    let recorder = store.resume(&case.stored.run.id).map_err(CliError::of_error)?;
    carry_out(global, store, case, recorder, true)
}

fn newest_incomplete(store: &Store) -> Result<LoadedRun, CliError> {
    let runs = store.runs().map_err(CliError::of_error)?;
    match runs.into_iter().find(|run| !run.complete && run.finished_at.is_none()) {
        Some(run) => stored_run::open(store, Some(&run.id.0)),
        None => Err(CliError::mend("there is no interrupted run to resume")
            .help("`v6ready runs` lists the runs; `v6ready scan` begins a new one")),
    }
}

/// Asks what the case's run lacks, and judges it.
fn carry_out(
    global: &Global,
    store: Store,
    mut case: LoadedRun,
    recorder: Recorder,
    resumed: bool,
) -> Result<Scanned, CliError> {
    let Loaded { inventory, policy, trust, .. } = &case.loaded;
    let setup = ScanInput {
        inventory: Arc::clone(inventory),
        services: case.services.clone(),
        run: case.stored.run.clone(),
        recorder,
        reader: Store::open_existing(&global.db).map_err(CliError::of_error)?,
        resumed,
        policy: Arc::clone(policy),
        trust: Arc::clone(trust),
    };
    let progress = Progress::new(setup.services.len(), global.quiet);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::of_error)?;
    let asked = runtime.block_on(engine::scan(setup, &progress));
    progress.clear();
    let ScanEnd { run, ending, judged } = asked?;
    let as_of = run.finished_at.unwrap_or_else(Timestamp::now);
    case.stored.run = run;
    let result = match judged {
        Some(services) => stored_run::judged(&store, &case, services, as_of)?,
        None => stored_run::judge(&store, &case, as_of)?,
    };
    Ok(Scanned { store, result, ending })
}

/// Prints the result and says, as an exit code, whether what was asked holds.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn finish(
    global: &Global,
    scanned: &Scanned,
    format: ResultFormat,
    gate: &Gate,
) -> Result<ExitCode, CliError> {
    let Scanned { store, result, ending } = scanned;
    let lang = result.inventory.lang;
    stored_run::with_context(store, result, lang, |context| {
        let mut out = terminal::results();
        match format {
            ResultFormat::Json => report::json::write(context, &mut out)?,
            ResultFormat::Text => {
                let (color, width) = terminal::of_stdout(global);
                report::terminal::write(context, color, width, &mut out)?;
            }
        }
        out.flush()
    })
    .map_err(CliError::of_error)?;
    let run = &result.run;
    match ending {
        Ending::Interrupted => {
            eprintln!(
                "interrupted; everything asked so far is stored. Go on with: v6ready scan --resume {}",
                run.id
            );
            return Ok(ExitCode::from(INTERRUPTED));
        }
        Ending::Absent => {
            return Err(CliError::inconclusive(format!(
                "the vantage point `{}` has no working IPv6 or no resolver, so nothing can be said of any service",
                run.vantage.name
            ))
            .help("scan from a machine with IPv6; `v6ready explain vantage-ipv6` says what is tested"));
        }
        Ending::Complete => {}
    }
    Ok(gate.judge(result))
}

/// As shells have it for a program that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// The operator's machine, as a name for the vantage point.
pub(super) fn vantage_name() -> String {
    nix::unistd::gethostname()
        .ok()
        .and_then(|name| name.into_string().ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "vantage".to_owned())
}

/// The moment in UTC and four random letters, so that ids sort by time.
fn new_run_id() -> RunId {
    use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
    let mut octets = [0; 4];
    // Without randomness the letters are all `a`; the store refuses a second run of that id.
    let _ = SystemRandom::new().fill(&mut octets);
    let letters: String = octets.iter().map(|octet| char::from(b'a' + octet % 26)).collect();
    RunId(format!("{}-{letters}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")))
}
