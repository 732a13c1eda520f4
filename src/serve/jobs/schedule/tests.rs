//! A schedule under a clock that the test sets.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::*;
use crate::scan::StopSignal;
use crate::serve::app::{Places, Shared};
use crate::serve::config::schedules::CronText;
use crate::serve::jobs::state::Progress;

struct Office {
    folder: tempfile::TempDir,
    app: Shared,
    clock: Arc<Mutex<Timestamp>>,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn config(cron: &str) -> ServeConfig {
    let schedule = Schedule {
        name: "nightly".into(),
        cron: CronText(cron.into()),
        timezone: Some("UTC".into()),
        ..Schedule::default()
    };
    ServeConfig {
        inventories: vec!["a.yaml".into()],
        schedules: vec![schedule],
        ..ServeConfig::default()
    }
}

fn opened(folder: tempfile::TempDir, now: &str) -> Office {
    let clock = Arc::new(Mutex::new(at(now)));
    let told = Arc::clone(&clock);
    let places = Places { db: folder.path().join("v6ready.db"), config: None };
    let tell = Arc::new(move || *told.lock().unwrap());
    let app = App::open(places, config("30 1 * * *"), tell).unwrap();
    app.jobs().open(app.db());
    Office { folder, app, clock }
}

impl Office {
    fn look(&self, now: &str) -> ScheduleState {
        *self.clock.lock().unwrap() = at(now);
        look(&self.app);
        self.app.jobs().schedules().remove(0)
    }

    fn waiting(&self) -> usize {
        self.app.jobs().live().len()
    }
}

#[test]
fn a_schedule_asks_for_a_scan_when_its_time_has_come() {
    let office = opened(tempfile::tempdir().unwrap(), "2026-12-01T12:00:00Z");
    let state = office.look("2026-12-01T12:00:00Z");
    assert_eq!(state.next, Some(at("2026-12-02T01:30:00Z")));
    assert_eq!((state.last_due, office.waiting()), (None, 0));
    office.look("2026-12-02T01:29:59Z");
    assert_eq!(office.waiting(), 0);
    let state = office.look("2026-12-02T01:30:01Z");
    assert_eq!(state.last_due, Some(at("2026-12-02T01:30:00Z")));
    assert_eq!(office.waiting(), 1);
    // A scan that goes on over the next time is not overlapped: that one is made after it, once.
    let (stopper, _signal) = StopSignal::new();
    let turn = office.app.jobs().take_turn(stopper, office.app.now()).unwrap();
    assert_eq!(turn.request.due_at, Some(at("2026-12-02T01:30:00Z")));
    for now in ["2026-12-03T01:31:00Z", "2026-12-04T01:31:00Z"] {
        let state = office.look(now);
        assert!(state.late.unwrap().contains("an earlier scan"));
        assert_eq!(office.waiting(), 1);
    }
    office.app.jobs().end_turn();
    office.look("2026-12-04T01:32:00Z");
    assert_eq!(office.waiting(), 1);
    assert_eq!(office.app.jobs().live()[0].progress, Progress::Queued);
    office.look("2026-12-04T01:33:00Z");
    assert_eq!(office.waiting(), 1);
}

#[test]
fn what_was_missed_while_the_daemon_was_down_is_made_up_once() {
    let office = opened(tempfile::tempdir().unwrap(), "2026-12-01T12:00:00Z");
    office.look("2026-12-01T12:00:00Z");
    let Office { folder, app, .. } = office;
    drop(app);
    let office = opened(folder, "2026-12-09T12:00:00Z");
    let state = office.look("2026-12-09T12:00:00Z");
    assert_eq!(state.last_due, Some(at("2026-12-09T01:30:00Z")));
    assert_eq!(office.waiting(), 1);
    // Killed before it began: it is still asked for, and not a second time.
    let Office { folder, app, .. } = office;
    drop(app);
    let kept = Store::open_existing(&folder.path().join("v6ready.db")).unwrap();
    assert_eq!(kept.requested_scans().unwrap().len(), 1);
    let office = opened(folder, "2026-12-09T12:01:00Z");
    office.look("2026-12-09T12:01:00Z");
    assert_eq!(office.waiting(), 0);
    let config = office.app.config();
    assert_eq!(inventories(&config), [Path::new("a.yaml")]);
}
