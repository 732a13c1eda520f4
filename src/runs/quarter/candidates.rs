//! The stored runs that can close a quarter or be a point of a trend.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::judge::quarter::Quarter;
use crate::model::RunId;
use crate::runs::error::RunsError;
use crate::runs::named_run::{named_run, shows_whole_inventory};
use crate::runs::note::TakeNotes;
use crate::runs::stored_run::{end_of_run, load_run_by_id};
use crate::store::{ListedRun, Store};

/// A complete run of a whole inventory, made by a clock that is not known to have been wrong.
pub(super) struct Candidate {
    pub listed: ListedRun,
    pub ended_at: Timestamp,
    /// The day on which it ended.
    pub day: Date,
}

impl Candidate {
    pub(super) fn id(&self) -> &RunId {
        &self.listed.run.id
    }
}

/// The candidates among the runs of a store, the earliest first.
pub(super) fn candidates(listed: Vec<ListedRun>, timezone: &str) -> Vec<Candidate> {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let mut candidates: Vec<_> = listed
        .into_iter()
        .filter(shows_whole_inventory)
        // When it was, nobody knows.
        .filter(|listed| !listed.run.vantage.has_wrong_clock())
        .map(|listed| {
            let ended_at = end_of_run(&listed.run);
            let day = zone.to_datetime(ended_at).date();
            Candidate { listed, ended_at, day }
        })
        .collect();
    candidates.sort_by(|a, b| (a.ended_at, a.id()).cmp(&(b.ended_at, b.id())));
    candidates
}

/// The time zone by whose clocks quarters begin: that of the named run's inventory, or of the newest
/// candidate's.
pub(super) fn quarter_timezone(
    store: &Store,
    listed: &[ListedRun],
    run: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<String, RunsError> {
    let newest =
        || listed.iter().find(|run| shows_whole_inventory(run)).map(|run| run.run.id.clone());
    let named = run.map(|run| named_run(store, run, notes)).transpose()?;
    match named.or_else(newest) {
        Some(run) => Ok(load_run_by_id(store, &run)?.loaded.inventory.timezone.clone()),
        None => Err(RunsError::operator("the store holds no complete run of a whole inventory")
            .help("`v6ready scan` without `--only` makes one; `v6ready runs` lists what there is")),
    }
}

/// The last candidate that ended in a quarter, and by the moment of the judgement where one is given.
pub(super) fn last_of_quarter(
    candidates: &[Candidate],
    quarter: Quarter,
    as_of: Option<Timestamp>,
    timezone: &str,
) -> Result<RunId, RunsError> {
    let closing = candidates
        .iter()
        .rev()
        .filter(|run| as_of.is_none_or(|as_of| run.ended_at <= as_of))
        .find(|run| Quarter::of(run.day) == quarter);
    if let Some(closing) = closing {
        return Ok(closing.id().clone());
    }
    let mut quarters: Vec<_> = candidates.iter().map(|run| Quarter::of(run.day)).collect();
    quarters.dedup();
    let quarters: Vec<_> = quarters.iter().map(ToString::to_string).collect();
    let before = if as_of.is_some() { " before the moment of the judgement" } else { "" };
    Err(RunsError::operator(format!(
        "no complete run of a whole inventory ended in {quarter}{before}, by the clocks of {timezone}"
    ))
    .help(format!("the store has such runs in {}", quarters.join(", "))))
}
