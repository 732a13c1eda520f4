//! Has scans made whose time has come or that were asked for, one after the other, and does what follows from
//! each: the view is brought up to date, alerts are decided, marks are kept.
//!
//! Scans have a runtime of their own, so that pages stay fast. One store is written by one scan at a time, so
//! there is one queue; what waits longer than its turn says why.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::schedule;
use super::state::{JobEvent, LiveRun, Progress, ScanRequest, Turn};
use super::upkeep;
use super::watcher;
use crate::model::RunId;
use crate::probe::Network;
use crate::runs::load::inventory_from_file;
use crate::runs::session::{HowToScan, ScannedRun, Session};
use crate::runs::{Note, RunsError};
use crate::scan::{Ending, ScanEvent, StopSignal};
use crate::serve::alerts::after_run;
use crate::serve::app::{App, Shared};
use crate::store::{ScheduleMark, Store};

/// How often it is looked what the time brings.
const TICK: Duration = Duration::from_secs(2);

/// Runs the jobs until the daemon ends and the scan that goes on has come to its end.
pub async fn run(app: Shared) {
    app.jobs().open(app.db());
    blocking(&app, |app| {
        put_back(app);
        schedule::look(app);
        after_run::catch_up(app);
    })
    .await;
    let ending = {
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            app.stop_signal().raised().await;
            app.jobs().stop();
        })
    };
    let sender = tokio::spawn(crate::serve::alerts::sender::run(Arc::clone(&app)));
    let mut scan: Option<tokio::task::JoinHandle<()>> = None;
    loop {
        blocking(&app, |app| {
            schedule::look(app);
            after_run::look(app);
        })
        .await;
        if scan.as_ref().is_some_and(tokio::task::JoinHandle::is_finished) {
            scan = None;
        }
        if scan.is_none() {
            blocking(&app, upkeep::look).await;
            scan = begin_next(&app);
        }
        if scan.is_none() && app.jobs().is_ending() {
            break;
        }
        tokio::select! {
            () = app.jobs().woken() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
    sender.abort();
    ending.abort();
}

/// Work that reads or writes the store.
async fn blocking(app: &Shared, work: impl FnOnce(&App) + Send + 'static) {
    let app = Arc::clone(app);
    if let Err(error) = tokio::task::spawn_blocking(move || work(&app)).await {
        tracing::error!(%error, "a job ended unexpectedly");
    }
}

/// Puts scans back that were asked for before the daemon was started.
fn put_back(app: &App) {
    let read = || -> Result<_, crate::store::StoreError> {
        let store = Store::open_existing(app.db())?;
        let asked = store.requested_scans()?;
        let runs = store.runs()?;
        Ok((store, asked, runs))
    };
    let (store, asked, runs) = match read() {
        Ok(read) => read,
        Err(error) => return tracing::error!(%error, "what was asked for can't be read"),
    };
    let mut back = Vec::new();
    for scan in asked {
        let ended = runs.iter().any(|run| run.id == scan.run && run.finished_at.is_some());
        match serde_json::from_str::<ScanRequest>(&scan.document) {
            Ok(request) if !ended => back.push((scan, request)),
            _ => {
                if let Err(error) = store.end_requested_scan(&scan.run) {
                    tracing::warn!(%error, run = %scan.run, "a scan that ended stays noted");
                }
            }
        }
    }
    app.jobs().put_back(back);
}

/// Begins the scan whose turn it is, or else a watch whose time has come.
fn begin_next(app: &Shared) -> Option<tokio::task::JoinHandle<()>> {
    if Store::is_written_to(app.db()) {
        app.jobs().note_waiting("another scan writes to the store");
        return None;
    }
    let (stopper, signal) = StopSignal::new();
    if let Some(turn) = app.jobs().take_turn(stopper, app.now()) {
        let app = Arc::clone(app);
        return Some(tokio::task::spawn_blocking(move || carry_out(&app, &turn, &signal)));
    }
    let due = watcher::due(app)?;
    let app = Arc::clone(app);
    Some(tokio::task::spawn_blocking(move || watcher::look(&app, &due)))
}

fn carry_out(app: &App, turn: &Turn, signal: &StopSignal) {
    let Turn { run, request } = turn;
    tracing::info!(%run, by = request.by, inventory = %request.inventory.display(), "a scan begins");
    note_begun(app, run, request);
    let scanned = scanned(app, run, request, signal);
    if let Ok(scanned) = &scanned {
        app.jobs().count_requests(scanned.requests);
    }
    let is_cancelled = app.jobs().end_turn();
    let is_to_be_resumed = match &scanned {
        Ok(scanned) => scanned.ending == Ending::Interrupted && !is_cancelled,
        Err(_) => false,
    };
    let problem = match &scanned {
        Ok(ScannedRun { ending: Ending::Complete, .. }) => None,
        Ok(_) if is_to_be_resumed => Some("the daemon ended; it is resumed".to_owned()),
        Ok(_) if is_cancelled => Some("cancelled".to_owned()),
        Ok(ScannedRun { ending: Ending::VantageAbsent, .. }) => {
            Some("no IPv6 or no resolver here, so nothing was asked".to_owned())
        }
        Ok(_) => Some("interrupted".to_owned()),
        Err(error) => Some(error.text()),
    };
    if let Some(problem) = &problem {
        tracing::warn!(%run, problem, "a scan did not come to its end");
    }
    let keep = || -> Result<(), crate::store::StoreError> {
        let store = Store::open_existing(app.db())?;
        if !is_to_be_resumed {
            store.end_requested_scan(run)?;
        }
        if let Some(name) = &request.schedule
            && let Some(mark) = store.schedule_mark(name)?
        {
            let (ended_at, problem) = (Some(app.now()), problem.clone());
            store.mark_schedule(name, &ScheduleMark { ended_at, problem, ..mark })?;
        }
        Ok(())
    };
    if let Ok(scanned) = &scanned
        && request.only.is_empty()
    {
        app.jobs().keep_timings(&request.inventory, run, scanned.timings.clone());
    }
    if let Err(error) = keep() {
        tracing::error!(%error, %run, "how a scan ended can't be noted");
    }
    if !is_to_be_resumed {
        if let Err(error) = app.view().refresh() {
            tracing::error!(%error, %run, "the view can't be brought up to date");
        }
        let cancelled = is_cancelled.then_some("cancelled");
        after_run::tell(app, request, scanned.as_ref(), cancelled);
    }
    let complete = matches!(&scanned, Ok(ScannedRun { ending: Ending::Complete, .. }));
    app.jobs().tell(JobEvent::Ended { run: run.clone(), complete, problem });
}

fn note_begun(app: &App, run: &RunId, request: &ScanRequest) {
    let (Some(name), Some(due_at)) = (&request.schedule, request.due_at) else { return };
    let mark = ScheduleMark {
        due_at,
        began_at: Some(app.now()),
        ended_at: None,
        run: Some(run.to_string()),
        problem: None,
    };
    let marked = Store::open_existing(app.db()).and_then(|store| store.mark_schedule(name, &mark));
    if let Err(error) = marked {
        tracing::error!(%error, "that a schedule's scan began can't be noted");
    }
}

/// Makes the run, or goes on with it where it was begun before.
fn scanned(
    app: &App,
    run: &RunId,
    request: &ScanRequest,
    signal: &StopSignal,
) -> Result<ScannedRun, RunsError> {
    let Network { runtime, echo } = Network::open()?;
    let session = session(app.db(), run, request)?;
    let services = session.services().len();
    app.jobs().change_running(|live| live.services = services);
    let scanned =
        runtime.block_on(session.scan(echo, signal.clone(), |event| told(app, run, event)))?;
    scanned.judge()
}

fn session(db: &Path, run: &RunId, request: &ScanRequest) -> Result<Session, RunsError> {
    let notes = |note: Note| tracing::info!(%run, "{note}");
    let store = Store::open(db)?;
    let is_begun = store.runs()?.iter().any(|known| known.id == *run);
    drop(store);
    if is_begun {
        return Session::resume(db, Some(run.as_str()), None, &notes);
    }
    let loaded = inventory_from_file(&request.inventory, request.policy.as_deref(), &notes)?;
    let how = HowToScan {
        id: Some(run),
        only: &request.only,
        vantage: request.vantage.as_deref(),
        quick: request.quick,
    };
    Session::begin(db, loaded, &how, &notes)
}

/// Tells what goes on in a scan.
fn told(app: &App, run: &RunId, event: ScanEvent) {
    let jobs = app.jobs();
    let progress = |progress: Progress| {
        jobs.change_running(|live| {
            if live.progress != Progress::Stopping {
                live.progress = progress;
            }
        });
    };
    match event {
        ScanEvent::Started { services } => jobs.change_running(|live| live.services = services),
        ScanEvent::ServiceFinished { service, standing } => {
            let stage = standing.stage().map(|stage| stage.number());
            jobs.tell(JobEvent::Service { run: run.clone(), service, stage });
            jobs.change_running(|live| live.finished = (live.finished + 1).min(live.services));
        }
        ScanEvent::AskingAgain { .. } => {
            jobs.change_running(|live: &mut LiveRun| live.finished = 0)
        }
        ScanEvent::WaitingForVantage => progress(Progress::Waiting),
        ScanEvent::VantageTested { works: true, .. } => progress(Progress::Running),
        ScanEvent::Stopping => progress(Progress::Stopping),
        ScanEvent::VantageTested { works: false, .. }
        | ScanEvent::ServiceRests { .. }
        | ScanEvent::Finished { .. } => {}
    }
}
