//! Which runs are no longer needed.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::model::RunId;
use crate::store::{ListedRun, Scope};

/// Which runs are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// So many whole runs, and the runs of parts after the oldest of them.
    pub last: Option<usize>,
    /// The runs of so many days.
    pub days: Option<u32>,
}

/// The runs that nothing keeps; `runs` has the newest first.
pub fn runs_to_remove<'a>(
    runs: &'a [ListedRun],
    keep: &Keep,
    quarterly: &HashSet<RunId>,
    now: Timestamp,
) -> Vec<&'a ListedRun> {
    let since = keep
        .days
        .map(|days| now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))))
        .and_then(Result::ok);
    // The beginning of the oldest whole run that is kept by number. Parts fill in at a whole one, so they
    // count for nothing by themselves and are kept with it.
    let mut whole = runs.iter().filter(|run| run.scope == Scope::Whole);
    let last_since = match keep.last {
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
            let keep = Keep { last: Some(last), days: None };
            let gone = runs_to_remove(&runs, &keep, &HashSet::new(), Timestamp::UNIX_EPOCH);
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
        let keep = |last, days| Keep { last, days };
        let quarterly = HashSet::from([RunId::of_tests("b")]);
        for (keep, quarterly, expected) in [
            (keep(Some(1), None), HashSet::new(), vec!["c", "b", "a"]),
            (keep(None, Some(30)), HashSet::new(), vec!["b", "a"]),
            (keep(None, Some(30)), quarterly.clone(), vec!["a"]),
            (keep(Some(4), None), HashSet::new(), vec![]),
            (keep(None, Some(u32::MAX)), HashSet::new(), vec![]),
            (keep(None, None), quarterly, vec!["d", "c", "a"]),
        ] {
            let gone = runs_to_remove(&runs, &keep, &quarterly, now);
            let gone: Vec<_> = gone.iter().map(|run| run.run.id.as_str()).collect();
            assert_eq!(gone, expected, "{keep:?}");
        }
    }
}
