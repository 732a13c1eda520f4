//! The runs of a quarter: which one closes it, and the review that its report is made from. All of
//! them are judged by today's rules under one policy.

mod candidates;
mod trend;

use std::collections::HashSet;
use std::sync::Arc;

use candidates::{Candidate, candidates, last_of_quarter, quarter_timezone};
use trend::{Followed, HowToFollow, follow, runs_judged_whole, trend_runs};

use super::cli::AsOf;
use super::error::CliError;
use super::named_run::{named_run, shows_whole_inventory};
use super::stored_run::{end_of_run, judge_run, load_run_by_id};
use crate::judge;
use crate::judge::quarter::{Material, Point, Previous, Quarter, Review};
use crate::judge::{Histories, Lineage, Look};
use crate::model::RunId;
use crate::policy::Policy;
use crate::store::Store;

/// Which quarter is to be reviewed, and how.
pub(super) struct QuarterRequest<'a> {
    /// The quarter.
    pub quarter: Quarter,
    /// The closing run, when it is named.
    pub run: Option<&'a str>,
    /// The moment of the judgement; default: the end of the closing run.
    pub as_of: Option<AsOf>,
    /// The policy; default: the closing run's own.
    pub policy: Option<&'a str>,
}

/// Reviews a quarter from the runs of a store.
///
/// # Errors
/// When there is no such run, or the store can't be read.
pub(super) fn review_quarter(
    store: &Store,
    request: &QuarterRequest<'_>,
) -> Result<Review, CliError> {
    let listed = store.listed_runs()?;
    let timezone = quarter_timezone(store, &listed, request.run)?;
    let as_of = request.as_of.map(|as_of| as_of.moment(&timezone));
    let candidates = candidates(listed, &timezone);
    let id = match request.run {
        Some(run) => named_run(store, run)?,
        None => last_of_quarter(&candidates, request.quarter, as_of, &timezone)?,
    };
    let closing = load_run_by_id(store, &id)?.with_policy(request.policy)?;
    let policy = closing.loaded.policy.clone();
    let ended_at = end_of_run(&closing.stored.run);
    let closing_day = judge::day_of(ended_at, &closing.loaded.inventory.timezone);
    let closing_id = &closing.stored.run.id;
    let listed = store.listed_runs()?;
    let closing_listed = listed.iter().find(|run| run.run.id == *closing_id);
    let comparable: Vec<Candidate> = candidates
        .into_iter()
        .filter(|run| run.id() != closing_id && run.ended_at <= ended_at)
        .filter(|run| closing_listed.is_some_and(|own| own.is_of_same_inventory(&run.listed)))
        .collect();
    let (mut earlier, weekly) = trend_runs(&comparable, request.quarter, closing_day);
    let previous = earlier.pop().map(|run| judge_previous(store, run, &policy)).transpose()?;
    let of_quarter: Vec<&Candidate> =
        comparable.iter().filter(|run| Quarter::of(run.day) == request.quarter).collect();
    let ids: Vec<&RunId> =
        earlier.iter().chain(&of_quarter).map(|candidate| candidate.id()).collect();
    let whole = runs_judged_whole(&of_quarter, closing.services.len());
    let how = HowToFollow { policy: &policy, closing: &closing.loaded.inventory, whole: &whole };
    let (mut points, mut runs, mut histories) = (Vec::new(), Vec::new(), Histories::default());
    if let Some(Previous { result, .. }) = previous.as_ref().filter(|_| !whole.is_empty()) {
        let lineage = Lineage::of(&closing.loaded.inventory, &result.inventory);
        histories.add_result(result, &lineage);
    }
    follow(store.path(), &ids, &how, |Followed { point, snapshot, sights }| {
        if !sights.is_empty() {
            histories.add(Look { run: point.run.clone(), at: snapshot.ended_at }, sights);
        }
        if point.quarter == request.quarter {
            runs.push(snapshot);
        }
        if point.quarter != request.quarter || weekly.iter().any(|run| *run.id() == point.run) {
            points.push(point);
        }
    })?;
    points.extend(previous.as_ref().map(|previous| Point::of(&previous.result)));
    let closing = judge_run(store, &closing, as_of.unwrap_or(ended_at))?;
    if !whole.is_empty() {
        histories.add_result(&closing, &Lineage::default());
    }
    let quarter = request.quarter;
    Ok(Review::of(Material { quarter, closing, previous, points, runs, histories }))
}

/// The closing run of a quarter: the last complete one of a whole inventory.
///
/// # Errors
/// When there is none, or the store can't be read.
pub(super) fn closing_run(store: &Store, quarter: Quarter) -> Result<RunId, CliError> {
    let listed = store.listed_runs()?;
    let timezone = quarter_timezone(store, &listed, None)?;
    last_of_quarter(&candidates(listed, &timezone), quarter, None, &timezone)
}

/// The closing run of each quarter, of each inventory.
///
/// # Errors
/// When the store can't be read.
pub(super) fn closing_runs(store: &Store) -> Result<HashSet<RunId>, CliError> {
    let listed = store.listed_runs()?;
    if !listed.iter().any(shows_whole_inventory) {
        return Ok(HashSet::new());
    }
    let timezone = quarter_timezone(store, &listed, None)?;
    let mut closing: Vec<Candidate> = Vec::new();
    for run in candidates(listed, &timezone) {
        let replaced = |earlier: &Candidate| {
            Quarter::of(earlier.day) == Quarter::of(run.day)
                && earlier.listed.is_of_same_inventory(&run.listed)
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
) -> Result<Previous, CliError> {
    let mut loaded = load_run_by_id(store, run.id())?;
    loaded.loaded.policy = Arc::clone(policy);
    let result = judge_run(store, &loaded, run.ended_at)?;
    Ok(Previous { quarter: Quarter::of(run.day), result })
}
