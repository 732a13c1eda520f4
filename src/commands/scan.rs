//! `v6ready scan`: an inventory or an interrupted run, to its end.

mod carried_out;
mod metrics;
pub(super) mod network;

use std::path::Path;
use std::process::ExitCode;

pub(super) use carried_out::carried_out;

use super::cli::{DEFAULT_INVENTORY, Global, ScanArgs};
use super::confinement::Reach;
use super::error::CliError;
use super::exit_code::INTERRUPTED;
use super::gate::Gate;
use super::result_output::{Form, print_scan};
use super::terminal;
use crate::model::Lang;
use crate::report::timings;
use crate::runs::load;
use crate::runs::session::{HowToScan, Interrupted, ScannedRun, Session};
use crate::scan::Ending;

/// Scans an inventory, stores the run and prints the summary.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(
    global: &Global,
    args: &ScanArgs,
    mut reach: Reach,
) -> Result<ExitCode, CliError> {
    let gate = Gate { fail_on_worse: args.fail_on_worse, ..Gate::of(&args.gate) };
    let notes = &terminal::note_of_run;
    let (network, session) = match &args.resume {
        Some(run) => {
            let inventory = args.inventory.as_deref();
            let interrupted = Interrupted::find(&global.db, run.as_deref(), inventory, notes)?;
            reach.extend(interrupted.files());
            (network::open(&reach)?, interrupted.resume(notes)?)
        }
        None => {
            let file = args.inventory.as_deref().unwrap_or(Path::new(DEFAULT_INVENTORY));
            let read = load::read_inventory(file)?;
            reach.extend(read.files());
            let network = network::open(&reach)?;
            let loaded = read.complete(args.policy.as_deref(), notes)?;
            let how = HowToScan {
                id: None,
                only: &args.only.only,
                vantage: args.vantage.as_deref(),
                quick: args.quick,
            };
            (network, Session::begin(&global.db, loaded, &how, notes)?)
        }
    };
    let scanned = carried_out(global, network, session)?;
    let metrics = args.metrics.as_ref().map(|file| metrics::write_metrics(file, &scanned));
    let form = Form { format: args.format, all: args.all };
    let code = print_scanned(global, &scanned, args.lang, form, &gate)?;
    if args.timings {
        let lang = args.lang.unwrap_or(scanned.result.inventory.lang);
        terminal::say(&timings::text(&scanned.timings, lang));
    }
    metrics.transpose()?;
    Ok(code)
}

/// Prints the result of a scan, in the inventory's language where none is asked for, and returns as an exit code whether what was asked for holds.
///
/// # Errors
/// When stdout can't be written; that nothing could be scanned from here.
pub(super) fn print_scanned(
    global: &Global,
    scanned: &ScannedRun,
    lang: Option<Lang>,
    form: impl Into<Form>,
    gate: &Gate,
) -> Result<ExitCode, CliError> {
    let ScannedRun { store, result, ending, since, .. } = scanned;
    let lang = lang.unwrap_or(result.inventory.lang);
    print_scan(global, store, result, since.as_ref(), lang, form.into())?;
    let run = &result.run;
    match ending {
        Ending::Complete => {
            if gate.fail_on_worse && since.is_none() {
                terminal::note(
                    "--fail-on-worse: the store holds no earlier complete run of this inventory to \
                     compare with",
                );
            }
            Ok(gate.exit_code(result, since.as_ref()))
        }
        Ending::Interrupted => {
            terminal::note(format_args!(
                "interrupted; everything asked so far is stored. Go on with: v6ready scan --resume {}",
                run.id
            ));
            Ok(ExitCode::from(INTERRUPTED))
        }
        Ending::VantageAbsent if run.finished_at.is_none() => Err(CliError::inconclusive(format!(
            "the vantage point `{}` has no working IPv6 or no resolver now, so nothing was asked; run {} \
             stays as it was",
            run.vantage.name, run.id
        ))
        .help(format!("when IPv6 is back, go on with: v6ready scan --resume {}", run.id))),
        Ending::VantageAbsent => Err(CliError::inconclusive(format!(
            "the vantage point `{}` has no working IPv6 or no resolver, so nothing can be said of any service",
            run.vantage.name
        ))
        .help("scan from a machine with IPv6; `v6ready explain vantage-ipv6` says what is tested")),
    }
}
