//! The commands: the only layer with files, the clock and exit codes.

mod check;
mod cli;
mod config;
mod demo;
mod diff;
mod error;
mod explain;
mod gate;
mod history;
mod import;
mod inventory;
mod judge;
mod load;
mod policy;
mod progress;
mod quarter;
mod report;
mod runs;
mod scan;
mod shell;
mod show;
mod stored_run;
mod suggest;
mod terminal;

use std::process::ExitCode;

use cli::{Cli, Command};

/// Runs the program and returns its exit code: 0 all that was asked holds, 1 the gate failed, 2 the
/// operator must mend something, 3 inconclusive, 4 an internal fault, 130 interrupted.
pub fn main() -> ExitCode {
    let Cli { global, command } = match config::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(stop) => return stop.report(),
    };
    log(&global);
    let done = match &command {
        Command::Demo(args) => demo::run(&global, args),
        Command::Scan(args) => scan::run(&global, args),
        Command::Check(args) => check::run(&global, args),
        Command::Report(args) => report::run(&global, args),
        Command::Judge(args) => judge::run(&global, args),
        Command::Diff(args) => diff::run(&global, args),
        Command::Runs(args) => runs::run(&global, args),
        Command::Show(args) => show::run(&global, args),
        Command::Explain(args) => explain::run(args),
        Command::Inventory(args) => inventory::run(&global, args),
        Command::Policy(args) => policy::run(args),
        Command::Completions(args) => shell::completions(args),
        Command::Man => shell::man(),
    };
    done.unwrap_or_else(|stop| stop.report())
}

/// What the program itself has to say goes to stderr; warnings, and more with `-v`.
fn log(global: &cli::Global) {
    use tracing_subscriber::filter::LevelFilter;
    let level = match global.verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let logs = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    // Only a second subscriber could be refused, and this is the first.
    let _ = match global.log_format {
        cli::LogFormat::Text => logs.try_init(),
        cli::LogFormat::Json => logs.json().try_init(),
    };
}
