//! How a scan ended, and what it found.

use crate::judge::ServiceResult;
use crate::model::{RequestCounts, Run, Timings};

/// A scan that has ended.
pub struct ScanOutcome {
    /// The run as it was written to the store.
    pub run: Run,
    /// How it ended.
    pub ending: Ending,
    /// Every service's result in the order of the services, when what they were judged by still
    /// holds at the end of the run; otherwise the store's evidence is to be judged.
    pub results: Option<Vec<ServiceResult>>,
    /// What this session sent.
    pub requests: RequestCounts,
    /// Where its time went.
    pub timings: Timings,
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything that the planner named was asked.
    Complete,
    /// The stop signal was raised; the run can be resumed.
    Interrupted,
    /// The vantage point had no IPv6 or no resolver, so no service was asked. A run that was resumed
    /// stays as it was, and can be resumed again.
    VantageAbsent,
}
