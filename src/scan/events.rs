//! What a scan reports while it runs.

use super::outcome::Ending;
use crate::judge::Standing;
use crate::model::ServiceId;

/// Where the events of a scan go. It is called from within the scan, so it must not block.
pub(super) type EventSink<'a> = &'a (dyn Fn(ScanEvent) + Sync);

/// A step of a scan. A caller may show it, count it or send it on; the scan doesn't depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanEvent {
    /// The scan begins.
    Started {
        /// The number of services to be scanned.
        services: usize,
    },
    /// A test of the vantage point is over.
    VantageTested {
        /// Its number within the run, from 1.
        test: u8,
        /// Whether IPv6 and a resolver answered.
        works: bool,
    },
    /// A service has been asked everything but later rounds of connections, which take their time.
    ServiceRests {
        /// Which.
        service: ServiceId,
    },
    /// A service has been asked everything and judged.
    ServiceFinished {
        /// Which.
        service: ServiceId,
        /// Its stage, as far as it is known.
        standing: Standing,
    },
    /// All services have been gone through, but the vantage point is cut off: the scan waits for it.
    WaitingForVantage,
    /// The services are gone through once more, because some of what was observed fell into a time in
    /// which the vantage point was cut off. Each service finishes again.
    AskingAgain {
        /// The number of this pass, from 2.
        pass: u8,
    },
    /// The stop signal was noticed: no further request is sent.
    Stopping,
    /// The run has been written to the store for the last time.
    Finished {
        /// How it ended.
        ending: Ending,
    },
}
