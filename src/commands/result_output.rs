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

/// In which form a result is printed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// As text or as JSON.
    pub format: ResultFormat,
    /// Whether the text has everything, and not only what fits on two screens.
    pub all: bool,
}

impl From<ResultFormat> for Form {
    fn from(format: ResultFormat) -> Self {
        Self { format, all: false }
    }
}

/// Prints a run's result: its summary as text, or all of it as JSON.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn print_result(
    global: &Global,
    store: &Store,
    result: &RunResult,
    lang: Lang,
    form: impl Into<Form>,
) -> Result<(), CliError> {
    print_scan(global, store, result, None, lang, form.into())
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
    form: Form,
) -> Result<(), CliError> {
    with_report_context(store, result, lang, |context| {
        let mut out = terminal::results();
        match form.format {
            ResultFormat::Json => report::json::write_since(context, since, &mut out)?,
            ResultFormat::Text => {
                let mut display = terminal::display(global);
                display.all |= form.all;
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
