//! The run loop: makes the requests that the planner names until it names no more, and judges each
//! service.
//!
//! A library: [`run`] takes an inventory and a store from its caller, reports its progress as
//! [`ScanEvent`]s, stops when a [`StopSignal`] is raised and fails with a [`ScanError`]. It prints
//! nothing and knows no exit codes. It may import [`crate::model`], [`crate::evidence`],
//! [`crate::plan`], [`crate::judge`], [`crate::policy`], [`crate::probe`] and [`crate::store`].
//!
//! # The conditions of the loop
//!
//! The vantage point:
//!
//! 1. A scan begins with a test of the vantage point: its control targets and its resolvers are
//!    asked. When IPv6 doesn't work or no resolver answers, no service is asked and the run ends as
//!    [`Ending::VantageAbsent`].
//! 2. The test is repeated every `vantage_interval` beside the services, and once after the last of
//!    them. What was observed between the last good test before a bad one and the next good one is
//!    not trusted.
//!
//! A service:
//!
//! 3. A service is asked as soon as there is room in memory: [`concurrency`](crate::model::Settings::concurrency)
//!    bounds the conversations that are open, and twice as many services may wait for theirs
//!    while what was answered to them is not too large. Sixty-four times as many may be under way in
//!    all, because most of them rest (6).
//! 4. Each request that [`plan::next`](crate::plan::next) names for it is made once. When an answer
//!    arrives, others that arrive within 100 ms, or until a processor is free for it, are taken with it,
//!    and the planner is asked again.
//! 5. A request that any service of the run has made is not sent again: its answer is shared, from
//!    memory or from the store. Requests of the vantage tests are never shared.
//! 6. A service rests when nothing is in flight for it and only later rounds are missing: it gives
//!    its place back, is judged as far as it can be, and lets its evidence go. Evidence that is
//!    needed after all is read again from the store.
//! 7. A service is judged when nothing is in flight for it and the planner names nothing more.
//!
//! A pass over all services ends when each of them has been judged:
//!
//! 8. When the tests show that the vantage point was lost meanwhile, the services are gone through
//!    again. The planner then misses what is not trusted, and it is asked again as a repeat of the
//!    same attempt; all else is in the store and costs no request.
//! 9. While the vantage point is still lost at the end of a pass, the next pass waits for up to five
//!    tests. When none of them succeeds, the run ends as it is: complete, with what could not be
//!    trusted inconclusive.
//! 10. There are at most [`REPEATS_MAX`](crate::evidence::vantage::REPEATS_MAX) such passes.
//!
//! The ending:
//!
//! 11. Every answer is recorded before a service sees it, and is committed a moment later: at
//!     whatever instant the process is killed, a resumed run finds what was committed.
//! 12. When the stop signal is raised, requests in flight are abandoned, the vantage point is tested
//!     once more if services were being asked, everything recorded is committed, and the run ends as
//!     [`Ending::Interrupted`]. It has no end time, and can be resumed.
//! 13. When the store can't be read or written, the scan ends at once with [`ScanError::Store`]. What
//!     was committed before stays, and the run can be resumed.
//! 14. A resumed run begins at (1) with a new test, and reads each service's evidence from the store
//!     before the planner is asked. What was observed after the last test of a session is trusted
//!     when that test and the first one of the next session succeeded (2).
//! 15. The results are handed over when what they were judged by still holds at the end: the state of
//!     the vantage point and of its clock, and the date. Otherwise the caller judges the stored evidence.

mod clock_monitor;
mod coalescer;
mod dispatcher;
mod engine;
mod error;
mod events;
mod input;
mod load;
mod outcome;
mod prober;
mod service;
mod stop;
#[cfg(test)]
mod testing;
mod vantage_monitor;

pub use error::ScanError;
pub use events::ScanEvent;
pub use input::ScanInput;
pub use outcome::{Ending, ScanOutcome};
pub use prober::Prober;
pub use stop::{StopSignal, Stopper};

use std::sync::Arc;

use tracing::Instrument as _;

use crate::probe::{EchoSockets, Live};

/// Scans from this machine: must be called within the tokio runtime in which the sockets were opened. See [`run_through`].
///
/// # Errors
/// As [`run_through`]; also when the network can't be asked at all.
pub async fn run(
    echo: EchoSockets,
    input: ScanInput,
    stop: StopSignal,
    events: impl Fn(ScanEvent) + Send + Sync,
) -> Result<ScanOutcome, ScanError> {
    let prober = Live::with_echo(&input.inventory.settings, echo)?;
    run_through(Arc::new(prober), input, stop, events).await
}

/// Scans through a prober: asks everything, judges each service as soon as it has been asked
/// everything, and writes the run to the store. `events` is called from within the scan, so it must
/// not block.
///
/// # Errors
/// When the store can't be read or written.
pub async fn run_through(
    prober: Arc<dyn Prober>,
    input: ScanInput,
    stop: StopSignal,
    events: impl Fn(ScanEvent) + Send + Sync,
) -> Result<ScanOutcome, ScanError> {
    let span = tracing::info_span!("scan", run = %input.run.id);
    engine::run(input, prober, stop, &events).instrument(span).await
}
