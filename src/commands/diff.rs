//! `v6ready diff`: two stored runs or quarters, judged by one set of rules and compared.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use super::cli::{DiffArgs, DiffFormat, Global};
use super::error::CliError;
use super::exit_code::GATE_FAILED;
use super::terminal;
use crate::judge::quarter::Quarter;
use crate::judge::{Comparison, Excerpt, MadeUnder, RunResult};
use crate::model::Selection;
use crate::report::difference::{self, DifferenceContext};
use crate::runs::named_run::named_run;
use crate::runs::quarter;
use crate::runs::service_selection::selection_for;
use crate::runs::stored_run::{LoadedRun, end_of_run, judge_run, load_run_by_id};
use crate::store::{ListedRun, Store};

/// Compares and prints.
///
/// # Errors
/// When a run doesn't exist, a quarter has none, or the store can't be read.
pub(super) fn run(global: &Global, args: &DiffArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db)?;
    let mut before = run_or_quarter(&store, &args.before)?;
    let after = run_or_quarter(&store, &args.after)?;
    if before.stored.run.id == after.stored.run.id {
        let id = &after.stored.run.id;
        return Err(CliError::operator(format!(
            "`{}` and `{}` are both run {id}",
            args.before, args.after
        ))
        .help("`v6ready runs` lists the runs"));
    }
    if !args.any_inventory {
        require_same_inventory(&store, &before, &after)?;
    }
    let policies = [before.loaded.policy.clone(), after.loaded.policy.clone()];
    let mut after = after.with_policy(args.policy.as_deref())?;
    before.loaded.policy = after.loaded.policy.clone();
    let judge = |run: &LoadedRun| -> Result<RunResult, CliError> {
        Ok(judge_run(&store, run, end_of_run(&run.stored.run))?)
    };
    let made_under = MadeUnder { before: &policies[0], after: &policies[1] };
    let excerpt = excerpt(&before, &after, args)?;
    for run in [&mut before, &mut after] {
        run.services.retain(|service| excerpt.as_ref().is_none_or(|one| one.covers(&service.id)));
    }
    let limited = |result: RunResult| match &excerpt {
        Some(excerpt) => result.limited_to(excerpt),
        None => result,
    };
    let (before, after) = (limited(judge(&before)?), limited(judge(&after)?));
    let comparison = Comparison::of(before, after, &made_under);
    let lang = args.lang.unwrap_or(comparison.after.inventory.lang);
    let context = DifferenceContext { comparison: &comparison, lang };
    let mut out = terminal::results();
    let written = match args.format {
        DiffFormat::Json => difference::json::write(&context, &mut out),
        DiffFormat::Markdown => difference::text::markdown(&context, &mut out),
        DiffFormat::Text => {
            let (color, _) = terminal::stdout_style(global);
            difference::text::plain(&context, color, global.verbose > 0, &mut out)
        }
    };
    written.and_then(|()| out.flush())?;
    let failed = args.fail_on_worse && comparison.is_worse();
    Ok(if failed { ExitCode::from(GATE_FAILED) } else { ExitCode::SUCCESS })
}

/// What a selection chooses in either run: a service that has got or lost a tag is compared all the same.
fn excerpt(
    before: &LoadedRun,
    after: &LoadedRun,
    args: &DiffArgs,
) -> Result<Option<Arc<Excerpt>>, CliError> {
    let inventories = [&*before.loaded.inventory, &*after.loaded.inventory];
    if args.only.only.is_empty() {
        return Ok(None);
    }
    let selection = Selection::parse(&args.only.only)?;
    // What only the earlier inventory has is chosen too, and what neither has is an error.
    if !selection.unmatched(inventories[0]).is_empty() {
        selection_for(inventories[1], &args.only.only, &terminal::note_of_run)?;
    }
    Ok(Some(Arc::new(Excerpt::of(selection, &inventories))))
}

/// The run that a word on the command line means: a quarter's closing run, or a run by its name, as it
/// was when it ended.
fn run_or_quarter(store: &Store, word: &str) -> Result<LoadedRun, CliError> {
    let id = match word.parse::<Quarter>() {
        Ok(quarter) => quarter::closing_run(store, quarter)?,
        Err(_) => named_run(store, word, &terminal::note_of_run)?,
    };
    Ok(load_run_by_id(store, &id)?)
}

/// Runs of different inventories have services in common by accident only.
fn require_same_inventory(
    store: &Store,
    before: &LoadedRun,
    after: &LoadedRun,
) -> Result<(), CliError> {
    let listed = store.listed_runs()?;
    let find = |run: &LoadedRun| listed.iter().find(|one| one.run.id == run.stored.run.id);
    let (Some(one), Some(other)) = (find(before), find(after)) else { return Ok(()) };
    if one.is_of_same_inventory(other) {
        return Ok(());
    }
    let name = |run: &ListedRun| match &run.inventory_id {
        Some(id) => format!("`{}` (id `{id}`)", run.inventory_file),
        None => format!("`{}`", run.inventory_file),
    };
    Err(CliError::operator(format!(
        "the runs are of different inventories: {} of {}, {} of {}",
        one.run.id,
        name(one),
        other.run.id,
        name(other)
    ))
    .help(
        "`--any-inventory` compares them all the same; an inventory that has an `id` is the same \
         under every file name",
    ))
}
