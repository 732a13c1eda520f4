//! `v6ready runs`: the list of runs.

use std::io::Write as _;
use std::path::Path;

use crate::commands::cli::ResultFormat;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::model::{Run, VantageIpv6};
use crate::report::describe::clean;
use crate::store::Store;

/// Prints the runs, the newest first.
pub(super) fn print_runs(db: &Path, format: ResultFormat) -> Result<(), CliError> {
    let runs = Store::open_existing(db)?.runs()?;
    let mut out = terminal::results();
    match format {
        ResultFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &runs)?;
            writeln!(out)?;
        }
        ResultFormat::Text => {
            for run in &runs {
                writeln!(out, "{}", run_line(run))?;
            }
            if runs.is_empty() {
                terminal::note("the store holds no run yet; `v6ready scan` makes one");
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// A run in a list.
pub(super) fn run_line(run: &Run) -> String {
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
        clean(&run.vantage.name),
    )
}
