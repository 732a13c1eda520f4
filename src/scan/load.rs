//! What the services that are being asked take of this machine's memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::model::Observation;

/// Octets of answers in memory from which on no further service begins, beside those that always may.
const ANSWERS_OCTETS_MAX: usize = 256 * 1024 * 1024;

/// What an answer takes beside its blobs: its request, and what is read of it.
const ANSWER_OCTETS: usize = 2048;

/// The services that are being asked, and what was answered to them. Those that rest don't count.
#[derive(Default)]
pub(super) struct Load {
    awake: AtomicUsize,
    octets: AtomicUsize,
}

/// How many services may be asked at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoadLimits {
    /// So many may, whatever their answers take.
    pub awake_always: usize,
    /// No more than these in any case.
    pub awake_max: usize,
}

impl Load {
    /// Whether one more service may begin.
    pub(super) fn has_room(&self, limits: LoadLimits) -> bool {
        let awake = self.awake.load(Ordering::Relaxed);
        let octets = self.octets.load(Ordering::Relaxed);
        awake < limits.awake_always || (awake < limits.awake_max && octets < ANSWERS_OCTETS_MAX)
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
