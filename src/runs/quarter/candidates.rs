//! The stored runs that can close a quarter or be a point of a trend.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::judge::quarter::Quarter;
use crate::model::{ReportingPeriod, RunId};
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
    /// The quarter that it counts for.
    pub quarter: Quarter,
}

/// By which clocks quarters begin, and which days count for them.
#[derive(Clone, Debug)]
pub(super) struct Reckoning {
    pub timezone: String,
    pub period: ReportingPeriod,
}

impl Candidate {
    pub(super) fn id(&self) -> &RunId {
        &self.listed.run.id
    }
}

/// The candidates among the runs of a store, the earliest first.
pub(super) fn candidates(listed: Vec<ListedRun>, reckoning: &Reckoning) -> Vec<Candidate> {
    let zone = TimeZone::get(&reckoning.timezone).unwrap_or(TimeZone::UTC);
    let mut candidates: Vec<_> = listed
        .into_iter()
        .filter(shows_whole_inventory)
        // When it was, nobody knows.
        .filter(|listed| !listed.run.vantage.has_wrong_clock())
        .map(|listed| {
            let ended_at = end_of_run(&listed.run);
            let day = zone.to_datetime(ended_at).date();
            let quarter = Quarter::counting(day, reckoning.period);
            Candidate { listed, ended_at, day, quarter }
        })
        .collect();
    candidates.sort_by(|a, b| (a.ended_at, a.id()).cmp(&(b.ended_at, b.id())));
    candidates
}

/// How quarters are reckoned: as the named run's inventory says, or the newest candidate's.
pub(super) fn reckoning(
    store: &Store,
    listed: &[ListedRun],
    run: Option<&str>,
    notes: TakeNotes<'_>,
) -> Result<Reckoning, RunsError> {
    let newest =
        || listed.iter().find(|run| shows_whole_inventory(run)).map(|run| run.run.id.clone());
    let named = run.map(|run| named_run(store, run, notes)).transpose()?;
    match named.or_else(newest) {
        Some(run) => {
            let loaded = load_run_by_id(store, &run)?.loaded;
            let (timezone, period) =
                (loaded.inventory.timezone.clone(), loaded.inventory.reporting);
            Ok(Reckoning { timezone, period })
        }
        None => Err(RunsError::operator("the store holds no complete run of a whole inventory")
            .help("`v6ready scan` without `--only` makes one; `v6ready runs` lists what there is")),
    }
}

/// The last candidate that ended in a quarter, and by the moment of the judgement where one is given.
pub(super) fn last_of_quarter(
    candidates: &[Candidate],
    quarter: Quarter,
    as_of: Option<Timestamp>,
    reckoning: &Reckoning,
) -> Result<RunId, RunsError> {
    let closing = candidates
        .iter()
        .rev()
        .filter(|run| as_of.is_none_or(|as_of| run.ended_at <= as_of))
        .find(|run| run.quarter == quarter);
    if let Some(closing) = closing {
        return Ok(closing.id().clone());
    }
    let mut quarters: Vec<_> = candidates.iter().map(|run| run.quarter).collect();
    quarters.dedup();
    let quarters: Vec<_> = quarters.iter().map(ToString::to_string).collect();
    let before = if as_of.is_some() { " before the moment of the judgement" } else { "" };
    Err(RunsError::operator(format!(
        "no complete run of a whole inventory ended in {quarter}{before}, by the clocks of {}{}",
        reckoning.timezone,
        match reckoning.period {
            ReportingPeriod::Calendar => String::new(),
            ReportingPeriod::Decree092019 => format!(
                ", from {} to {}",
                quarter.first_counting_day(reckoning.period),
                quarter.last_counting_day(reckoning.period)
            ),
        }
    ))
    .help(format!("the store has such runs in {}", quarters.join(", "))))
}
