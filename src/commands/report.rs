//! `v6ready report`: a run or a quarter as files for its readers, whole or to each organisation its own.

mod addressees;
mod dress;
mod mail_files;
mod page_folder;
mod quarter_files;
pub(super) mod run_files;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use addressees::{Addressees, addressees};
pub(super) use dress::Dress;
use jiff::Timestamp;
use mail_files::note_missing_recipient;
use run_files::Content;

use super::cli::{Global, ReportArgs, ReportFormat};
use super::error::CliError;
use super::gate::Gate;
use super::terminal;
use crate::judge::quarter::{Quarter, Review};
use crate::model::Lang;
use crate::runs::histories::histories;
use crate::runs::quarter::{QuarterRequest, quarter_runs};
use crate::runs::since_last::since_last;
use crate::runs::stored_run;
use crate::store::Store;

/// Renders a run, or a quarter, and names the files on stdout.
///
/// # Errors
/// When the run doesn't exist, the store can't be read, or a file can't be written.
pub(super) fn run(global: &Global, args: &ReportArgs) -> Result<ExitCode, CliError> {
    let is_to_one = args.organisation.is_some() || args.split.is_some();
    if args.format.contains(&ReportFormat::Mail) && !is_to_one {
        return Err(CliError::operator("a mail goes to one organisation")
            .help("add `--organisation ORG`, or `--split DIR` for a mail to each"));
    }
    let store = Store::open_existing(&global.db)?;
    match args.quarter {
        Some(quarter) => report_quarter(&store, quarter, args),
        None => report_run(&store, args),
    }
}

fn report_run(store: &Store, args: &ReportArgs) -> Result<ExitCode, CliError> {
    let notes = &terminal::note_of_run;
    let mut run = stored_run::load_run(store, args.run.as_deref(), notes)?
        .with_policy(args.policy.as_deref())?;
    let asked = args.as_of.map(|as_of| as_of.moment(&run.loaded.inventory.timezone));
    if let Some(moment) = asked {
        run = run.known_at(moment);
    }
    let chosen = run.excerpt(&args.only.only, notes)?.map(Arc::new);
    let whole = Arc::clone(&run.loaded.inventory);
    let to = addressees(&whole, chosen, args)?;
    if let Addressees::One(excerpt) = &to {
        run.services.retain(|service| excerpt.covers(&service.id));
    }
    let as_of = asked.or(run.stored.run.finished_at).unwrap_or_else(Timestamp::now);
    let mut result = stored_run::judge_run(store, &run, as_of)?;
    let mut files = Files::of(args, args.lang.unwrap_or(result.inventory.lang))?;
    if args.format.contains(&ReportFormat::Html) {
        files.dress.histories = histories(store, &result)?;
    }
    if let Some(excerpt) = to.common() {
        result = result.limited_to(excerpt);
    }
    match &to {
        Addressees::Everybody(_) => files.of_run(store, Content::of(&result, &files))?,
        Addressees::One(_) => {
            let since = since_last(store, &result)?;
            let since = since.as_ref();
            files.of_run(store, Content { since, ..Content::of(&result, &files) })?;
        }
        Addressees::Each { excerpts, .. } => {
            let since = since_last(store, &result)?;
            for excerpt in excerpts {
                let own = result.limited_to(excerpt);
                let since = since.as_ref().map(|since| since.limited_to(excerpt));
                let since = since.as_ref();
                files.of_run(store, Content { since, ..Content::of(&own, &files) })?;
            }
        }
    }
    Ok(Gate::of(&args.gate).exit_code(&result, None))
}

fn report_quarter(
    store: &Store,
    quarter: Quarter,
    args: &ReportArgs,
) -> Result<ExitCode, CliError> {
    let request = QuarterRequest {
        quarter,
        run: args.run.as_deref(),
        as_of: args.as_of,
        policy: args.policy.as_deref(),
        notes: &terminal::note_of_run,
    };
    let runs = quarter_runs(store, &request)?;
    let chosen = runs.excerpt(&args.only.only, &terminal::note_of_run)?.map(Arc::new);
    let to = addressees(&runs.closing.inventory, chosen, args)?;
    let files = Files::of(args, args.lang.unwrap_or(runs.closing.inventory.lang))?;
    if let Addressees::Each { excerpts, .. } = &to {
        for excerpt in excerpts {
            files.of_quarter(&runs.review_of(excerpt))?;
        }
    }
    let closing = match to.common() {
        Some(excerpt) => runs.closing.limited_to(excerpt),
        None => runs.closing.clone(),
    };
    match &to {
        Addressees::Each { .. } => {}
        Addressees::One(excerpt) | Addressees::Everybody(Some(excerpt)) => {
            files.of_quarter(&runs.review_of(excerpt))?;
        }
        Addressees::Everybody(None) => files.of_quarter(&runs.review())?,
    }
    Ok(Gate::of(&args.gate).exit_code(&closing, None))
}

/// What is written, and where.
struct Files<'a> {
    formats: &'a [ReportFormat],
    folder: &'a Path,
    dress: Dress,
    lang: Lang,
}

impl<'a> Files<'a> {
    fn of(args: &'a ReportArgs, lang: Lang) -> Result<Self, CliError> {
        let folder = args.split.as_deref().unwrap_or(&args.out);
        Ok(Self { formats: &args.format, folder, dress: Dress::of(args)?, lang })
    }

    fn of_run(&self, store: &Store, content: Content<'_>) -> Result<(), CliError> {
        let paths = run_files::write_files(store, content, self.formats, &self.dress, self.folder)?;
        for path in paths {
            terminal::line(path.display())?;
        }
        if self.formats.contains(&ReportFormat::Mail) {
            note_missing_recipient(content.result);
        }
        Ok(())
    }

    fn of_quarter(&self, review: &Review) -> Result<(), CliError> {
        quarter_files::write_files(review, self.lang, self.formats, &self.dress, self.folder)?;
        if self.formats.contains(&ReportFormat::Mail) {
            note_missing_recipient(&review.closing);
        }
        Ok(())
    }
}

impl<'a> Content<'a> {
    fn of(result: &'a crate::judge::RunResult, files: &Files<'_>) -> Self {
        Self { result, since: None, lang: files.lang }
    }
}
