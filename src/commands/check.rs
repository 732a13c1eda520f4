//! `v6ready check`: a scan of names with no inventory.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::cli::{CheckArgs, Global, ResultFormat};
use super::error::CliError;
use super::gate::Gate;
use super::scan::print_scanned;
use super::scan::session::{ScannedRun, start_run};
use super::stored_run::with_report_context;
use super::{load, terminal};
use crate::scan::Ending;
use crate::{inventory, report};

/// The pause between two rounds of connections: a person is waiting for the result.
const ROUND_INTERVAL: Duration = Duration::from_secs(1);

/// Scans the named hosts and URLs and prints every verdict.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<ExitCode, CliError> {
    let text = inventory::for_targets(&args.targets)?.into_bytes();
    let mut loaded = load::inventory_from_text(text, load::COMMAND_LINE, args.policy.as_deref())?;
    Arc::make_mut(&mut loaded.inventory).settings.round_interval = ROUND_INTERVAL;
    let scanned = start_run(global, loaded, &[], None)?;
    if args.format == ResultFormat::Text && scanned.ending == Ending::Complete {
        print_verdicts(global, &scanned)?;
        return Ok(ExitCode::SUCCESS);
    }
    print_scanned(global, &scanned, args.format, &Gate::default())
}

fn print_verdicts(global: &Global, scanned: &ScannedRun) -> Result<(), CliError> {
    let (color, width) = terminal::stdout_style(global);
    let is_verbose = global.verbose > 0;
    let ScannedRun { store, result, .. } = scanned;
    with_report_context(store, result, result.inventory.lang, |context| {
        let mut out = terminal::results();
        for service in &result.services {
            report::terminal::write_service(context, service, is_verbose, color, width, &mut out)?;
        }
        out.flush()
    })?;
    Ok(())
}
