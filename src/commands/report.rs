//! `v6ready report`: a run or a quarter as files for its readers.

mod dress;
mod quarter_files;
pub(super) mod run_files;

use std::process::ExitCode;

pub(super) use dress::Dress;
use jiff::Timestamp;

use super::cli::{Global, ReportArgs, ReportFormat};
use super::error::CliError;
use super::gate::Gate;
use super::histories::histories;
use super::quarter::{QuarterRequest, review_quarter};
use super::stored_run;
use crate::judge::quarter::Quarter;
use crate::store::Store;

/// Renders a run, or a quarter, and names the files on stdout.
///
/// # Errors
/// When the run doesn't exist, the store can't be read, or a file can't be written.
pub(super) fn run(global: &Global, args: &ReportArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db)?;
    match args.quarter {
        Some(quarter) => report_quarter(&store, quarter, args),
        None => report_run(&store, args),
    }
}

fn report_run(store: &Store, args: &ReportArgs) -> Result<ExitCode, CliError> {
    let mut run =
        stored_run::load_run(store, args.run.as_deref())?.with_policy(args.policy.as_deref())?;
    let asked = args.as_of.map(|as_of| as_of.moment(&run.loaded.inventory.timezone));
    if let Some(moment) = asked {
        run = run.known_at(moment);
    }
    let as_of = asked.or(run.stored.run.finished_at).unwrap_or_else(Timestamp::now);
    let result = stored_run::judge_run(store, &run, as_of)?;
    let lang = args.lang.unwrap_or(result.inventory.lang);
    let mut dress = Dress::of(args)?;
    if args.format.contains(&ReportFormat::Html) {
        dress.histories = histories(store, &result)?;
    }
    for path in run_files::write_files(store, &result, lang, &args.format, &dress, &args.out)? {
        println!("{}", path.display());
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
    };
    let review = review_quarter(store, &request)?;
    let lang = args.lang.unwrap_or(review.closing.inventory.lang);
    let dress = Dress::of(args)?;
    quarter_files::write_files(&review, quarter, lang, &args.format, &dress, &args.out)?;
    Ok(Gate::of(&args.gate).exit_code(&review.closing, None))
}
