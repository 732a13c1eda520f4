//! `v6ready runs prune`: removes the runs that no `--keep-…` option keeps.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::list::run_line;
use crate::commands::cli::PruneArgs;
use crate::commands::error::CliError;
use crate::commands::quarter::closing_runs;
use crate::commands::terminal;
use crate::model::{Run, RunId};
use crate::store::Store;

/// Prints the runs that go, and removes them unless it is a dry run.
pub(super) fn prune(db: &Path, args: &PruneArgs) -> Result<(), CliError> {
    let mut store = Store::open_existing(db)?;
    let runs = store.runs()?;
    let quarterly = match args.keep_quarterly {
        true => closing_runs(&store)?,
        false => HashSet::new(),
    };
    let removed = runs_to_remove(&runs, args, &quarterly, Timestamp::now());
    let mut out = terminal::results();
    for run in &removed {
        writeln!(out, "{}", run_line(run))?;
    }
    out.flush()?;
    if args.dry_run {
        let (removed, runs) = (removed.len(), runs.len());
        terminal::note(format_args!("{removed} of {runs} runs would be removed"));
        return Ok(());
    }
    let ids: Vec<RunId> = removed.iter().map(|run| run.id.clone()).collect();
    if !ids.is_empty() {
        store.prune(&ids)?;
    }
    terminal::note(format_args!("{} of {} runs were removed", ids.len(), runs.len()));
    Ok(())
}

/// The runs that nothing keeps; `runs` has the newest first.
fn runs_to_remove<'a>(
    runs: &'a [Run],
    args: &PruneArgs,
    quarterly: &HashSet<RunId>,
    now: Timestamp,
) -> Vec<&'a Run> {
    let since = args
        .keep_days
        .map(|days| now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))))
        .and_then(Result::ok);
    let last = args.keep_last.unwrap_or(0);
    let is_kept = |(at, run): &(usize, &Run)| {
        *at < last
            || since.is_some_and(|since| run.started_at >= since)
            || quarterly.contains(&run.id)
    };
    runs.iter().enumerate().filter(|run| !is_kept(run)).map(|(_, run)| run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str, day: &str) -> Run {
        Run {
            started_at: format!("{day}T00:00:00Z").parse().unwrap(),
            complete: true,
            ..Run::of_tests(id)
        }
    }

    #[test]
    fn a_run_goes_when_nothing_keeps_it() {
        let runs = [
            made("d", "2026-11-20"),
            made("c", "2026-11-01"),
            made("b", "2026-09-30"),
            made("a", "2026-01-01"),
        ];
        let now = "2026-11-27T00:00:00Z".parse().unwrap();
        let args = |keep_last, keep_days| PruneArgs {
            keep_last,
            keep_days,
            keep_quarterly: true,
            dry_run: true,
        };
        let quarterly = HashSet::from([RunId("b".into())]);
        for (args, quarterly, expected) in [
            (args(Some(1), None), HashSet::new(), vec!["c", "b", "a"]),
            (args(None, Some(30)), HashSet::new(), vec!["b", "a"]),
            (args(None, Some(30)), quarterly.clone(), vec!["a"]),
            (args(Some(4), None), HashSet::new(), vec![]),
            (args(None, Some(u32::MAX)), HashSet::new(), vec![]),
            (args(None, None), quarterly, vec!["d", "c", "a"]),
        ] {
            let gone = runs_to_remove(&runs, &args, &quarterly, now);
            let gone: Vec<_> = gone.iter().map(|run| &*run.id.0).collect();
            assert_eq!(gone, expected, "{args:?}");
        }
    }
}
