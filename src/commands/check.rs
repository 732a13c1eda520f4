//! `v6ready check`: a scan of names with no inventory, which leaves nothing behind unless it is to be
//! kept.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::{CheckArgs, Global, ResultFormat};
use super::confinement::Reach;
use super::error::CliError;
use super::exit_code::INTERRUPTED;
use super::gate::Gate;
use super::result_output::{print_result, with_report_context};
use super::scan::network;
use super::scan::{carried_out, print_scanned};
use super::scratch_store::ScratchStore;
use super::{locale, terminal};
use crate::model::Lang;
use crate::report::terminal::{Display, EvidenceBeside};
use crate::runs::load;
use crate::runs::session::{HowToScan, ScannedRun, Session};
use crate::scan::Ending;
use crate::store::COMMAND_LINE;
use crate::{inventory, report};

/// Scans the named hosts and URLs and prints every verdict.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(
    global: &Global,
    args: &CheckArgs,
    mut reach: Reach,
) -> Result<ExitCode, CliError> {
    let policy = args.policy.as_deref();
    let notes = &terminal::note_of_run;
    let (network, loaded) = match &args.inventory {
        Some(file) => {
            let like = load::read_inventory(file)?;
            reach.extend(like.files());
            let network = network::open(&reach)?;
            (network, load::targets_with_inventory(&args.targets, like, policy, notes)?)
        }
        None => {
            let text = inventory::for_targets(&args.targets, None)?.into_bytes();
            let network = network::open(&reach)?;
            (network, load::inventory_from_text(text, COMMAND_LINE, policy, notes)?)
        }
    };
    let lang = args.lang.unwrap_or_else(|| match args.inventory {
        Some(_) => loaded.inventory.lang,
        None => locale::lang(),
    });
    let how = HowToScan { quick: args.quick, ..HowToScan::default() };
    // Declared first, so that its folder goes after the store in it has been closed.
    let scratch;
    let db = if args.keep {
        &global.db
    } else {
        scratch = ScratchStore::make()?;
        scratch.file()
    };
    let scanned = carried_out(global, network, Session::begin(db, loaded, &how, notes)?)?;
    match scanned.ending {
        Ending::Complete if args.format == ResultFormat::Text => {
            print_verdicts(global, &scanned, lang)?;
            if args.keep {
                terminal::note(format_args!("kept as run {}", scanned.result.run.id));
            }
            Ok(ExitCode::SUCCESS)
        }
        Ending::Interrupted if !args.keep => {
            print_result(global, &scanned.store, &scanned.result, lang, args.format)?;
            terminal::note("interrupted; nothing was stored. `--keep` stores what is asked");
            Ok(ExitCode::from(INTERRUPTED))
        }
        _ => print_scanned(global, &scanned, Some(lang), args.format, &Gate::default()),
    }
}

fn print_verdicts(global: &Global, scanned: &ScannedRun, lang: Lang) -> Result<(), CliError> {
    let evidence = match global.verbose {
        0 => EvidenceBeside::Nothing,
        _ => EvidenceBeside::Everything,
    };
    let display = Display { all: true, evidence, ..terminal::display(global) };
    let ScannedRun { store, result, .. } = scanned;
    with_report_context(store, result, lang, |context| {
        let mut out = terminal::results();
        for service in &result.services {
            report::terminal::write_service(context, service, display, &mut out)?;
        }
        out.flush()
    })?;
    Ok(())
}
