//! A judged run on stdout.

use std::io::Write as _;

use super::cli::{Global, ResultFormat};
use super::error::CliError;
use super::terminal;
use crate::judge::{RunResult, SinceLast};
use crate::model::Lang;
use crate::report::{self, ReportContext, difference};
use crate::runs::stored_run;
use crate::store::Store;

/// Prints a run's result: its summary as text, or all of it as JSON.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn print_result(
    global: &Global,
    store: &Store,
    result: &RunResult,
    lang: Lang,
    format: ResultFormat,
) -> Result<(), CliError> {
    print_scan(global, store, result, None, lang, format)
}

/// Prints the result of a scan, which ends with what changed since the last whole run.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn print_scan(
    global: &Global,
    store: &Store,
    result: &RunResult,
    since: Option<&SinceLast>,
    lang: Lang,
    format: ResultFormat,
) -> Result<(), CliError> {
    with_report_context(store, result, lang, |context| {
        let mut out = terminal::results();
        match format {
            ResultFormat::Json => report::json::write_since(context, since, &mut out)?,
            ResultFormat::Text => {
                let display = terminal::display(global);
                report::terminal::write(context, display, &mut out)?;
                if let Some(since) = since {
                    difference::since::plain(since, result, lang, display, &mut out)?;
                }
            }
        }
        out.flush()
    })?;
    Ok(())
}

/// Gives a renderer its evidence from the store.
///
/// # Errors
/// The renderer's own, and when something that it showed can't be read.
pub(super) fn with_report_context<T, E>(
    store: &Store,
    result: &RunResult,
    lang: Lang,
    render: impl FnOnce(&ReportContext<'_>) -> Result<T, E>,
) -> Result<T, CliError>
where
    CliError: From<E>,
{
    stored_run::with_report_context(store, result, lang, |context| Ok(render(context)?))
}
