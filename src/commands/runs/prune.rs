//! `v6ready runs prune`: removes the runs that no `--keep-…` option keeps.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::list::run_lines;
use crate::commands::cli::PruneArgs;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::model::RunId;
use crate::runs::quarter::closing_runs;
use crate::store::{ListedRun, Scope, Store};

/// Prints the runs that go, and removes them unless it is a dry run.
pub(super) fn prune(db: &Path, args: &PruneArgs) -> Result<(), CliError> {
    let mut store = Store::open_existing(db)?;
    let runs = store.listed_runs()?;
    let quarterly = match args.keep_quarterly {
        true => closing_runs(&store)?,
        false => HashSet::new(),
    };
    let removed = runs_to_remove(&runs, args, &quarterly, Timestamp::now());
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

/// The runs that nothing keeps; `runs` has the newest first.
fn runs_to_remove<'a>(
    runs: &'a [ListedRun],
    args: &PruneArgs,
    quarterly: &HashSet<RunId>,
    now: Timestamp,
) -> Vec<&'a ListedRun> {
    let since = args
        .keep_days
        .map(|days| now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))))
        .and_then(Result::ok);
    // The beginning of the oldest whole run that is kept by number. Parts fill in at a whole one, so they
    // count for nothing by themselves and are kept with it.
    let mut whole = runs.iter().filter(|run| run.scope == Scope::Whole);
    let last_since = match args.keep_last {
        None | Some(0) => Timestamp::MAX,
        Some(last) => whole.nth(last - 1).map_or(Timestamp::MIN, |run| run.run.started_at),
    };
    let is_kept = |run: &&ListedRun| {
        let started_at = run.run.started_at;
        started_at >= last_since
            || since.is_some_and(|since| started_at >= since)
            || quarterly.contains(&run.run.id)
    };
    runs.iter().filter(|run| !is_kept(run)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Run;

    fn made(id: &str, day: &str) -> ListedRun {
        ListedRun {
            run: Run {
                started_at: format!("{day}T00:00:00Z").parse().unwrap(),
                complete: true,
                ..Run::of_tests(id)
            },
            inventory_file: "i.yaml".into(),
            inventory_id: None,
            policy: "p".into(),
            scope: if id.starts_with("part") { Scope::Part } else { Scope::Whole },
            counts: None,
            imported: None,
            namesake: 0,
        }
    }

    #[test]
    fn parts_count_for_nothing_and_stay_with_their_whole() {
        let runs = [
            made("part2", "2026-11-22"),
            made("b", "2026-11-20"),
            made("part1", "2026-11-19"),
            made("a", "2026-11-18"),
            made("part0", "2026-11-17"),
        ];
        for (last, expected) in [
            (0, &["part2", "b", "part1", "a", "part0"][..]),
            (1, &["part1", "a", "part0"]),
            (2, &["part0"]),
            (3, &[]),
        ] {
            let args = PruneArgs {
                keep_last: Some(last),
                keep_days: None,
                keep_quarterly: false,
                dry_run: true,
            };
            let gone = runs_to_remove(&runs, &args, &HashSet::new(), Timestamp::UNIX_EPOCH);
            let gone: Vec<_> = gone.iter().map(|run| run.run.id.as_str()).collect();
            assert_eq!(gone, expected, "{last}");
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
        let quarterly = HashSet::from([RunId::of_tests("b")]);
        for (args, quarterly, expected) in [
            (args(Some(1), None), HashSet::new(), vec!["c", "b", "a"]),
            (args(None, Some(30)), HashSet::new(), vec!["b", "a"]),
            (args(None, Some(30)), quarterly.clone(), vec!["a"]),
            (args(Some(4), None), HashSet::new(), vec![]),
            (args(None, Some(u32::MAX)), HashSet::new(), vec![]),
            (args(None, None), quarterly, vec!["d", "c", "a"]),
        ] {
            let gone = runs_to_remove(&runs, &args, &quarterly, now);
            let gone: Vec<_> = gone.iter().map(|run| run.run.id.as_str()).collect();
            assert_eq!(gone, expected, "{args:?}");
        }
    }
}
