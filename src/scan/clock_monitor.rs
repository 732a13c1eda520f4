//! Watches our own clock while a run lasts: what others say of the time, and whether it is set.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use nix::time::{ClockId, clock_gettime};

use crate::evidence::own_clock::{ClockWitnesses, own_clock};
use crate::model::{ClockState, Evidence, Observation, ObservationId, OwnClock, Run};

/// What is known of the clock.
pub(super) struct ClockMonitor {
    /// When the session began, by the clock, and how long the machine had been up then.
    began: (Timestamp, SignedDuration),
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    witnesses: ClockWitnesses,
    /// The furthest that the clock was ever set, in seconds.
    set_by_s: i64,
    /// The earliest moment that the clock has shown in any session.
    earliest: Option<Timestamp>,
    /// Whether an earlier session of the run had a wrong clock: what it saw has no right time.
    was_wrong: bool,
}

impl ClockMonitor {
    pub(super) fn start() -> Self {
        Self { began: (Timestamp::now(), uptime()), heard: Mutex::default() }
    }

    /// Takes up a run that was begun earlier, perhaps by a clock that has been set since.
    pub(super) fn resume(&self, run: &Run, tests: &Evidence) {
        self.hear_all(tests);
        let latest = tests.all().iter().map(|(test, _)| test.observed_at).max();
        let latest = latest.unwrap_or(run.started_at).max(run.started_at);
        let ahead_s = latest.as_second() - self.began.0.as_second();
        let mut heard = self.lock();
        heard.earliest = Some(run.started_at.min(self.began.0));
        heard.was_wrong = run.vantage.clock.as_ref().is_some_and(OwnClock::is_wrong);
        // A moment that was seen is never still to come.
        if ahead_s > 0 {
            heard.set_by_s = -ahead_s;
        }
    }

    /// Takes what an observation says of the time.
    pub(super) fn hear(&self, id: ObservationId, observation: &Observation) {
        self.lock().witnesses.hear(id, observation);
    }

    /// Takes what the observations of an earlier session say of the time.
    pub(super) fn hear_all(&self, evidence: &Evidence) {
        let mut heard = self.lock();
        for (observation, id) in evidence.all() {
            heard.witnesses.hear(id, observation);
        }
    }

    /// What is known by now.
    pub(super) fn reading(&self) -> OwnClock {
        let now = Timestamp::now();
        let passed = uptime() - self.began.1;
        let set_by_s = (now.duration_since(self.began.0) - passed).as_secs();
        let mut heard = self.lock();
        if set_by_s.abs() > heard.set_by_s.abs() {
            heard.set_by_s = set_by_s;
        }
        let earliest = heard.earliest.unwrap_or(now).min(self.began.0).min(now);
        let clock = own_clock(heard.witnesses.all(), Some(heard.set_by_s), earliest);
        match heard.was_wrong && !clock.is_wrong() {
            true => OwnClock { state: ClockState::Changed, ..clock },
            false => clock,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For how long the machine has been up, the time in which it slept included: nobody sets this clock.
fn uptime() -> SignedDuration {
    clock_gettime(ClockId::CLOCK_BOOTTIME).map_or(SignedDuration::ZERO, |time| {
        SignedDuration::new(time.tv_sec(), i32::try_from(time.tv_nsec()).unwrap_or_default())
    })
}
