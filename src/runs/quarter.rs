//! The runs of a quarter: which one closes it, and the review that its report is made from. All of
//! them are judged by today's rules under one policy.

mod candidates;
mod trend;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use candidates::{Candidate, candidates, last_of_quarter, reckoning};
use trend::{Followed, FollowedRun, HowToFollow, follow, runs_judged_whole, trend_runs};

use super::as_of::AsOf;
use super::error::RunsError;
use super::named_run::{named_run, shows_whole_inventory};
use super::note::TakeNotes;
use super::service_selection::selection_for;
use super::stored_run::{end_of_run, judge_run, load_run_by_id};
use crate::judge;
use crate::judge::quarter::{Material, Point, Previous, Quarter, Review, Snapshot};
use crate::judge::{Excerpt, Histories, Lineage, Look, RunResult};
use crate::model::{Inventory, RunId};
use crate::policy::Policy;
use crate::store::Store;

/// Which quarter is to be reviewed, and how.
pub struct QuarterRequest<'a> {
    /// The quarter.
    pub quarter: Quarter,
    /// The closing run, when it is named.
    pub run: Option<&'a str>,
    /// The moment of the judgement; default: the end of the closing run.
    pub as_of: Option<AsOf>,
    /// The policy; default: the closing run's own.
    pub policy: Option<&'a str>,
    /// Takes what is to be known about the choice of the closing run.
    pub notes: TakeNotes<'a>,
}

/// The judged runs of a quarter, from which it is reviewed as a whole or in parts.
pub struct QuarterRuns {
    quarter: Quarter,
    /// The closing run.
    pub closing: RunResult,
    previous: Option<Previous>,
    /// The runs before the closing one, beside `previous`, the earliest first.
    followed: Vec<FollowedRun>,
    /// What each check found over the runs in which all were judged.
    histories: Histories,
}

impl QuarterRuns {
    /// The review of all services.
    pub fn review(self) -> Review {
        let Self { quarter, closing, previous, followed, histories } = self;
        let (points, runs) = points_and_runs(followed, quarter, previous.as_ref());
        Review::of(Material { quarter, closing, previous, points, runs, histories })
    }

    /// The review of a part of them.
    pub fn review_of(&self, excerpt: &Arc<Excerpt>) -> Review {
        let quarter = self.quarter;
        let closing = self.closing.limited_to(excerpt);
        let previous = self.previous.as_ref().map(|previous| Previous {
            quarter: previous.quarter,
            result: previous.result.limited_to(excerpt),
        });
        let followed = self.followed.iter().map(|run| run.limited_to(excerpt)).collect();
        let (points, runs) = points_and_runs(followed, quarter, previous.as_ref());
        let histories = self.histories.limited_to(excerpt);
        Review::of(Material { quarter, closing, previous, points, runs, histories })
    }

    /// What a selection chooses in this quarter or the one that it is compared with; `None` without one.
    ///
    /// # Errors
    /// When nothing of the inventory is what is chosen.
    pub fn excerpt(
        &self,
        only: &[String],
        notes: TakeNotes<'_>,
    ) -> Result<Option<Excerpt>, RunsError> {
        if only.is_empty() {
            return Ok(None);
        }
        let selection = selection_for(&self.closing.inventory, only, notes)?;
        let previous = self.previous.as_ref().map(|previous| &*previous.result.inventory);
        let inventories: Vec<&Inventory> =
            [&*self.closing.inventory].into_iter().chain(previous).collect();
        Ok(Some(Excerpt::of(selection, &inventories)))
    }
}

/// The points of the trend, and the runs of the quarter.
fn points_and_runs(
    followed: Vec<FollowedRun>,
    quarter: Quarter,
    previous: Option<&Previous>,
) -> (Vec<Point>, Vec<Snapshot>) {
    let (mut points, mut runs) = (Vec::new(), Vec::new());
    for FollowedRun { point, snapshot, is_of_trend } in followed {
        if point.quarter == quarter {
            runs.push(snapshot);
        }
        points.extend(is_of_trend.then_some(point));
    }
    points.extend(previous.map(|previous| Point::of(&previous.result)));
    (points, runs)
}

/// Judges the runs that a quarter's review takes.
///
/// # Errors
/// When there is no such run, or the store can't be read.
pub fn quarter_runs(store: &Store, request: &QuarterRequest<'_>) -> Result<QuarterRuns, RunsError> {
    let chosen = ChosenRuns::choose(store, request)?;
    let mut closing = load_run_by_id(store, &chosen.closing)?.with_policy(request.policy)?;
    let policy = closing.loaded.policy.clone();
    let previous =
        chosen.previous.as_ref().map(|run| judge_previous(store, run, &policy)).transpose()?;
    let of_quarter: Vec<&Candidate> = chosen.of_quarter.iter().collect();
    let ids: Vec<&RunId> =
        chosen.earlier.iter().chain(&chosen.of_quarter).map(Candidate::id).collect();
    let whole = runs_judged_whole(&of_quarter, closing.services.len());
    let how = HowToFollow { policy: &policy, closing: &closing.loaded.inventory, whole: &whole };
    let (mut followed, mut histories) = (Vec::new(), Histories::default());
    if let Some(Previous { result, .. }) = previous.as_ref().filter(|_| !whole.is_empty()) {
        let lineage = Lineage::of(&closing.loaded.inventory, &result.inventory);
        histories.add_result(result, &lineage);
    }
    follow(store.path(), &ids, &how, |Followed { point, snapshot, sights }| {
        if !sights.is_empty() {
            histories.add(Look { run: point.run.clone(), at: snapshot.ended_at }, sights);
        }
        let is_of_trend = point.quarter != request.quarter || chosen.weekly.contains(&point.run);
        followed.push(FollowedRun { point, snapshot, is_of_trend });
    })?;
    let as_of = chosen.as_of.unwrap_or_else(|| end_of_run(&closing.stored.run));
    closing.is_day_given = chosen.as_of.is_some();
    if closing.stored.run.vantage.has_wrong_clock() && !closing.is_day_given {
        return Err(RunsError::operator(format!(
            "run {} was made by a wrong clock, so that it is not known in which quarter it ended",
            closing.stored.run.id
        ))
        .help("say by `--as-of` which day it was; `v6ready explain vantage-clock` says what was compared"));
    }
    let closing = judge_run(store, &closing, as_of)?;
    if !whole.is_empty() {
        histories.add_result(&closing, &Lineage::default());
    }
    Ok(QuarterRuns { quarter: request.quarter, closing, previous, followed, histories })
}

