//! `v6ready policy`: the built-in policies, to copy and change.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::PolicyArgs;
use super::error::CliError;
use super::terminal;
use crate::policy::{BUILT_IN, built_in, schema};

/// Prints a built-in policy, their names, or the schema of policies.
///
/// # Errors
/// When there is none of this name, or stdout can't be written.
pub(super) fn run(args: &PolicyArgs) -> Result<ExitCode, CliError> {
    match &args.name {
        None if args.schema => terminal::print(schema())?,
        None => {
            let mut out = terminal::results();
            for (name, _) in BUILT_IN {
                writeln!(out, "{name}")?;
            }
            out.flush()?;
        }
        Some(name) => match built_in(name) {
            Some(yaml) => terminal::print(yaml)?,
            None => {
                return Err(CliError::operator(format!("there is no built-in policy `{name}`"))
                    .help("`v6ready policy` lists them"));
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}
