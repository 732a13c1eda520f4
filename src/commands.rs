//! The commands: each parses its part of the command line, calls the rooms below, prints what they
//! return, and ends with an exit code.
//!
//! What a person reads on the terminal is decided here and nowhere else: results go to stdout, notes
//! and the one `error::CliError` to stderr, both through `terminal`. A file is named after its
//! command; beside them are the steps that several commands share: `result_output`, `gate`,
//! `atomic_file`, and `confinement`, what the process may still do. What the daemon needs too is in
//! [`crate::runs`]. Commands may import every room; no room imports them.

mod alerts;
mod atomic_file;
mod check;
mod cli;
mod config;
mod confinement;
mod demo;
mod diff;
mod doctor;
mod error;
mod exit_code;
mod explain;
mod file_name;
mod gate;
mod import;
mod inventory;
mod judge;
mod letterhead;
mod locale;
mod log;
mod policy;
mod progress;
mod report;
mod result_output;
mod runs;
mod scan;
mod scratch_store;
mod serve;
mod shell;
mod show;
mod suggest;
mod terminal;

use std::process::ExitCode;

use cli::{Cli, Command};
use confinement::Reach;
pub use exit_code::INTERNAL_FAULT;

/// Whether arguments are such as the program takes; nothing is run. For the tests of the documentation.
///
/// # Errors
/// What is wrong with them, as the command line says it.
#[doc(hidden)]
pub fn check_arguments(arguments: &[String]) -> Result<(), String> {
    use clap::CommandFactory as _;
    let words = std::iter::once("v6ready").chain(arguments.iter().map(String::as_str));
    match Cli::command().try_get_matches_from(words) {
        Ok(_) => Ok(()),
        // Help and the version.
        Err(error) if !error.use_stderr() => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// The JSON Schemas of the documents that only commands make, each with the name of its file in `schemas/`.
pub fn schemas() -> [(&'static str, String); 2] {
    [("doctor-1.json", doctor::schema()), ("inventory-diff-1.json", inventory::difference_schema())]
}

/// Runs the program and returns its exit code: 0 all that was asked holds, 1 the gate failed, 2 the
/// operator must fix something, 3 inconclusive, 4 an internal fault, 130 interrupted.
pub fn main() -> ExitCode {
    let Cli { global, command } = match config::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return error.print(),
    };
    terminal::color_stderr(&global);
    log::start(&global, matches!(command, Command::Serve(_)));
    let reach = Reach::of(&global, &command);
    // The demo makes a network first; what the daemon may do is its unit's to say.
    if !matches!(command, Command::Demo(_) | Command::Serve(_) | Command::Alerts(_)) {
        confinement::begin(&command, &reach);
        if confinement::is_known_by_arguments(&command) {
            confinement::restrict(&reach);
        }
    }
    let done = match &command {
        Command::Demo(args) => demo::run(&global, args),
        Command::Scan(args) => scan::run(&global, args, reach),
        Command::Check(args) => check::run(&global, args, reach),
        Command::Serve(args) => serve::run(&global, args),
        Command::Alerts(args) => alerts::run(&global, args),
        Command::Report(args) => report::run(&global, args),
        Command::Judge(args) => judge::run(&global, args),
        Command::Diff(args) => diff::run(&global, args),
        Command::Runs(args) => runs::run(&global, args),
        Command::Show(args) => show::run(&global, args),
        Command::Explain(args) => explain::run(args),
        Command::Inventory(args) => inventory::run(&global, args),
        Command::Doctor(args) => doctor::run(args, reach),
        Command::Policy(args) => policy::run(args),
        Command::Completions(args) => shell::completions(args),
        Command::Man => shell::man(),
    };
    done.unwrap_or_else(|error| error.print())
}
