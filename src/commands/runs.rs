//! `v6ready runs`: what the store holds, and its keeping.

mod backup;
mod keys;
mod list;
mod prune;
mod transfer;

use std::process::ExitCode;

use super::cli::{Global, RunsArgs, RunsCommand};
use super::error::CliError;

/// Lists the runs, or does what the subcommand says.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(global: &Global, args: &RunsArgs) -> Result<ExitCode, CliError> {
    let db = &global.db;
    match &args.command {
        None => list::print_runs(db, args.format)?,
        Some(RunsCommand::Export { run, file, sign }) => {
            transfer::export(db, run, file, sign.as_deref())?;
        }
        Some(RunsCommand::Import { files, trusted }) => {
            transfer::import(db, files, trusted.as_deref())?;
        }
        Some(RunsCommand::Keygen { file, name }) => keys::make_keys(file, name.as_deref())?,
        Some(RunsCommand::Prune(args)) => prune::prune(db, args)?,
        Some(RunsCommand::Backup { file }) => backup::back_up(db, file)?,
        Some(RunsCommand::Restore { file, replace }) => backup::restore(db, file, *replace)?,
        Some(RunsCommand::Verify) => backup::verify(db)?,
    }
    Ok(ExitCode::SUCCESS)
}
