//! The daemon's own metrics, and those that depend on today.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::format::{Format, Sample, counter, family};
use crate::judge::day_of;
use crate::model::RequestCounts;
use crate::serve::app::App;
use crate::serve::jobs::Progress;
use crate::store::{AlertFilter, MessageState};
use crate::view::Picture;

/// Messages of the outbox that are looked at.
const MESSAGES_MAX: usize = 1000;

/// Targets, by the day of the scrape.
pub(super) fn write_targets(
    picture: &Picture,
    now: Timestamp,
    page: &mut Vec<u8>,
) -> io::Result<()> {
    let today = day_of(now, &picture.result.inventory.timezone);
    let targets = picture.targets(today, None);
    let samples = |value: fn(&crate::judge::TargetStanding) -> f64| -> Vec<Sample<'_>> {
        let sample = |target| {
            let target: &crate::judge::TargetStanding = target;
            let id = &target.service.id;
            let labels = vec![("organisation", &*id.organisation), ("service", &*id.service)];
            (labels, value(target))
        };
        targets.iter().map(sample).collect()
    };
    family(
        page,
        "service_target_days",
        "Days until the service's target; negative after it.",
        samples(|target| f64::from(target.days_left)),
    )?;
    family(
        page,
        "service_target_reached",
        "Whether the service has reached the stage of its target.",
        samples(
            |target| if target.progress == crate::judge::Progress::Reached { 1.0 } else { 0.0 },
        ),
    )
}

/// The state of the daemon itself.
pub(super) fn write(
    app: &App,
    picture: Option<&Picture>,
    format: Format,
    page: &mut Vec<u8>,
) -> io::Result<()> {
    let plain = |value: f64| -> [Sample<'static>; 1] { [(Vec::new(), value)] };
    let now = seconds(app.now());
    family(page, "serve_up", "Whether the daemon runs.", plain(1.0))?;
    let db = app.db();
    family(
        page,
        "store_bytes",
        "Octets of the evidence store, with its log.",
        plain((octets(db) + octets_beside(db, "-wal")) as f64),
    )?;
    let view = app.view().file();
    family(
        page,
        "view_bytes",
        "Octets of the judged view, with its log.",
        plain((octets(view) + octets_beside(view, "-wal")) as f64),
    )?;
    let runs = picture.map(|picture| (Vec::new(), picture.runs.len() as f64));
    family(page, "view_runs", "Runs of the inventory that have been judged.", runs)?;
    let age = picture.map(|picture| (Vec::new(), now - seconds(picture.result.as_of)));
    family(
        page,
        "last_complete_run_age_seconds",
        "How long ago the last complete run of the whole inventory ended.",
        age,
    )?;
    let has_fault = app.config_fault().is_some();
    family(
        page,
        "config_fault",
        "Whether the configuration in the file can't be used, so that an earlier one is in force.",
        plain(if has_fault { 1.0 } else { 0.0 }),
    )?;
    let own = app.own_certificate();
    family(
        page,
        "serve_certificate_not_after_timestamp_seconds",
        "When the daemon's own certificate ends.",
        own.map(|own| (Vec::new(), seconds(own.not_after))),
    )?;
    write_jobs(app, page)?;
    write_requests(app, format, page)?;
    write_alerts(app, page)
}

/// The runs that go on or wait.
fn write_jobs(app: &App, page: &mut Vec<u8>) -> io::Result<()> {
    let live = app.jobs().live();
    let states = [
        ("queued", Progress::Queued),
        ("running", Progress::Running),
        ("waiting", Progress::Waiting),
        ("stopping", Progress::Stopping),
    ];
    let count = |state: Progress| live.iter().filter(|run| run.progress == state).count();
    family(
        page,
        "runs_live",
        "Runs that go on or wait for their turn.",
        states.map(|(word, state)| (vec![("state", word)], count(state) as f64)),
    )?;
    let running = || live.iter().filter(|run| run.progress != Progress::Queued);
    family(
        page,
        "run_live_services",
        "Services that the run that goes on looks at.",
        running().take(1).map(|run| (Vec::new(), run.services as f64)),
    )?;
    family(
        page,
        "run_live_services_finished",
        "Services that the run that goes on has judged.",
        running().take(1).map(|run| (Vec::new(), run.finished as f64)),
    )
}

/// What the daemon's scans sent since it began.
fn write_requests(app: &App, format: Format, page: &mut Vec<u8>) -> io::Result<()> {
    let RequestCounts { sent, timed_out } = app.jobs().requests();
    let help = "Requests that the daemon's scans sent since it began.";
    counter(page, format, "scan_requests", help, sent)?;
    let help = "Those of these requests that a deadline ended.";
    counter(page, format, "scan_timeouts", help, timed_out)
}

/// Alerts that last, and messages that wait. Left out while the store can't be read.
fn write_alerts(app: &App, page: &mut Vec<u8>) -> io::Result<()> {
    let Ok(store) = app.store() else { return Ok(()) };
    let open = store.alerts(&AlertFilter { is_open: true, ..AlertFilter::default() });
    if let Ok(open) = open {
        let sample: Sample<'_> = (Vec::new(), open.len() as f64);
        family(page, "alerts_open", "Alerts that last.", [sample])?;
    }
    if let Ok(messages) = store.messages(MESSAGES_MAX) {
        let waiting = messages.iter().filter(|one| matches!(one.state, MessageState::Waiting(_)));
        let given_up = messages.iter().filter(|one| one.state == MessageState::GivenUp);
        let (waiting, given_up) = (waiting.count() as f64, given_up.count() as f64);
        family(
            page,
            "outbox_messages",
            "Messages about alerts among the newest 1,000: that wait, and that were given up.",
            [(vec![("state", "waiting")], waiting), (vec![("state", "given-up")], given_up)],
        )?;
    }
    Ok(())
}

fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1000.0
}

fn octets(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

fn octets_beside(path: &Path, ending: &str) -> u64 {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    octets(Path::new(&name))
}
