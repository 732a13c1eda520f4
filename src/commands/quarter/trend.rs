//! The runs of a quarter's report beside the two that are compared: which of them are points of its
//! trend, and what the gates said in each.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::civil::Date;

use super::candidates::Candidate;
use crate::commands::error::CliError;
use crate::commands::judge_each::judge_each;
use crate::commands::stored_run::load_run_by_id;
use crate::judge;
use crate::judge::quarter::{Point, Quarter, Snapshot};
use crate::judge::{Counts, GateReading, Lineage};
use crate::model::{Inventory, RunId};
use crate::policy::Policy;
use crate::store::Store;

/// Earlier quarters in the trend at the most: two years.
const EARLIER_QUARTERS_MAX: usize = 8;

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
        let its = Quarter::of(run.day);
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

/// What the gates said in several runs, in their order. Services have the ids of the closing run's
/// inventory.
pub(super) fn followed_runs(
    db: &Path,
    ids: &[&RunId],
    policy: &Policy,
    closing: &Inventory,
) -> Result<Vec<(Point, Snapshot)>, CliError> {
    judge_each(db, ids, |store, id| followed_run(store, id, policy, closing))
}

fn followed_run(
    store: &Store,
    id: &RunId,
    policy: &Policy,
    closing: &Inventory,
) -> Result<(Point, Snapshot), CliError> {
    let loaded = load_run_by_id(store, id)?;
    let context = loaded.context_at_its_end(policy);
    let run = &loaded.stored.run;
    let (mut counts, mut readings) = (Counts::default(), HashMap::new());
    for service in &loaded.services {
        let evidence = store.evidence_of(&run.id, &service.id)?;
        let reading = GateReading::judge(&context, service, &evidence);
        counts.add(reading.standing);
        readings.insert(service.id.clone(), reading);
    }
    let ended_at = context.as_of;
    let day = judge::day_of(ended_at, &context.inventory.timezone);
    let point = Point {
        run: run.id.clone(),
        quarter: Quarter::of(day),
        day,
        counts,
        vantage: run.vantage.name.clone(),
        ipv6: run.vantage.ipv6,
    };
    let snapshot = Snapshot { run: run.id.clone(), ended_at, services: readings };
    Ok((point, snapshot.under_later_ids(&Lineage::of(closing, context.inventory))))
}
