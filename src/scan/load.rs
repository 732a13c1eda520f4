//! What the services that are being asked take of this machine: its memory, and its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;

use super::dispatcher::Dispatcher;
use crate::model::{Limit, Observation};

/// Octets of answers in memory from which on no further service begins, beside those that always may.
const ANSWERS_OCTETS_MAX: usize = 256 * 1024 * 1024;

/// How often it is looked at how late this machine comes to what is due.
const PULSE: Duration = Duration::from_millis(10);

/// From which lateness on no further service begins: what waits in this machine's own queues would look like a slow
/// target.
const LATE_MAX: Duration = Duration::from_millis(20);

/// How long the planner waits for further answers after one arrived, so that it reads answers that arrive close
/// together at once.
const GATHERING: Duration = Duration::from_millis(100);

/// The same where more services than [`FEW`] are being asked: nobody waits for a single one then, and fewer plans are
/// made.
const GATHERING_OF_MANY: Duration = Duration::from_millis(250);

/// Services that are few.
const FEW: usize = 64;

/// What an answer takes beside its blobs: its request, and what is read of it.
const ANSWER_OCTETS: usize = 2048;

/// The services that are being asked, and what was answered to them. Those that rest don't count.
#[derive(Default)]
pub(super) struct Load {
    awake: AtomicUsize,
    octets: AtomicUsize,
    late_us: AtomicU64,
}

/// How many services may be asked at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoadLimits {
    /// So many may, whatever they take.
    pub awake_always: usize,
    /// No more than these in any case.
    pub awake_max: usize,
}

impl Load {
    /// Whether one more service may begin.
    pub(super) fn has_room(&self, limits: LoadLimits) -> bool {
        let awake = self.awake.load(Ordering::Relaxed);
        let octets = self.octets.load(Ordering::Relaxed);
        let late = Duration::from_micros(self.late_us.load(Ordering::Relaxed));
        awake < limits.awake_always
            || (awake < limits.awake_max && octets < ANSWERS_OCTETS_MAX && late <= LATE_MAX)
    }

    /// How long answers to a service are gathered before its next plan.
    pub(super) fn gathering(&self) -> Duration {
        match self.awake.load(Ordering::Relaxed) {
            0..=FEW => GATHERING,
            _ => GATHERING_OF_MANY,
        }
    }

    /// Measures how late this machine is, and sends a pulse after each measurement, until nobody listens. It must run
    /// as a task of its own, for it waits in the queue in which answers from the network wait.
    pub(super) async fn pulse(
        self: Arc<Self>,
        dispatcher: Arc<Dispatcher>,
        pulses: mpsc::Sender<()>,
    ) {
        loop {
            let due = Instant::now() + PULSE;
            tokio::time::sleep_until(due).await;
            let late = due.elapsed();
            dispatcher.tally().wait(Limit::Processors, late);
            let late_us = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
            self.late_us.store(late_us, Ordering::Relaxed);
            if let Err(TrySendError::Closed(())) = pulses.try_send(()) {
                return;
            }
        }
    }

    /// Counts one more service, until its share is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Share {
        self.awake.fetch_add(1, Ordering::Relaxed);
        Share { load: Arc::clone(self), octets: 0 }
    }
}

/// One service's share.
pub(super) struct Share {
    load: Arc<Load>,
    octets: usize,
}

impl Share {
    /// Counts an answer. One that several services share counts for each of them.
    pub(super) fn add(&mut self, observation: &Observation) {
        let blobs = observation.blobs();
        let octets = ANSWER_OCTETS + blobs.iter().map(|blob| blob.bytes().len()).sum::<usize>();
        self.octets += octets;
        self.load.octets.fetch_add(octets, Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.load.octets.fetch_sub(self.octets, Ordering::Relaxed);
        self.load.awake.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{Blob, DnsMessage, Question, Reply, Request};

    const LIMITS: LoadLimits = LoadLimits { awake_always: 1, awake_max: 3 };

    #[test]
    fn answers_to_many_are_gathered_longer() {
        let load = Arc::new(Load::default());
        let mut shares: Vec<Share> = (0..FEW).map(|_| load.enter()).collect();
        assert_eq!(load.gathering(), GATHERING);
        shares.push(load.enter());
        assert_eq!(load.gathering(), GATHERING_OF_MANY);
    }

    #[test]
    fn a_machine_that_is_late_begins_few() {
        let load = Arc::new(Load::default());
        let first = load.enter();
        let late_us = u64::try_from(LATE_MAX.as_micros()).unwrap();
        load.late_us.store(late_us, Ordering::Relaxed);
        assert!(load.has_room(LIMITS));
        load.late_us.store(late_us + 1, Ordering::Relaxed);
        assert!(!load.has_room(LIMITS));
        drop(first);
        assert!(load.has_room(LIMITS), "one may always be asked");
    }

    fn answer(octets: usize) -> Observation {
        Observation {
            request: Request::first(Question::Route([192, 0, 2, 1].into())),
            observed_at: Timestamp::UNIX_EPOCH,
            elapsed_us: 1,
            reply: Reply::Dns(DnsMessage::new(Blob::new(vec![0; octets]))),
        }
    }

    #[test]
    fn services_are_bounded_by_number() {
        let load = Arc::new(Load::default());
        let shares: Vec<Share> = (0..3).map(|_| load.enter()).collect();
        assert!(!load.has_room(LIMITS));
        drop(shares);
        assert!(load.has_room(LIMITS));
    }

    #[test]
    fn large_answers_leave_room_for_few() {
        let load = Arc::new(Load::default());
        let mut first = load.enter();
        assert!(load.has_room(LIMITS));
        first.add(&answer(ANSWERS_OCTETS_MAX));
        assert!(!load.has_room(LIMITS), "one may always be asked, and is");
        let second = load.enter();
        drop(first);
        assert!(load.has_room(LIMITS), "what was answered to the first has gone with it");
        drop(second);
        assert_eq!(load.octets.load(Ordering::Relaxed), 0);
    }
}
