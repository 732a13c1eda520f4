//! `v6ready judge`: a stored run under another policy or newer rules; sends nothing.

use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;

use super::cli::{Global, JudgeArgs};
use super::error::CliError;
use super::gate::Gate;
use super::result_output::{Form, print_result};
use super::terminal;
use crate::runs::stored_run::{judge_run, load_run};
use crate::store::Store;
use crate::view::View;

/// Judges a stored run again and prints the result.
///
/// # Errors
/// When the run doesn't exist, the policy is none, or the store can't be read.
pub(super) fn run(global: &Global, args: &JudgeArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db)?;
    if args.rebuild {
        return rebuild(&store);
    }
    let notes = &terminal::note_of_run;
    let mut run =
        load_run(&store, args.run.as_deref(), notes)?.with_policy(args.policy.as_deref())?;
    let excerpt = run.excerpt(&args.only.only, notes)?;
    let moment = args.as_of.map(|as_of| as_of.moment(&run.loaded.inventory.timezone));
    if let Some(moment) = moment {
        run = run.known_at(moment);
    }
    let mut result = judge_run(&store, &run, moment.unwrap_or_else(Timestamp::now))?;
    if let Some(excerpt) = excerpt {
        result = result.limited_to(&Arc::new(excerpt));
    }
    let lang = args.lang.unwrap_or(result.inventory.lang);
    let form = Form { format: args.format, all: args.all };
    print_result(global, &store, &result, lang, form)?;
    Ok(Gate::of(&args.gate).exit_code(&result, None))
}

/// Makes the judged view anew. A daemon that is running goes on with the one before until it is whole.
fn rebuild(store: &Store) -> Result<ExitCode, CliError> {
    let done = View::open(store.path())?.rebuild()?;
    terminal::note(format_args!("runs that were judged into the view: {}", done.added));
    Ok(ExitCode::SUCCESS)
}
