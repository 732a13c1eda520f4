//! The runs of a quarter's report beside the two that are compared: which of them are points of its
//! trend, and what the gates said in each.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use super::candidates::Candidate;
use crate::judge;
use crate::judge::quarter::{Point, Quarter, Snapshot};
use crate::judge::{Counts, Excerpt, GateReading, Lineage, Sight};
use crate::model::{Inventory, RunId, ServiceId};
use crate::policy::Policy;
use crate::runs::error::RunsError;
use crate::runs::histories::{AT_ONCE, judge_then};
use crate::runs::judge_each::judge_each;
use crate::runs::stored_run::load_run_by_id;
use crate::store::Store;

/// Earlier quarters in the trend at the most: two years.
const EARLIER_QUARTERS_MAX: usize = 8;

/// Services of all runs of a quarter together of which every check is judged, at the most.
const JUDGED_MAX: usize = 60_000;

/// The closing runs of earlier quarters, and the last run of each week of this one; both the
/// earliest first. The last run of its own week is the closing run, which is not among the candidates.
pub(super) fn trend_runs(
    candidates: &[Candidate],
    quarter: Quarter,
    closing_day: Date,
) -> (Vec<&Candidate>, Vec<&Candidate>) {
    let mut closing = BTreeMap::new();
    let mut weeks = BTreeMap::new();
    for run in candidates {
        let its = run.quarter;
        if its < quarter {
            closing.insert(its, run);
        } else if its == quarter {
            weeks.insert(week_of(run.day), run);
        }
    }
    weeks.remove(&week_of(closing_day));
    let mut earlier: Vec<_> = closing.into_values().collect();
    earlier.drain(..earlier.len().saturating_sub(EARLIER_QUARTERS_MAX));
    (earlier, weeks.into_values().collect())
}

fn week_of(day: Date) -> (i16, i8) {
    let week = day.iso_week_date();
    (week.year(), week.week())
}

/// A run beside those that are compared, as far as the gates tell.
pub(super) struct FollowedRun {
    pub point: Point,
    pub snapshot: Snapshot,
    /// Whether it is a point of the trend.
    pub is_of_trend: bool,
}

impl FollowedRun {
    /// What an excerpt shows of it.
    pub(super) fn limited_to(&self, excerpt: &Excerpt) -> Self {
        let mut snapshot = self.snapshot.clone();
        snapshot.services.retain(|id, _| excerpt.covers(id));
        let mut counts = Counts::default();
        snapshot.services.values().for_each(|reading| counts.add(reading.standing));
        let point = Point { counts, ..self.point.clone() };
        Self { point, snapshot, is_of_trend: self.is_of_trend }
    }
}

/// A run of the trend or of the quarter.
pub(super) struct Followed {
    pub point: Point,
    /// What the gates said. Services have the ids of the closing run's inventory.
    pub snapshot: Snapshot,
    /// What every check said, where that was asked for.
    pub sights: Vec<(ServiceId, Sight)>,
}

/// How runs are followed.
pub(super) struct HowToFollow<'a> {
    /// By which policy.
    pub policy: &'a Policy,
    /// The inventory of the closing run.
    pub closing: &'a Inventory,
    /// The runs in which every check is judged; in others the gates alone are.
    pub whole: &'a HashSet<&'a RunId>,
}

/// Judges several runs, and hands each over in their order.
pub(super) fn follow(
    db: &Path,
    ids: &[&RunId],
    how: &HowToFollow<'_>,
    mut take: impl FnMut(Followed),
) -> Result<(), RunsError> {
    for some in ids.chunks(AT_ONCE) {
        judge_each(db, some, |store, id| followed(store, id, how))?.into_iter().for_each(&mut take);
    }
    Ok(())
}

