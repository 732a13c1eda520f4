//! `v6ready check`: a scan of names with no inventory.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::cli::{CheckArgs, Global, ResultFormat};
use super::error::CliError;
use super::gate::Gate;
use super::{load, scan, stored_run, terminal};
use crate::{inventory, report};

/// The pause between two rounds of connections.
const ROUND_INTERVAL: Duration = Duration::from_secs(1);

/// Scans the named hosts and URLs and prints every verdict.
///
/// # Errors
/// What the operator must mend.
pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<ExitCode, CliError> {
    let text = inventory::for_targets(&args.targets).map_err(CliError::of_error)?;
    let mut loaded =
        load::from_text(text.into_bytes(), load::COMMAND_LINE, args.policy.as_deref())?;
    // Somebody is waiting.
    Arc::make_mut(&mut loaded.inventory).settings.round_interval = ROUND_INTERVAL;
    let scanned = scan::fresh(global, loaded, &[], &scan::vantage_name())?;
    if args.format == ResultFormat::Text && scanned.is_complete() {
        let (color, width) = terminal::of_stdout(global);
        let result = &scanned.result;
        stored_run::with_context(&scanned.store, result, result.inventory.lang, |context| {
            let mut out = terminal::results();
            for service in &result.services {
                report::terminal::write_service(
                    context,
                    service,
                    global.verbose > 0,
                    color,
                    width,
                    &mut out,
                )?;
            }
            out.flush()
        })
        .map_err(CliError::of_error)?;
        return Ok(ExitCode::SUCCESS);
    }
    scan::finish(global, &scanned, args.format, &Gate::default())
}
