//! Runs that are under way, as pages show them.

use super::blocks::Moment;
use super::request::PageRequest;
use crate::model::{RunId, ServiceId};

/// A run under way.
pub struct LiveBlock {
    /// The run.
    pub run: String,
    /// Its page.
    pub href: String,
    /// Where its events come from.
    pub events: String,
    /// The page to show when it has ended.
    pub after: String,
    /// How far it is, in words.
    pub text: String,
    /// Services that are done.
    pub done: usize,
    /// Services in all.
    pub total: usize,
    /// Whether the reader may end it.
    pub may_cancel: bool,
    /// Where the form that ends it is sent.
    pub cancel: String,
}

/// A schedule, and what became of it.
pub struct ScheduleLine {
    /// Its name.
    pub name: String,
    /// Its times.
    pub cron: String,
    /// When it is due next.
    pub next: Option<Moment>,
    /// When it was last acted on.
    pub last: Option<Moment>,
    /// Why that failed.
    pub problem: String,
}

/// The runs under way; of one organisation those that look at its services.
pub fn live_runs(_request: &PageRequest, _organisation: Option<&str>) -> Vec<LiveBlock> {
    Vec::new()
}

/// The runs under way that look at a service.
pub fn live_runs_of(_request: &PageRequest, _service: &ServiceId) -> Vec<LiveBlock> {
    Vec::new()
}

/// One run, if it is under way.
pub fn live_run(_request: &PageRequest, _run: &RunId) -> Option<LiveBlock> {
    None
}

/// The schedules.
pub fn schedule_lines(_request: &PageRequest, _timezone: &str) -> Vec<ScheduleLine> {
    Vec::new()
}
