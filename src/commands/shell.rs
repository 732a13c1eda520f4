//! Completions and the manual page, made from the command line's own definition.

use std::io::Write as _;
use std::process::ExitCode;

use clap::CommandFactory as _;

use super::cli::{Cli, CompletionsArgs};
use super::error::CliError;
use super::terminal;

/// Prints completions for a shell.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "v6ready", &mut script);
    let mut out = terminal::octets();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page of the program and of each command.
///
/// # Errors
/// When stdout can't be written.
pub(super) fn man() -> Result<ExitCode, CliError> {
    let mut out = terminal::results();
    let mut program = Cli::command();
    program.build();
    let pages = std::iter::once(program.clone()).chain(program.get_subcommands().cloned());
    for page in pages {
        clap_mangen::Man::new(page).render(&mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
