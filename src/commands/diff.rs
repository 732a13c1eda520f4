//! `v6ready diff`: two stored runs or quarters, judged by one set of rules and compared.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::{DiffArgs, DiffFormat, Global};
use super::error::CliError;
use super::stored_run::{self, LoadedRun};
use super::{load, quarter, terminal};
use crate::judge::quarter::Quarter;
use crate::judge::{Comparison, MadeUnder, RunResult};
use crate::report::difference::{self, DifferenceContext};
use crate::store::Store;

/// The gate failed.
const WORSE: u8 = 1;

/// Compares and prints.
///
/// # Errors
/// When a run doesn't exist, a quarter has none, or the store can't be read.
pub(super) fn run(global: &Global, args: &DiffArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    let (mut before, mut after) = (open(&store, &args.before)?, open(&store, &args.after)?);
    if before.stored.run.id == after.stored.run.id {
        let id = &after.stored.run.id;
        return Err(CliError::mend(format!(
            "`{}` and `{}` are both run {id}",
            args.before, args.after
        ))
        .help("`v6ready runs` lists the runs"));
    }
    let policies = [before.loaded.policy.clone(), after.loaded.policy.clone()];
    if let Some(policy) = &args.policy {
        (after.loaded.policy, _) = load::policy(policy)?;
    }
    before.loaded.policy = after.loaded.policy.clone();
    let judge = |case: &LoadedRun| -> Result<RunResult, CliError> {
        stored_run::judge(&store, case, quarter::ended_at(&case.stored.run))
    };
    let made_under = MadeUnder { before: &policies[0], after: &policies[1] };
    let comparison = Comparison::of(judge(&before)?, judge(&after)?, &made_under);
    let lang = args.lang.unwrap_or(comparison.after.inventory.lang);
    let context = DifferenceContext { comparison: &comparison, lang };
    let mut out = terminal::results();
    let written = match args.format {
        DiffFormat::Json => difference::json::write(&context, &mut out),
        DiffFormat::Markdown => difference::text::markdown(&context, &mut out),
        DiffFormat::Text => {
            let (color, _) = terminal::of_stdout(global);
            difference::text::plain(&context, color, global.verbose > 0, &mut out)
        }
    };
    written.and_then(|()| out.flush()).map_err(CliError::of_error)?;
    let failed = args.fail_on_worse && comparison.is_worse();
    Ok(if failed { ExitCode::from(WORSE) } else { ExitCode::SUCCESS })
}

/// The run that a word on the command line means: a quarter's closing run, or a run by its id.
fn open(store: &Store, word: &str) -> Result<LoadedRun, CliError> {
    match word.parse::<Quarter>() {
        Ok(quarter) => stored_run::open(store, Some(&quarter::closing(store, quarter)?.0)),
        Err(_) => stored_run::open(store, Some(word)),
    }
}
