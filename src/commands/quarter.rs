//! The runs of a quarter: which one closes it, and the review that its report is made from. All of
//! them are judged by today's rules under one policy.

mod candidates;
mod trend;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use candidates::{
    Candidate, candidates, is_candidate, is_same_file, last_of_quarter, quarter_timezone,
};
use trend::{trend_points, trend_runs};

use super::cli::AsOf;
use super::error::CliError;
use super::stored_run::{end_of_run, judge_run, load_run};
use crate::judge::quarter::{Material, Point, Previous, Quarter, Review};
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
        Some(run) => RunId(run.to_owned()),
        None => last_of_quarter(&candidates, request.quarter, as_of, &timezone)?,
    };
    let closing = load_run(store, Some(&id.0))?.with_policy(request.policy)?;
    let policy = closing.loaded.policy.clone();
    let ended_at = end_of_run(&closing.stored.run);
    let (closing_id, file) = (&closing.stored.run.id, &closing.stored.inputs.inventory_file);
    let comparable: Vec<Candidate> = candidates
        .into_iter()
        .filter(|run| run.run.id != *closing_id && is_same_file(&run.file, file))
        .filter(|run| run.ended_at <= ended_at)
        .collect();
    let (mut earlier, weekly) = trend_runs(&comparable, request.quarter);
    let previous = earlier.pop().map(|run| judge_previous(store, run, &policy)).transpose()?;
    let ids: Vec<&RunId> = earlier.iter().chain(&weekly).map(|run| &run.run.id).collect();
    let mut points = trend_points(store.path(), &ids, &policy)?;
    points.extend(previous.as_ref().map(|previous| Point::of(&previous.result)));
    let closing = judge_run(store, &closing, as_of.unwrap_or(ended_at))?;
    Ok(Review::of(Material { quarter: request.quarter, closing, previous, points }))
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
    if !listed.iter().any(is_candidate) {
        return Ok(HashSet::new());
    }
    let timezone = quarter_timezone(store, &listed, None)?;
    let mut closing = HashMap::new();
    for run in candidates(listed, &timezone) {
        let file = Path::new(&run.file).file_name().map(ToOwned::to_owned);
        closing.insert((file, Quarter::of(run.day)), run.run.id);
    }
    Ok(closing.into_values().collect())
}

fn judge_previous(
    store: &Store,
    run: &Candidate,
    policy: &Arc<Policy>,
) -> Result<Previous, CliError> {
    let mut loaded = load_run(store, Some(&run.run.id.0))?;
    loaded.loaded.policy = Arc::clone(policy);
    let result = judge_run(store, &loaded, run.ended_at)?;
    Ok(Previous { quarter: Quarter::of(run.day), result })
}
