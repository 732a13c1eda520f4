//! `v6ready policy`: the built-in policies, to copy and change.

use std::process::ExitCode;

use super::cli::PolicyArgs;
use super::error::CliError;
use crate::policy::{BUILT_IN, built_in, schema};

/// Prints a built-in policy, their names, or the schema of policies.
///
/// # Errors
/// When there is none of this name.
pub(super) fn run(args: &PolicyArgs) -> Result<ExitCode, CliError> {
    match &args.name {
        None if args.schema => print!("{}", schema()),
        None => BUILT_IN.iter().for_each(|(name, _)| println!("{name}")),
        Some(name) => match built_in(name) {
            Some(yaml) => print!("{yaml}"),
            None => {
                return Err(CliError::operator(format!("there is no built-in policy `{name}`"))
                    .help("`v6ready policy` lists them"));
            }
        },
    }
    Ok(ExitCode::SUCCESS)
}
