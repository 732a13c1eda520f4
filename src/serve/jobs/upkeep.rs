//! Retention and backups, by their times: between scans, because a store that is pruned is not written to
//! meanwhile.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::times::Times;
use crate::model::{RunId, Severity};
use crate::runs::RunsError;
use crate::runs::backup::back_up;
use crate::runs::quarter::closing_runs;
use crate::runs::retention::{Keep, runs_to_remove};
use crate::serve::alerts::after_run::tell_own;
use crate::serve::alerts::alert::Kind;
use crate::serve::alerts::decide::OwnTrouble;
use crate::serve::app::App;
use crate::serve::config::schedules::{Backups, CronText, Retention};
use crate::store::{ScheduleMark, Store};

/// The marks of these two in the store. No schedule has such a name: it has a control character.
const BACKUP: &str = "\u{1}backup";
const RETENTION: &str = "\u{1}retention";

/// Makes a copy, and removes what is not kept, when it is time.
pub(super) fn look(app: &App) {
    let config = app.config();
    if let Some(backups) = &config.backups {
        let make = || copy(app, backups);
        at_its_time(app, BACKUP, &backups.cron, backups.timezone.as_deref(), make);
    }
    let retention = &config.retention;
    let remove = || remove(app, retention);
    at_its_time(app, RETENTION, &retention.cron, retention.timezone.as_deref(), remove);
}

fn at_its_time(
    app: &App,
    name: &str,
    cron: &CronText,
    timezone: Option<&str>,
    work: impl FnOnce() -> Result<(), RunsError>,
) {
    let done = || -> Result<(), RunsError> {
        let Some(times) = Times::of(cron, timezone) else { return Ok(()) };
        let store = Store::open_existing(app.db())?;
        let now = app.now();
        let mark = |due_at: Timestamp, ended_at, problem| {
            let mark = ScheduleMark { due_at, began_at: Some(now), ended_at, run: None, problem };
            store.mark_schedule(name, &mark)
        };
        let Some(known) = store.schedule_mark(name)? else {
            // What would have been done before is not made up.
            mark(now, None, None)?;
            return Ok(());
        };
        let Some(due) = times.due(known.due_at, now) else { return Ok(()) };
        let problem = work().err().map(|error| error.text());
        if let Some(problem) = &problem {
            tracing::error!(what = name.trim_start(), problem, "it can't be done");
        }
        mark(due, Some(app.now()), problem.clone())?;
        let word = name.trim_start_matches('\u{1}');
        tell_own(
            app,
            OwnTrouble {
                key: format!("upkeep:{word}"),
                kind: Kind::Own,
                severity: Severity::Error,
                problem: problem.map(|problem| format!("{word}: {problem}")),
            },
        );
        Ok(())
    };
    if let Err(error) = done() {
        tracing::error!(error = error.text(), "upkeep can't be looked at");
    }
}

fn copy(app: &App, backups: &Backups) -> Result<(), RunsError> {
    let Some(file) = &backups.file else { return Ok(()) };
    back_up(app.db(), file, Some(backups.keep))?;
    tracing::info!(file = %file.display(), "copied the store");
    Ok(())
}

fn remove(app: &App, retention: &Retention) -> Result<(), RunsError> {
    let mut store = Store::open_existing(app.db())?;
    let now = app.now();
    let hours = 24 * i64::from(retention.keep_alerts_days);
    let before = now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN);
    store.forget_alerts(before)?;
    store.forget_messages(before)?;
    if retention.keep_last.is_none() && retention.keep_days.is_none() {
        return Ok(());
    }
    let listed = store.listed_runs()?;
    let kept: HashSet<RunId> = closing_runs(&store)?;
    let keep =
        Keep { last: retention.keep_last.map(|last| last as usize), days: retention.keep_days };
    // A scan that was asked for and cut off is gone on with.
    let waiting: HashSet<RunId> =
        store.requested_scans()?.into_iter().map(|scan| scan.run).collect();
    let gone: Vec<RunId> = runs_to_remove(&listed, &keep, &kept, now)
        .into_iter()
        .map(|run| run.run.id.clone())
        .filter(|run| !waiting.contains(run))
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    store.prune(&gone)?;
    tracing::info!(runs = gone.len(), "removed runs that are not kept");
    if let Err(error) = app.view().refresh() {
        tracing::error!(%error, "the view can't be brought up to date");
    }
    Ok(())
}
