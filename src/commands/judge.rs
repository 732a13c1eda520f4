//! `v6ready judge`: a stored run under another policy or newer rules; sends nothing.

use std::io::Write as _;
use std::process::ExitCode;

use jiff::Timestamp;

use super::cli::{Global, JudgeArgs, ResultFormat};
use super::error::CliError;
use super::gate::Gate;
use super::{load, stored_run, terminal};
use crate::report;
use crate::store::Store;

/// Judges a stored run again and prints the result.
///
/// # Errors
/// When the run doesn't exist, the policy is none, or the store can't be read.
pub(super) fn run(global: &Global, args: &JudgeArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    let mut case = stored_run::open(&store, args.run.as_deref())?;
    if let Some(policy) = &args.policy {
        (case.loaded.policy, _) = load::policy(policy)?;
    }
    let as_of = args.as_of.unwrap_or_else(Timestamp::now);
    let result = stored_run::judge(&store, &case, as_of)?;
    stored_run::with_context(&store, &result, result.inventory.lang, |context| {
        let mut out = terminal::results();
        match args.format {
            ResultFormat::Json => report::json::write(context, &mut out)?,
            ResultFormat::Text => {
                let (color, width) = terminal::of_stdout(global);
                report::terminal::write(context, color, width, &mut out)?;
            }
        }
        out.flush()
    })
    .map_err(CliError::of_error)?;
    Ok(Gate::of(&args.gate).judge(&result))
}
