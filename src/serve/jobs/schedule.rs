//! Which schedules' time has come, and what is known of each.

use std::path::PathBuf;

use jiff::Timestamp;

use super::state::{JobError, ScanRequest, ScheduleState};
use super::times::Times;
use crate::serve::app::App;
use crate::serve::config::ServeConfig;
use crate::serve::config::schedules::Schedule;
use crate::store::{ScheduleMark, Store, StoreError};

/// Asks for the scans whose time has come, and notes what is known of each schedule.
pub(super) fn look(app: &App) {
    let config = app.config();
    app.jobs().set_inventories(inventories(&config));
    let looked = Store::open_existing(app.db()).and_then(|store| {
        let states = config.schedules.iter();
        states.map(|schedule| one(app, &config, schedule, &store)).collect::<Result<Vec<_>, _>>()
    });
    match looked {
        Ok(states) => app.jobs().set_schedules(states),
        Err(error) => tracing::error!(%error, "the schedule can't be looked at"),
    }
}

/// Every inventory that the configuration names.
pub fn inventories(config: &ServeConfig) -> Vec<PathBuf> {
    let mut all = config.inventories.clone();
    for file in config.schedules.iter().filter_map(|schedule| schedule.inventory.clone()) {
        if !all.contains(&file) {
            all.push(file);
        }
    }
    all
}

/// The inventory of a schedule.
pub(super) fn inventory_of(config: &ServeConfig, schedule: &Schedule) -> Option<PathBuf> {
    schedule.inventory.clone().or_else(|| config.inventories.first().cloned())
}

fn one(
    app: &App,
    config: &ServeConfig,
    schedule: &Schedule,
    store: &Store,
) -> Result<ScheduleState, StoreError> {
    let now = app.now();
    let times = Times::of(&schedule.cron, schedule.timezone.as_deref());
    let mut mark = match store.schedule_mark(&schedule.name)? {
        Some(mark) => mark,
        None => first_mark(store, schedule, now)?,
    };
    let inventory = inventory_of(config, schedule);
    let due = times.as_ref().and_then(|times| times.due(mark.due_at, now));
    let mut late = None;
    if let (Some(due), Some(inventory)) = (due, &inventory) {
        if app.jobs().has_scan_of(inventory, &schedule.name) {
            late = Some("an earlier scan of this inventory goes on, or waits".to_owned());
        } else {
            match app.jobs().start(request(schedule, inventory.clone(), due)) {
                Ok(run) => {
                    tracing::info!(schedule = schedule.name, %run, due = %due, "its time has come");
                    mark = ScheduleMark {
                        due_at: due,
                        began_at: None,
                        ended_at: None,
                        run: Some(run.to_string()),
                        problem: None,
                    };
                    store.mark_schedule(&schedule.name, &mark)?;
                }
                Err(JobError::NotRunning) => {}
                Err(error) => late = Some(error.to_string()),
            }
        }
    }
    if inventory.is_none() {
        late = Some("the configuration names no inventory".to_owned());
    }
    Ok(ScheduleState {
        name: schedule.name.clone(),
        inventory: inventory.unwrap_or_default(),
        cron: schedule.cron.0.clone(),
        next: times.and_then(|times| times.next_after(now)),
        last_due: mark.began_at.or(mark.run.is_some().then_some(mark.due_at)).map(|_| mark.due_at),
        last_began: mark.began_at,
        last_ended: mark.ended_at,
        last_run: mark.run,
        problem: mark.problem,
        late,
        watch: None,
    })
}

/// A schedule that is new begins now: what it would have done earlier was never missed.
fn first_mark(
    store: &Store,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<ScheduleMark, StoreError> {
    let mark =
        ScheduleMark { due_at: now, began_at: None, ended_at: None, run: None, problem: None };
    store.mark_schedule(&schedule.name, &mark)?;
    Ok(mark)
}

fn request(schedule: &Schedule, inventory: PathBuf, due_at: Timestamp) -> ScanRequest {
    ScanRequest {
        inventory,
        only: schedule.only.clone(),
        quick: schedule.quick,
        policy: schedule.policy.clone(),
        vantage: schedule.vantage.clone(),
        by: schedule.name.clone(),
        schedule: Some(schedule.name.clone()),
        due_at: Some(due_at),
        by_watch: false,
    }
}

#[cfg(test)]
mod tests;