fn followed(store: &Store, id: &RunId, how: &HowToFollow<'_>) -> Result<Followed, RunsError> {
    let loaded = load_run_by_id(store, id)?;
    let context = loaded.context_at_its_end(how.policy);
    let lineage = Lineage::of(how.closing, context.inventory);
    let is_whole = how.whole.contains(id);
    let run = &loaded.stored.run;
    let (mut counts, mut readings, mut sights) = (Counts::default(), HashMap::new(), Vec::new());
    for service in &loaded.services {
        let reading = if is_whole {
            let result = judge_then(store, &loaded, how.policy, service)?;
            if let Some(now) = lineage.now(&service.id) {
                sights.push((now.clone(), Sight::of(&result)));
            }
            GateReading::of(&result, how.policy)
        } else {
            let evidence = store.evidence_of(&run.id, &service.id)?;
            GateReading::judge(&context, service, &evidence)
        };
        counts.add(reading.standing);
        readings.insert(service.id.clone(), reading);
    }
    let ended_at = context.as_of;
    let day = judge::day_of(ended_at, &context.inventory.timezone);
    let point = Point {
        run: run.id.clone(),
        quarter: Quarter::counting(day, how.closing.reporting),
        day,
        counts,
        vantage: run.vantage.name.clone(),
        ipv6: run.vantage.ipv6,
    };
    let snapshot = Snapshot { run: run.id.clone(), ended_at, services: readings };
    Ok(Followed { point, snapshot: snapshot.under_later_ids(&lineage), sights })
}

/// The runs of a quarter in which every check is judged, so that the histories of services show each change:
/// all of them; where that takes too long, the last of each day, else of each week; else none.
pub(super) fn runs_judged_whole<'a>(
    of_quarter: &[&'a Candidate],
    services: usize,
) -> HashSet<&'a RunId> {
    let of_days = last_of_each(of_quarter, |run| run.day);
    let of_weeks = last_of_each(of_quarter, |run| week_of(run.day));
    let choices = [of_quarter.to_vec(), of_days, of_weeks];
    let chosen = choices.into_iter().find(|runs| runs.len() * services <= JUDGED_MAX);
    chosen.unwrap_or_default().into_iter().map(Candidate::id).collect()
}

/// The last run for each key.
fn last_of_each<'a, K: Ord>(
    runs: &[&'a Candidate],
    key: impl Fn(&Candidate) -> K,
) -> Vec<&'a Candidate> {
    let by_key: BTreeMap<K, &Candidate> = runs.iter().map(|run| (key(run), *run)).collect();
    by_key.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Run;
    use crate::store::{ListedRun, Scope};

    fn candidate(day: &str) -> Candidate {
        let listed = ListedRun {
            run: Run::of_tests(day),
            inventory_file: "i.yaml".into(),
            inventory_id: None,
            policy: "p".into(),
            scope: Scope::Whole,
            counts: None,
            imported: None,
            namesake: 0,
        };
        let day: Date = day.parse().unwrap();
        let quarter = Quarter::of(day);
        Candidate { listed, ended_at: day.in_tz("UTC").unwrap().timestamp(), day, quarter }
    }

    #[test]
    fn each_week_has_one_point() {
        // Monday 7 December 2026 begins a week; the closing run is Wednesday's, the 16th.
        let days =
            ["2026-09-28", "2026-12-07", "2026-12-09", "2026-12-13", "2026-12-14", "2026-12-15"];
        let candidates = days.map(candidate);
        let quarter = "2026Q4".parse().unwrap();
        let (earlier, weekly) = trend_runs(&candidates, quarter, "2026-12-16".parse().unwrap());
        let days =
            |runs: &[&Candidate]| runs.iter().map(|run| run.id().to_string()).collect::<Vec<_>>();
        assert_eq!(days(&earlier), ["2026-09-28"]);
        assert_eq!(days(&weekly), ["2026-12-13"]);
    }

    #[test]
    fn many_runs_are_judged_whole_as_often_as_there_is_time() {
        let mut days = vec!["2026-12-07"];
        days.extend(["2026-12-08"; 3]);
        days.extend(["2026-12-09", "2026-12-15"]);
        let candidates: Vec<_> = days
            .iter()
            .enumerate()
            .map(|(at, day)| {
                let mut run = candidate(day);
                run.listed.run.id = RunId::of_tests(&format!("{day}-{at}"));
                run
            })
            .collect();
        let runs: Vec<&Candidate> = candidates.iter().collect();
        let chosen = |services| {
            let mut ids: Vec<_> = runs_judged_whole(&runs, services).into_iter().collect();
            ids.sort();
            ids.iter().map(|id| id.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(chosen(JUDGED_MAX / 6).len(), 6);
        let of_days = ["2026-12-07-0", "2026-12-08-3", "2026-12-09-4", "2026-12-15-5"];
        assert_eq!(chosen(JUDGED_MAX / 5), of_days);
        assert_eq!(chosen(JUDGED_MAX / 2), ["2026-12-09-4", "2026-12-15-5"]);
        assert!(chosen(JUDGED_MAX).is_empty());
    }
}
