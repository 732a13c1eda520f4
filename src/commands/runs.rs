//! `v6ready runs`: what the store holds, and its keeping.

mod backup;
mod keys;
mod list;
mod prune;
mod quarter_runs;
mod transfer;

use std::process::ExitCode;

use super::cli::{Global, RunsArgs, RunsCommand};
use super::error::CliError;
use crate::runs::named_run::NEWEST;

/// Lists the runs, or does what the subcommand says.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(global: &Global, args: &RunsArgs) -> Result<ExitCode, CliError> {
    let db = &global.db;
    match &args.command {
        None => list::print_runs(db, args.format)?,
        Some(RunsCommand::Export { run, file, sign, quarter }) => {
            let sign = sign.as_deref();
            match (quarter, run) {
                (Some(quarter), _) => quarter_runs::export_quarter(db, *quarter, file, sign)?,
                (None, run) => {
                    transfer::export(db, run.as_deref().unwrap_or(NEWEST), file, sign)?;
                }
            }
        }
        Some(RunsCommand::Import { files, trusted }) => {
            transfer::import(db, files, trusted.as_deref())?;
        }
        Some(RunsCommand::Keygen { file, name }) => keys::make_keys(file, name.as_deref())?,
        Some(RunsCommand::Prune(args)) => prune::prune(db, args)?,
        Some(RunsCommand::Backup { file, replace, keep }) => {
            backup::back_up(db, file, if *replace { Some(1) } else { *keep })?;
        }
        Some(RunsCommand::Restore { file, replace }) => backup::restore(db, file, *replace)?,
        Some(RunsCommand::Verify) => backup::verify(db)?,
    }
    Ok(ExitCode::SUCCESS)
}