/// The runs that a quarter's report is made from, the earliest first.
///
/// # Errors
/// When the quarter has none, or the store can't be read.
pub fn runs_of_quarter(store: &Store, quarter: Quarter) -> Result<Vec<RunId>, RunsError> {
    let request = QuarterRequest { quarter, run: None, as_of: None, policy: None, notes: &|_| () };
    let ChosenRuns { closing, previous, earlier, of_quarter, .. } =
        ChosenRuns::choose(store, &request)?;
    let before = earlier.iter().chain(&previous).chain(&of_quarter).map(Candidate::id).cloned();
    Ok(before.chain([closing]).collect())
}

/// Which runs a quarter's report is made from.
struct ChosenRuns {
    closing: RunId,
    /// The moment of the judgement, where one was asked for.
    as_of: Option<Timestamp>,
    /// The closing run of the last quarter before it that has one.
    previous: Option<Candidate>,
    /// Closing runs of quarters before that, the earliest first.
    earlier: Vec<Candidate>,
    /// The quarter's own but for the closing one, the earliest first.
    of_quarter: Vec<Candidate>,
    /// Those of them that are points of the trend.
    weekly: HashSet<RunId>,
}

impl ChosenRuns {
    fn choose(store: &Store, request: &QuarterRequest<'_>) -> Result<Self, RunsError> {
        let listed = store.listed_runs()?;
        let reckoning = reckoning(store, &listed, request.run, request.notes)?;
        let as_of = request.as_of.map(|as_of| as_of.moment(&reckoning.timezone));
        let mut candidates = candidates(listed.clone(), &reckoning);
        let id = match request.run {
            Some(run) => named_run(store, run, request.notes)?,
            None => last_of_quarter(&candidates, request.quarter, as_of, &reckoning)?,
        };
        let closing = store.run(&id)?.run;
        let ended_at = end_of_run(&closing);
        let own = listed.iter().find(|run| run.run.id == closing.id);
        candidates.retain(|run| {
            *run.id() != closing.id
                && run.ended_at <= ended_at
                && own.is_some_and(|own| own.is_of_same_inventory(&run.listed))
        });
        let closing_day = judge::day_of(ended_at, &reckoning.timezone);
        let (earlier, weekly) = trend_runs(&candidates, request.quarter, closing_day);
        let weekly = weekly.into_iter().map(|run| run.id().clone()).collect();
        let earlier: HashSet<RunId> = earlier.into_iter().map(|run| run.id().clone()).collect();
        let (of_quarter, before): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|run| run.quarter == request.quarter);
        let mut earlier: Vec<_> =
            before.into_iter().filter(|run| earlier.contains(run.id())).collect();
        let previous = earlier.pop();
        Ok(Self { closing: closing.id, as_of, previous, earlier, of_quarter, weekly })
    }
}

/// The closing run of a quarter: the last complete one of a whole inventory.
///
/// # Errors
/// When there is none, or the store can't be read.
pub fn closing_run(store: &Store, quarter: Quarter) -> Result<RunId, RunsError> {
    let listed = store.listed_runs()?;
    let reckoning = reckoning(store, &listed, None, &|_| ())?;
    last_of_quarter(&candidates(listed, &reckoning), quarter, None, &reckoning)
}

/// The closing run of each quarter, of each inventory.
///
/// # Errors
/// When the store can't be read.
pub fn closing_runs(store: &Store) -> Result<HashSet<RunId>, RunsError> {
    let listed = store.listed_runs()?;
    if !listed.iter().any(shows_whole_inventory) {
        return Ok(HashSet::new());
    }
    let reckoning = reckoning(store, &listed, None, &|_| ())?;
    let mut closing: Vec<Candidate> = Vec::new();
    for run in candidates(listed, &reckoning) {
        let replaced = |earlier: &Candidate| {
            earlier.quarter == run.quarter && earlier.listed.is_of_same_inventory(&run.listed)
        };
        closing.retain(|earlier| !replaced(earlier));
        closing.push(run);
    }
    Ok(closing.into_iter().map(|run| run.listed.run.id).collect())
}

fn judge_previous(
    store: &Store,
    run: &Candidate,
    policy: &Arc<Policy>,
) -> Result<Previous, RunsError> {
    let mut loaded = load_run_by_id(store, run.id())?;
    loaded.loaded.policy = Arc::clone(policy);
    let result = judge_run(store, &loaded, run.ended_at)?;
    Ok(Previous { quarter: run.quarter, result })
}
