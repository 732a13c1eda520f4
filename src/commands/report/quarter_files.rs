//! The files of a quarter's report.

use std::fs;
use std::io;
use std::path::Path;

use super::dress::Dress;
use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::cli::ReportFormat;
use crate::commands::error::CliError;
use crate::commands::file_name::file_in;
use crate::judge::quarter::{Quarter, Review};
use crate::model::Lang;
use crate::report::quarter::{self, QuarterContext};
use crate::report::{ReportContext, csv, junit, pdf, xlsx};

/// Writes `QUARTER.FORMAT` files into a folder, which is made when it is missing, and names each on
/// stdout once it is whole.
///
/// # Errors
/// When a file can't be written.
pub(super) fn write_files(
    review: &Review,
    quarter: Quarter,
    lang: Lang,
    formats: &[ReportFormat],
    dress: &Dress,
    folder: &Path,
) -> Result<(), CliError> {
    let context = QuarterContext { review, lang };
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for (ending, render) in formats.iter().flat_map(|format| renderers(*format)) {
        let path = file_in(folder, &quarter.to_string(), ending)?;
        write_atomically(&path, |out| render(&context, dress, out))
            .map_err(|error| unwritable(&path, &error))?;
        println!("{}", path.display());
    }
    Ok(())
}

type Renderer = fn(&QuarterContext<'_>, &Dress, &mut dyn io::Write) -> io::Result<()>;

/// The files of a format: how each one's name ends, and what renders it.
fn renderers(format: ReportFormat) -> &'static [(&'static str, Renderer)] {
    match format {
        ReportFormat::Html => &[(".html", |context, _, out| quarter::html::write(context, out))],
        ReportFormat::Markdown => {
            &[(".md", |context, _, out| quarter::markdown::write(context, out))]
        }
        ReportFormat::Json => &[(".json", |context, _, out| quarter::json::write(context, out))],
        ReportFormat::Pdf => {
            &[(".pdf", |context, dress, out| pdf::quarter::write(context, &dress.letterhead, out))]
        }
        ReportFormat::Xlsx => &[(".xlsx", |context, _, out| xlsx::quarter::write(context, out))],
        // The services and verdicts of the closing run, and the work that the quarter leaves.
        ReportFormat::Csv => &[
            (".csv", |context, _, out| csv::write_services(&closing_run(context), out)),
            (".verdicts.csv", |context, _, out| csv::write_verdicts(&closing_run(context), out)),
            (".work.csv", |context, _, out| csv::write_work(context, out)),
        ],
        ReportFormat::Junit => &[(".junit.xml", |context, dress, out| {
            junit::write_from(&closing_run(context), dress.junit_fails_from, out)
        })],
    }
}

/// The closing run by itself, without evidence.
fn closing_run<'a>(context: &QuarterContext<'a>) -> ReportContext<'a> {
    ReportContext {
        result: &context.review.closing,
        lang: context.lang,
        find_observation: &|_| None,
    }
}
