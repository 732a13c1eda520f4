//! A judged run on stdout.

use std::io::Write as _;

use super::cli::{Global, ResultFormat};
use super::error::CliError;
use super::stored_run::with_report_context;
use super::terminal;
use crate::judge::RunResult;
use crate::report;
use crate::store::Store;

/// Prints a run's result: its summary as text, or all of it as JSON.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn print_result(
    global: &Global,
    store: &Store,
    result: &RunResult,
    format: ResultFormat,
) -> Result<(), CliError> {
    with_report_context(store, result, result.inventory.lang, |context| {
        let mut out = terminal::results();
        match format {
            ResultFormat::Json => report::json::write(context, &mut out)?,
            ResultFormat::Text => {
                let (color, width) = terminal::stdout_style(global);
                report::terminal::write(context, color, width, &mut out)?;
            }
        }
        out.flush()
    })?;
    Ok(())
}
