//! The files of a run's report.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::dress::Dress;
use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::cli::ReportFormat;
use crate::commands::error::CliError;
use crate::commands::file_name::file_in;
use crate::commands::stored_run::Citations;
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report;
use crate::report::ReportContext;
use crate::store::Store;

/// Writes `RUN.FORMAT` files into a folder, which is made when it is missing. Each file appears
/// whole or not at all.
///
/// # Errors
/// When a file can't be written.
pub(in crate::commands) fn write_files(
    store: &Store,
    result: &RunResult,
    lang: Lang,
    formats: &[ReportFormat],
    dress: &Dress,
    folder: &Path,
) -> Result<Vec<PathBuf>, CliError> {
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let citations = Citations::of(store);
    let find_observation = |id| citations.find(id);
    let context = ReportContext { result, lang, find_observation: &find_observation };
    formats
        .iter()
        .flat_map(|format| renderers(*format))
        .map(|(ending, render)| {
            let path = file_in(folder, result.run.id.as_str(), ending)?;
            let written = write_atomically(&path, |out| {
                render(&context, dress, out)?;
                match citations.have_failed() {
                    true => Err(io::Error::other("the store is damaged")),
                    false => Ok(()),
                }
            });
            citations.all_found()?;
            written.map_err(|error| unwritable(&path, &error))?;
            Ok(path)
        })
        .collect()
}

type Renderer = fn(&ReportContext<'_>, &Dress, &mut dyn io::Write) -> io::Result<()>;

/// The files of a format: how each one's name ends, and what renders it.
fn renderers(format: ReportFormat) -> &'static [(&'static str, Renderer)] {
    match format {
        ReportFormat::Html => &[(".html", |context, _, out| report::html::write(context, out))],
        ReportFormat::Markdown => {
            &[(".md", |context, _, out| report::markdown::write(context, out))]
        }
        ReportFormat::Json => &[(".json", |context, _, out| report::json::write(context, out))],
        ReportFormat::Pdf => {
            &[(".pdf", |context, dress, out| report::pdf::write(context, &dress.letterhead, out))]
        }
        ReportFormat::Xlsx => &[(".xlsx", |context, _, out| report::xlsx::write(context, out))],
        ReportFormat::Csv => &[
            (".csv", |context, _, out| report::csv::write_services(context, out)),
            (".verdicts.csv", |context, _, out| report::csv::write_verdicts(context, out)),
        ],
        ReportFormat::Junit => &[(".junit.xml", |context, dress, out| {
            report::junit::write_from(context, dress.junit_fails_from, out)
        })],
    }
}
