//! The files of a run's report.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::dress::Dress;
use super::mail_files::{MAIL_ENDINGS, attached};
use super::page_folder::write_pages;
use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::cli::ReportFormat;
use crate::commands::error::CliError;
use crate::commands::file_name::file_stem;
use crate::judge::{RunResult, SinceLast};
use crate::model::Lang;
use crate::report::mail::{Beside, Mail};
use crate::report::quarter::Section;
use crate::report::{self, ReportContext, organisation};
use crate::runs::stored_run::Citations;
use crate::store::Store;

/// What of a run is written.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Content<'a> {
    /// The judged run, or a part of it.
    pub result: &'a RunResult,
    /// What changed since the last whole run, where the report is to say it.
    pub since: Option<&'a SinceLast>,
    /// The reader's language.
    pub lang: Lang,
}

/// Writes `RUN.FORMAT` files into a folder, which is made when it is missing; those of an excerpt begin with what it is
/// of. HTML of many services is a folder `RUN`. Each file, and that folder, appears whole or not at all.
///
/// # Errors
/// When a file can't be written.
pub(in crate::commands) fn write_files(
    store: &Store,
    content: Content<'_>,
    formats: &[ReportFormat],
    dress: &Dress,
    folder: &Path,
) -> Result<Vec<PathBuf>, CliError> {
    let Content { result, since, lang } = content;
    dress.sheets_are_few(result)?;
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let stem = stem(result, result.run.id.as_str());
    let has_pages = |format: ReportFormat| format == ReportFormat::Html && dress.has_pages(result);
    let single = formats.iter().filter(|format| !has_pages(**format));
    let endings = single.flat_map(|format| renderers(*format)).map(|(ending, _)| *ending);
    let files = attached(&stem, endings);
    let citations = Citations::of(store);
    let find_observation = |id| citations.find(id);
    let context = &ReportContext { result, lang, find_observation: &find_observation };
    let sections = match result.organisation() {
        Some(_) => organisation::sections(context, since),
        None => Vec::new(),
    };
    let paper = Paper { context, dress, sections: &sections, since, files: &files, folder };
    let whole = || match citations.have_failed() {
        true => Err(io::Error::other("the store is damaged")),
        false => Ok(()),
    };
    let mut paths = Vec::new();
    for format in formats {
        if has_pages(*format) {
            let path = folder.join(&stem);
            let written = write_pages(&path, |pages| {
                report::html::pages::write_pages(context, &paper.beside(), pages)?;
                whole()
            });
            citations.all_found()?;
            written.map_err(|error| unwritable(&path, &error))?;
            paths.push(path.join(report::html::pages::INDEX));
            continue;
        }
        for (ending, render) in renderers(*format) {
            let path = folder.join(format!("{stem}{ending}"));
            let written = write_atomically(&path, |out| {
                render(&paper, out)?;
                whole()
            });
            citations.all_found()?;
            written.map_err(|error| unwritable(&path, &error))?;
            paths.push(path);
        }
    }
    Ok(paths)
}

/// The name of the files of a result, or of what an excerpt shows of it, without their endings.
pub(super) fn stem(result: &RunResult, of: &str) -> String {
    let Some(excerpt) = &result.excerpt else { return file_stem([of]) };
    let organisation = excerpt.organisation().map(|organisation| &*organisation.id);
    file_stem(organisation.into_iter().chain(excerpt.selection().patterns()).chain([of]))
}

/// What renderers are given.
struct Paper<'a> {
    context: &'a ReportContext<'a>,
    dress: &'a Dress,
    /// What a report to one organisation has beside the run's own.
    sections: &'a [Section],
    since: Option<&'a SinceLast>,
    /// The names of the files that are written beside a mail.
    files: &'a [String],
    /// Where they are written.
    folder: &'a Path,
}

impl Paper<'_> {
    fn beside(&self) -> report::html::Beside<'_> {
        let histories = Some(&self.dress.histories);
        report::html::Beside { histories, sections: self.sections }
    }

    fn form(&self) -> report::xlsx::Form<'_> {
        let by_organisation = self.dress.sheet_per_organisation;
        let (sections, scratch) = (self.sections, Some(self.folder));
        report::xlsx::Form { sections, by_organisation, scratch }
    }

    fn mail(&self) -> Mail {
        let beside = Beside { letterhead: &self.dress.letterhead, files: self.files };
        Mail::of_run(self.context, self.since, &beside)
    }
}

type Renderer = fn(&Paper<'_>, &mut (dyn io::Write + Send)) -> io::Result<()>;

/// The files of a format: how each one's name ends, and what renders it.
fn renderers(format: ReportFormat) -> &'static [(&'static str, Renderer)] {
    match format {
        ReportFormat::Html => {
            &[(".html", |paper, out| report::html::write_with(paper.context, &paper.beside(), out))]
        }
        ReportFormat::Markdown => &[(".md", |paper, out| {
            report::markdown::write(paper.context, out)?;
            report::quarter::markdown::write_sections(paper.sections, paper.context.lang, out)
        })],
        ReportFormat::Json => &[(".json", |paper, out| report::json::write(paper.context, out))],
        ReportFormat::Ndjson => {
            &[(".ndjson", |paper, out| report::json::write_lines(paper.context, out))]
        }
        ReportFormat::Pdf => &[(".pdf", |paper, out| {
            report::pdf::write_with(paper.context, &paper.dress.letterhead, paper.sections, out)
        })],
        ReportFormat::Docx => &[(".docx", |paper, out| {
            report::docx::write_with(paper.context, &paper.dress.letterhead, paper.sections, out)
        })],
        ReportFormat::Xlsx => {
            &[(".xlsx", |paper, out| report::xlsx::write_with(paper.context, &paper.form(), out))]
        }
        ReportFormat::Csv => &[
            (".csv", |paper, out| report::csv::write_services(paper.context, out)),
            (".verdicts.csv", |paper, out| report::csv::write_verdicts(paper.context, out)),
            (".work.csv", |paper, out| report::csv::write_work_of_run(paper.context, out)),
        ],
        ReportFormat::Junit => &[(".junit.xml", |paper, out| {
            report::junit::write_from(paper.context, paper.dress.junit_fails_from, out)
        })],
        ReportFormat::Mail => &[
            (MAIL_ENDINGS[0], |paper, out| paper.mail().write_message(out)),
            (MAIL_ENDINGS[1], |paper, out| paper.mail().write_text(out)),
        ],
    }
}
