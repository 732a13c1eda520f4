//! The trend of a quarter's report: which runs are its points, and how many services each had at
//! which stage.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;

use super::candidates::Candidate;
use crate::commands::error::CliError;
use crate::commands::stored_run::{LoadedRun, end_of_run, load_run};
use crate::judge;
use crate::judge::quarter::{Point, Quarter};
use crate::judge::{Counts, JudgeContext};
use crate::model::RunId;
use crate::policy::Policy;
use crate::store::Store;

/// Earlier quarters in the trend at the most: two years.
const EARLIER_QUARTERS_MAX: usize = 8;

/// The closing runs of earlier quarters, and the last run of each week of this one; both the
/// earliest first.
pub(super) fn trend_runs(
    candidates: &[Candidate],
    quarter: Quarter,
) -> (Vec<&Candidate>, Vec<&Candidate>) {
    let mut closing = BTreeMap::new();
    let mut weeks = BTreeMap::new();
    for run in candidates {
        let its = Quarter::of(run.day);
        if its < quarter {
            closing.insert(its, run);
        } else if its == quarter {
            let week = run.day.iso_week_date();
            weeks.insert((week.year(), week.week()), run);
        }
    }
    let mut earlier: Vec<_> = closing.into_values().collect();
    earlier.drain(..earlier.len().saturating_sub(EARLIER_QUARTERS_MAX));
    (earlier, weeks.into_values().collect())
}

/// Counts the stages of several runs' services, on all processors: each thread has a connection of
/// its own.
pub(super) fn trend_points(
    db: &Path,
    ids: &[&RunId],
    policy: &Policy,
) -> Result<Vec<Point>, CliError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = ids.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = ids
            .chunks(share)
            .map(|ids| {
                scope.spawn(move || {
                    let store = Store::open_existing(db)?;
                    ids.iter()
                        .map(|id| trend_point(&store, id, policy))
                        .collect::<Result<Vec<_>, CliError>>()
                })
            })
            .collect();
        let mut points = Vec::new();
        for worker in workers {
            let judged =
                worker.join().map_err(|_| CliError::internal("a judging thread has died"))?;
            points.extend(judged?);
        }
        Ok(points)
    })
}

fn trend_point(store: &Store, id: &RunId, policy: &Policy) -> Result<Point, CliError> {
    let LoadedRun { stored, loaded, services } = load_run(store, Some(&id.0))?;
    let run = stored.run;
    let context = JudgeContext {
        inventory: &loaded.inventory,
        vantage: &run.vantage,
        policy,
        trust: &loaded.trust,
        as_of: end_of_run(&run),
    };
    let mut counts = Counts::default();
    for service in &services {
        let evidence = store.evidence_of(&run.id, &service.id)?;
        counts.add(judge::judge_standing(&context, service, &evidence));
    }
    let day = judge::day_of(context.as_of, &loaded.inventory.timezone);
    Ok(Point {
        run: run.id.clone(),
        quarter: Quarter::of(day),
        day,
        counts,
        vantage: run.vantage.name.clone(),
        ipv6: run.vantage.ipv6,
    })
}
