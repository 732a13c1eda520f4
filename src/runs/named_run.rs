//! Which run a word means: `newest`, `previous`, or the beginning of an id.
//!
//! The newest run is the newest one of a whole inventory. A run of a part (`scan --only`), or of names
//! (`check --keep`), is only meant where it is named.

use jiff::{SignedDuration, Timestamp};

use super::error::RunsError;
use super::note::{Note, TakeNotes};
use crate::model::RunId;
use crate::store::{ListedRun, Scope, Store};

/// How far the clocks of two hosts may be apart.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_hours(1);

/// Means the newest run of a whole inventory.
pub const NEWEST: &str = "newest";

/// Means the last run before that one that shows the state of the same inventory.
pub const PREVIOUS: &str = "previous";

/// The run that a word means. An id, or its beginning, is taken as it is.
///
/// # Errors
/// When the store has no such run.
pub fn named_run(store: &Store, word: &str, notes: TakeNotes<'_>) -> Result<RunId, RunsError> {
    match word {
        NEWEST => Ok(newest(&store.listed_runs()?, notes)?.run.id.clone()),
        PREVIOUS => {
            let listed = store.listed_runs()?;
            let newest = newest(&listed, notes)?;
            let previous = last_before(&listed, newest).ok_or_else(|| {
                RunsError::operator(format!(
                    "the store holds no complete run of the whole inventory before the newest, {}",
                    newest.run.id
                ))
                .help("`v6ready runs` lists the runs")
            })?;
            Ok(previous.run.id.clone())
        }
        id => RunId::parse(id).map_err(|error| {
            RunsError::operator(format!("`{id}`: {error}")).help("`v6ready runs` lists the runs")
        }),
    }
}

/// Whether a run shows the state of a whole inventory.
pub fn shows_whole_inventory(listed: &ListedRun) -> bool {
    listed.scope == Scope::Whole && listed.shows_its_scope()
}

/// The newest run of a whole inventory that has ended. One that found no IPv6 has, too: what comes
/// after it in a pipeline has to hear of that. Where none has ended, the newest that was begun.
///
/// # Errors
/// When there is no run of a whole inventory.
pub fn newest<'a>(
    listed: &'a [ListedRun],
    notes: TakeNotes<'_>,
) -> Result<&'a ListedRun, RunsError> {
    let now = Timestamp::now();
    let whole = || listed.iter().filter(|run| run.scope == Scope::Whole);
    // By a clock that was far ahead a run would be the newest for years.
    let is_to_come = |run: &&ListedRun| now.duration_since(run.run.started_at) < -CLOCK_SKEW;
    let (to_come, begun): (Vec<_>, Vec<_>) = whole().partition(is_to_come);
    if let (Some(last), false) = (to_come.first(), begun.is_empty()) {
        notes(Note::Text(format!(
            "run {} has a date that is still to come, by a wrong clock then or now: name it where it is meant",
            last.run.id
        )));
    }
    let mut whole = (if begun.is_empty() { to_come } else { begun }).into_iter();
    let Some(last_begun) = whole.next() else {
        return Err(match listed.first() {
            None => {
                RunsError::operator("the store holds no run yet").help("`v6ready scan` makes one")
            }
            Some(part) => RunsError::operator(
                "the store holds no run of a whole inventory, only of parts or names",
            )
            .help(format!(
                "`v6ready scan` without `--only` makes one; the newest of a part is {}, which has to be \
                 named",
                part.run.id
            )),
        });
    };
    let has_ended = |run: &&ListedRun| run.run.finished_at.is_some();
    match [last_begun].into_iter().chain(whole).find(has_ended) {
        Some(ended) => {
            if ended.run.id != last_begun.run.id {
                notes(Note::Text(format!(
                    "run {} was interrupted or is under way; the newest that has ended is {}",
                    last_begun.run.id, ended.run.id
                )));
            }
            Ok(ended)
        }
        None => Ok(last_begun),
    }
}

/// The last run before this one that shows the state of its whole inventory.
pub fn last_before<'a>(listed: &'a [ListedRun], run: &ListedRun) -> Option<&'a ListedRun> {
    listed.iter().find(|earlier| {
        earlier.run.started_at < run.run.started_at
            && shows_whole_inventory(earlier)
            && earlier.is_of_same_inventory(run)
    })
}

/// The runs after this one that looked at parts of its inventory again, the newest first.
pub fn rescans_after<'a>(
    listed: &'a [ListedRun],
    run: &'a ListedRun,
) -> impl Iterator<Item = &'a ListedRun> {
    listed.iter().filter(|later| {
        later.scope == Scope::Part
            && later.run.started_at > run.run.started_at
            && later.shows_its_scope()
            && later.is_of_same_inventory(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Run, VantageIpv6};

    fn listed(id: &str, minute: i64, scope: Scope) -> ListedRun {
        let at = jiff::Timestamp::from_second(minute * 60).unwrap();
        let run =
            Run { started_at: at, finished_at: Some(at), complete: true, ..Run::of_tests(id) };
        ListedRun {
            run,
            inventory_file: "i.yaml".into(),
            inventory_id: None,
            policy: "p".into(),
            scope,
            counts: None,
            imported: None,
            namesake: 0,
        }
    }

    #[test]
    fn a_part_is_never_the_newest_and_fills_in() {
        let mut runs = [
            listed("e", 5, Scope::Names),
            listed("d", 4, Scope::Part),
            listed("c", 3, Scope::Whole),
            listed("b", 2, Scope::Part),
            listed("a", 1, Scope::Whole),
        ];
        let id = |run: &ListedRun| run.run.id.to_string();
        fn newest(runs: &[ListedRun]) -> Result<&ListedRun, RunsError> {
            super::newest(runs, &|_| ())
        }
        assert_eq!(id(newest(&runs).unwrap()), "c");
        assert_eq!(last_before(&runs, &runs[2]).map(id).as_deref(), Some("a"));
        assert_eq!(rescans_after(&runs, &runs[2]).map(id).collect::<Vec<_>>(), ["d"]);
        assert_eq!(rescans_after(&runs, &runs[4]).map(id).collect::<Vec<_>>(), ["d", "b"]);
        // What was interrupted has not ended; without IPv6 it has, and shows nothing.
        runs[2].run.finished_at = None;
        assert_eq!(id(newest(&runs).unwrap()), "a");
        runs[2].run.finished_at = Some(runs[2].run.started_at);
        runs[2].run.vantage.ipv6 = VantageIpv6::Absent;
        assert_eq!(id(newest(&runs).unwrap()), "c");
        assert_eq!(last_before(&runs, &runs[1]).map(id).as_deref(), Some("a"));
        assert!(last_before(&runs, &runs[4]).is_none());
        assert!(newest(&runs[..2]).is_err() && newest(&[][..]).is_err());
        // Of a clock that was far ahead.
        let tomorrow = jiff::Timestamp::now().as_second() / 60 + 24 * 60;
        let to_come = listed("f", tomorrow, Scope::Whole);
        assert_eq!(id(newest(&[to_come.clone(), runs[4].clone()]).unwrap()), "a");
        assert_eq!(id(newest(&[to_come]).unwrap()), "f");
        assert_eq!(
            id(newest(&[ListedRun { run: Run::of_tests("z"), ..runs[2].clone() }][..]).unwrap()),
            "z"
        );
    }
}
