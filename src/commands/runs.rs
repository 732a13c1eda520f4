//! `v6ready runs`: what the store holds.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::{Global, ResultFormat, RunsArgs};
use super::error::CliError;
use super::history;
use crate::model::{Run, VantageIpv6};
use crate::store::Store;

/// Lists the runs, the newest first; or does what a subcommand says.
///
/// # Errors
/// When the store can't be read.
pub(super) fn run(global: &Global, args: &RunsArgs) -> Result<ExitCode, CliError> {
    if let Some(command) = &args.command {
        return history::run(global, command);
    }
    let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    let runs = store.runs().map_err(CliError::of_error)?;
    let mut out = super::terminal::results();
    match args.format {
        ResultFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &runs).map_err(CliError::of_error)?;
            writeln!(out).map_err(CliError::of_error)?;
        }
        ResultFormat::Text => {
            for run in &runs {
                writeln!(out, "{}", line(run)).map_err(CliError::of_error)?;
            }
            if runs.is_empty() {
                eprintln!("the store holds no run yet; `v6ready scan` makes one");
            }
        }
    }
    out.flush().map_err(CliError::of_error)?;
    Ok(ExitCode::SUCCESS)
}

/// A run in a list.
pub(super) fn line(run: &Run) -> String {
    let state = match (run.complete, run.finished_at, run.vantage.ipv6) {
        (_, _, VantageIpv6::Absent) => "vantage point without IPv6",
        (true, _, VantageIpv6::Lost) => "complete, IPv6 lost for a while",
        (true, _, VantageIpv6::Working) => "complete",
        (false, Some(_), _) => "incomplete",
        (false, None, _) => "interrupted or under way",
    };
    format!(
        "{}  {}  {}  {state}",
        run.id,
        run.started_at.strftime("%Y-%m-%d %H:%M:%SZ"),
        crate::report::describe::clean(&run.vantage.name),
    )
}
