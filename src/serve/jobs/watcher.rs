//! The watches of schedules: when one is due, and what follows from it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::schedule::inventory_of;
use super::state::{JobError, ScanRequest, WatchState};
use super::watch::{changed, glimpse_then, is_watched};
use crate::model::ServiceId;
use crate::probe::{self, Live};
use crate::runs::RunsError;
use crate::runs::named_run::shows_whole_inventory;
use crate::runs::stored_run::{end_of_run, filled_in};
use crate::scan::StopSignal;
use crate::serve::app::App;
use crate::serve::config::schedules::Schedule;
use crate::store::Store;

/// Services that one run looks at again; the others follow in the next.
const RESCANNED_MAX: usize = 500;

/// How long it may take until it is noticed that the daemon ends, or that a scan waits.
const LOOK: std::time::Duration = std::time::Duration::from_millis(200);

/// A watch whose time has come.
pub(super) struct DueWatch {
    schedule: Schedule,
    inventory: PathBuf,
}

/// The watch whose time has come, if there is any: the one that waits longest.
pub(super) fn due(app: &App) -> Option<DueWatch> {
    if app.jobs().is_ending() {
        return None;
    }
    let (config, now) = (app.config(), app.now());
    let mut due: Option<(Timestamp, DueWatch)> = None;
    for schedule in &config.schedules {
        let Some(interval) = interval(schedule) else { continue };
        let Some(inventory) = inventory_of(&config, schedule) else { continue };
        let state = app.jobs().watch(&schedule.name);
        let next = state.and_then(|state| state.next).unwrap_or(now);
        // A clock that was set back is no reason to look away until it has caught up.
        let is_far = next.duration_since(now) > interval;
        if (next <= now || is_far) && due.as_ref().is_none_or(|(earliest, _)| next < *earliest) {
            due = Some((next, DueWatch { schedule: schedule.clone(), inventory }));
        }
    }
    due.map(|(_, watch)| watch)
}

fn interval(schedule: &Schedule) -> Option<SignedDuration> {
    let interval = SignedDuration::try_from(schedule.watch).ok()?;
    (!interval.is_zero()).then_some(interval)
}

/// Looks at the services of a schedule, and asks for a scan of those that are other than they were.
pub(super) fn look(app: &App, due: &DueWatch) {
    let schedule = &due.schedule;
    let looked = looked(app, due);
    let now = app.now();
    let next = interval(schedule).and_then(|interval| now.checked_add(interval).ok());
    let mut state = WatchState { last: Some(now), next, ..WatchState::default() };
    match looked {
        Ok((services, changed)) => {
            (state.services, state.changed) = (services, changed.len());
            tracing::info!(
                schedule = schedule.name,
                services,
                changed = changed.len(),
                "looked whether services are as they were"
            );
            if let Err(error) = scan_again(app, due, &changed) {
                state.problem = Some(error.to_string());
            }
        }
        Err(error) => {
            tracing::warn!(schedule = schedule.name, error = error.text(), "a watch failed");
            state.problem = Some(error.text());
        }
    }
    app.jobs().set_watch(&schedule.name, state);
}

fn scan_again(app: &App, due: &DueWatch, changed: &[ServiceId]) -> Result<(), JobError> {
    if changed.is_empty() {
        return Ok(());
    }
    let only = changed.iter().take(RESCANNED_MAX).map(ToString::to_string).collect();
    let schedule = &due.schedule;
    app.jobs().start(ScanRequest {
        inventory: due.inventory.clone(),
        only,
        quick: true,
        policy: schedule.policy.clone(),
        vantage: schedule.vantage.clone(),
        by: schedule.name.clone(),
        by_watch: true,
        ..ScanRequest::default()
    })?;
    Ok(())
}

/// How many services were looked at, and which of them are other than they were.
fn looked(app: &App, due: &DueWatch) -> Result<(usize, Vec<ServiceId>), RunsError> {
    let store = Store::open_existing(app.db())?;
    let listed = store.listed_runs()?;
    // The inventory as it is now may have another `id` or name than it had.
    let (_, id) = crate::runs::load::text_and_id(&due.inventory)?;
    let file = due.inventory.display().to_string();
    let is_of_it = |run: &&crate::store::ListedRun| {
        run.imported.is_none() && run.is_of_inventory(&file, id.as_deref())
    };
    let Some(whole) = listed.iter().filter(is_of_it).find(|run| shows_whole_inventory(run)) else {
        return Ok((0, Vec::new()));
    };
    let run = filled_in(&store, &listed, whole)?;
    let selection = crate::model::Selection::parse(&due.schedule.only)
        .map_err(|error| RunsError::operator(error.to_string()))?;
    let inventory = Arc::clone(&run.loaded.inventory);
    let vantage = &run.stored.run.vantage;
    let mut before = Vec::new();
    for service in &run.services {
        if !is_watched(service) || !selection.matches(service) {
            continue;
        }
        let (by, known) = run.last_look(service);
        let evidence = store.evidence_of(&by.stored.run.id, &known.id)?;
        before.push((Arc::clone(service), glimpse_then(&evidence, &inventory, vantage, known)));
    }
    tracing::debug!(since = %end_of_run(&run.stored.run), services = before.len(), "a watch begins");
    let services = before.len();
    let prober =
        Live::new(&inventory.settings).map_err(|error| RunsError::operator(error.to_string()))?;
    let runtime = probe::runtime(1, || {})?;
    let (stopper, signal) = StopSignal::new();
    let changed = runtime.block_on(async {
        let looks = changed(&prober, &inventory, vantage, before, &signal);
        tokio::pin!(looks);
        loop {
            tokio::select! {
                changed = &mut looks => break changed,
                // A scan that was asked for goes before a watch.
                () = tokio::time::sleep(LOOK) => {
                    if app.jobs().is_ending() || !app.jobs().live().is_empty() {
                        stopper.stop();
                    }
                }
            }
        }
    });
    Ok((services, changed))
}
