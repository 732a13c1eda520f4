//! `v6ready runs prune`: removes the runs that no `--keep-…` option keeps.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;

use super::list::run_lines;
use crate::commands::cli::PruneArgs;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::model::RunId;
use crate::runs::quarter::closing_runs;
use crate::runs::retention::{Keep, runs_to_remove};
use crate::store::Store;

/// Prints the runs that go, and removes them unless it is a dry run.
pub(super) fn prune(db: &Path, args: &PruneArgs) -> Result<(), CliError> {
    let mut store = Store::open_existing(db)?;
    let runs = store.listed_runs()?;
    let quarterly = match args.keep_quarterly {
        true => closing_runs(&store)?,
        false => HashSet::new(),
    };
    let keep = Keep { last: args.keep_last, days: args.keep_days };
    let removed = runs_to_remove(&runs, &keep, &quarterly, Timestamp::now());
    let mut out = terminal::results();
    for line in run_lines(&store, &removed) {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    if args.dry_run {
        let (removed, runs) = (removed.len(), runs.len());
        terminal::note(format_args!("{removed} of {runs} runs would be removed"));
        return Ok(());
    }
    let ids: Vec<RunId> = removed.iter().map(|run| run.run.id.clone()).collect();
    if !ids.is_empty() {
        store.prune(&ids)?;
    }
    terminal::note(format_args!("{} of {} runs were removed", ids.len(), runs.len()));
    Ok(())
}
