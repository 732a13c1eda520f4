//! Which runs of a store belong together: those of one inventory, seen from one vantage point.

use super::picture::Track;
use crate::store::{ListedRun, Scope};

/// A track with its runs, the earliest first. The first one is whole.
pub(super) struct TrackOfRuns<'l> {
    pub track: Track,
    pub runs: Vec<&'l ListedRun>,
}

impl TrackOfRuns<'_> {
    /// The place of the newest whole run.
    pub fn newest_whole(&self) -> usize {
        self.runs.iter().rposition(|run| run.scope == Scope::Whole).unwrap_or(0)
    }
}

/// The tracks of the runs that have ended and show the state of what they were to look at, the one with the
/// newest run first. Runs of parts before the first whole one belong to nothing.
pub(super) fn tracks(listed: &[ListedRun]) -> Vec<TrackOfRuns<'_>> {
    let is_shown = |run: &&ListedRun| {
        run.scope != Scope::Names && run.shows_its_scope() && run.run.finished_at.is_some()
    };
    let mut together: Vec<Vec<&ListedRun>> = Vec::new();
    // The newest comes first in the list, so a track goes by its newest run.
    for run in listed.iter().filter(is_shown) {
        let is_its = |track: &&mut Vec<&ListedRun>| {
            track.first().is_some_and(|newest| {
                newest.is_of_same_inventory(run) && newest.run.vantage.name == run.run.vantage.name
            })
        };
        match together.iter_mut().find(is_its) {
            Some(track) => track.push(run),
            None => together.push(vec![run]),
        }
    }
    together.into_iter().filter_map(track_of).collect()
}

/// The track of these runs, the newest of which comes first.
fn track_of(mut runs: Vec<&ListedRun>) -> Option<TrackOfRuns<'_>> {
    runs.reverse();
    let first = runs.iter().position(|run| run.scope == Scope::Whole)?;
    let runs = runs.split_off(first);
    let newest = *runs.last()?;
    let track = Track {
        inventory_id: newest.inventory_id.clone(),
        inventory_file: newest.inventory_file.clone(),
        namesake: newest.namesake,
        vantage: newest.run.vantage.name.clone(),
        is_imported: runs.iter().all(|run| run.imported.is_some()),
    };
    Some(TrackOfRuns { track, runs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Run, Vantage, VantageIpv6};

    fn listed(id: &str, minute: i64, scope: Scope, vantage: &str) -> ListedRun {
        let at = jiff::Timestamp::from_second(minute * 60).unwrap();
        let run = Run {
            started_at: at,
            finished_at: Some(at),
            complete: true,
            vantage: Vantage::new(vantage, &[]),
            ..Run::of_tests(id)
        };
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
    fn vantage_points_and_inventories_are_told_apart() {
        let mut runs = vec![
            listed("g", 7, Scope::Names, "here"),
            listed("f", 6, Scope::Part, "here"),
            listed("e", 5, Scope::Whole, "there"),
            listed("d", 4, Scope::Whole, "here"),
            listed("c", 3, Scope::Whole, "here"),
            listed("b", 2, Scope::Whole, "here"),
            listed("a", 1, Scope::Part, "here"),
        ];
        runs[3].run.vantage.ipv6 = VantageIpv6::Absent;
        let ids = |track: &TrackOfRuns<'_>| -> Vec<String> {
            track.runs.iter().map(|run| run.run.id.to_string()).collect()
        };
        let found = tracks(&runs);
        assert_eq!(found.iter().map(ids).collect::<Vec<_>>(), [vec!["b", "c", "f"], vec!["e"]]);
        assert_eq!(found[0].newest_whole(), 1);
        assert_eq!(found[1].track.vantage, "there");
        runs[5].inventory_file = "other.yaml".into();
        assert_eq!(tracks(&runs).len(), 3);
    }
}
