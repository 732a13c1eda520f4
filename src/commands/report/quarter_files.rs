//! The files of a quarter's report.

use std::fs;
use std::io;
use std::path::Path;

use super::dress::Dress;
use super::mail_files::{MAIL_ENDINGS, attached};
use super::page_folder::write_pages;
use super::run_files::stem;
use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::cli::ReportFormat;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::judge::quarter::Review;
use crate::model::Lang;
use crate::report::mail::{Beside, Mail};
use crate::report::quarter::{self, QuarterContext};
use crate::report::{ReportContext, csv, docx, html, json, junit, pdf, xlsx};

/// Writes `QUARTER.FORMAT` files into a folder, which is made when it is missing, and names each on
/// stdout once it is whole; those of an excerpt begin with what it is of. HTML of many services is a folder
/// `QUARTER`.
///
/// # Errors
/// When a file can't be written.
pub(super) fn write_files(
    review: &Review,
    lang: Lang,
    formats: &[ReportFormat],
    dress: &Dress,
    folder: &Path,
) -> Result<(), CliError> {
    dress.sheets_are_few(&review.closing)?;
    let context = &QuarterContext { review, lang };
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let stem = stem(&review.closing, &review.quarter.to_string());
    let has_pages =
        |format: ReportFormat| format == ReportFormat::Html && dress.has_pages(&review.closing);
    let single = formats.iter().filter(|format| !has_pages(**format));
    let endings = single.flat_map(|format| renderers(*format)).map(|(ending, _)| *ending);
    let files = attached(&stem, endings);
    let paper = Paper { context, dress, files: &files, folder };
    for format in formats {
        if has_pages(*format) {
            let path = folder.join(&stem);
            write_pages(&path, |pages| html::pages::quarter::write_pages(context, pages))
                .map_err(|error| unwritable(&path, &error))?;
            terminal::line(path.join(html::pages::INDEX).display())?;
            continue;
        }
        for (ending, render) in renderers(*format) {
            let path = folder.join(format!("{stem}{ending}"));
            write_atomically(&path, |out| render(&paper, out))
                .map_err(|error| unwritable(&path, &error))?;
            terminal::line(path.display())?;
        }
    }
    Ok(())
}

/// What renderers are given.
struct Paper<'a> {
    context: &'a QuarterContext<'a>,
    dress: &'a Dress,
    /// The names of the files that are written beside a mail.
    files: &'a [String],
    /// Where they are written.
    folder: &'a Path,
}

impl Paper<'_> {
    fn form(&self) -> xlsx::Form<'_> {
        let by_organisation = self.dress.sheet_per_organisation;
        xlsx::Form { sections: &[], by_organisation, scratch: Some(self.folder) }
    }

    fn mail(&self) -> Mail {
        let beside = Beside { letterhead: &self.dress.letterhead, files: self.files };
        Mail::of_quarter(self.context, &beside)
    }
}

type Renderer = fn(&Paper<'_>, &mut (dyn io::Write + Send)) -> io::Result<()>;

/// The files of a format: how each one's name ends, and what renders it.
fn renderers(format: ReportFormat) -> &'static [(&'static str, Renderer)] {
    match format {
        ReportFormat::Html => &[(".html", |paper, out| quarter::html::write(paper.context, out))],
        ReportFormat::Markdown => {
            &[(".md", |paper, out| quarter::markdown::write(paper.context, out))]
        }
        ReportFormat::Json => &[(".json", |paper, out| quarter::json::write(paper.context, out))],
        // The services of the closing run.
        ReportFormat::Ndjson => {
            &[(".ndjson", |paper, out| json::write_lines(&closing_run(paper.context), out))]
        }
        ReportFormat::Pdf => &[(".pdf", |paper, out| {
            pdf::quarter::write(paper.context, &paper.dress.letterhead, out)
        })],
        ReportFormat::Docx => &[(".docx", |paper, out| {
            docx::write_quarter(paper.context, &paper.dress.letterhead, out)
        })],
        ReportFormat::Xlsx => {
            &[(".xlsx", |paper, out| xlsx::quarter::write_with(paper.context, &paper.form(), out))]
        }
        // The services and verdicts of the closing run, and the work that the quarter leaves.
        ReportFormat::Csv => &[
            (".csv", |paper, out| csv::write_services(&closing_run(paper.context), out)),
            (".verdicts.csv", |paper, out| csv::write_verdicts(&closing_run(paper.context), out)),
            (".work.csv", |paper, out| csv::write_work(paper.context, out)),
        ],
        ReportFormat::Junit => &[(".junit.xml", |paper, out| {
            junit::write_from(&closing_run(paper.context), paper.dress.junit_fails_from, out)
        })],
        ReportFormat::Mail => &[
            (MAIL_ENDINGS[0], |paper, out| paper.mail().write_message(out)),
            (MAIL_ENDINGS[1], |paper, out| paper.mail().write_text(out)),
        ],
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
