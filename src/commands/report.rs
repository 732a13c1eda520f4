//! `v6ready report`: a run as files for its readers.

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;

use super::cli::{Global, ReportArgs, ReportFormat};
use super::error::CliError;
use super::gate::Gate;
use super::{load, quarter, stored_run};
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report;
use crate::report::ReportContext;
use crate::report::letterhead::Letterhead;
use crate::store::Store;

/// Renders a run, or a quarter, and names the files on stdout.
///
/// # Errors
/// When the run doesn't exist, the store can't be read, or a file can't be written.
pub(super) fn run(global: &Global, args: &ReportArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    if let Some(quarter) = args.quarter {
        return quarter::report(&store, quarter, args);
    }
    let mut case = stored_run::open(&store, args.run.as_deref())?;
    if let Some(policy) = &args.policy {
        (case.loaded.policy, _) = load::policy(policy)?;
    }
    let as_of = args
        .as_of
        .map(|as_of| as_of.moment(&case.loaded.inventory.timezone))
        .or(case.stored.run.finished_at)
        .unwrap_or_else(Timestamp::now);
    let result = stored_run::judge(&store, &case, as_of)?;
    let lang = args.lang.unwrap_or(result.inventory.lang);
    let letterhead = letterhead(args.letterhead.as_deref())?;
    for path in write_files(&store, &result, lang, &args.format, &letterhead, &args.out)? {
        println!("{}", path.display());
    }
    Ok(Gate::of(&args.gate).judge(&result))
}

/// Writes `RUN.FORMAT` files into a folder, which is made when it is missing. Each file appears
/// whole or not at all.
///
/// # Errors
/// When a file can't be written.
pub(super) fn write_files(
    store: &Store,
    result: &RunResult,
    lang: Lang,
    formats: &[ReportFormat],
    letterhead: &Letterhead,
    folder: &Path,
) -> Result<Vec<PathBuf>, CliError> {
    let problem = |path: &Path, error: io::Error| {
        CliError::mend(format!("{} can't be written: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| problem(folder, error))?;
    stored_run::with_context(store, result, lang, |context| {
        formats
            .iter()
            .flat_map(|format| renderers(*format))
            .map(|(ending, write)| {
                let path = folder.join(format!("{}{ending}", result.run.id));
                write_whole(&path, |out| write(context, letterhead, out))
                    .map_err(|error| problem(&path, error))?;
                Ok(path)
            })
            .collect()
    })
}

/// Reads the letterhead; without one, a PDF leaves blanks.
pub(super) fn letterhead(path: Option<&Path>) -> Result<Letterhead, CliError> {
    let Some(path) = path else { return Ok(Letterhead::default()) };
    let yaml = fs::read_to_string(path).map_err(|error| {
        CliError::mend(format!("{}: the letterhead can't be read: {error}", path.display()))
            .help("docs/letterhead.yaml of the repository is one to start from")
    })?;
    Letterhead::parse(&yaml).map_err(|error| CliError::mend(format!("{}: {error}", path.display())))
}

type Renderer = fn(&ReportContext<'_>, &Letterhead, &mut dyn io::Write) -> io::Result<()>;

/// The files of a format: how each one's name ends, and who writes it.
fn renderers(format: ReportFormat) -> &'static [(&'static str, Renderer)] {
    match format {
        ReportFormat::Html => &[(".html", |context, _, out| report::html::write(context, out))],
        ReportFormat::Markdown => {
            &[(".md", |context, _, out| report::markdown::write(context, out))]
        }
        ReportFormat::Json => &[(".json", |context, _, out| report::json::write(context, out))],
        ReportFormat::Pdf => &[(".pdf", report::pdf::write)],
        ReportFormat::Xlsx => &[(".xlsx", |context, _, out| report::xlsx::write(context, out))],
        ReportFormat::Csv => &[
            (".csv", |context, _, out| report::csv::write_services(context, out)),
            (".verdicts.csv", |context, _, out| report::csv::write_verdicts(context, out)),
        ],
        ReportFormat::Junit => {
            &[(".junit.xml", |context, _, out| report::junit::write(context, out))]
        }
    }
}

/// Writes a file that appears whole or not at all.
pub(super) fn write_whole(
    path: &Path,
    render: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let mut out = BufWriter::new(fs::File::create(&unfinished)?);
    let written =
        render(&mut out).and_then(|()| out.flush()).and_then(|()| out.get_ref().sync_all());
    drop(out);
    match written {
        Ok(()) => fs::rename(&unfinished, path),
        Err(error) => {
            let _ = fs::remove_file(&unfinished);
            Err(error)
        }
    }
}
