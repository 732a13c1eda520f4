//! What the daemon does by itself: scans on their schedule, retention, backups.

mod runner;
pub mod schedule;
pub mod state;
pub mod times;
mod upkeep;
pub mod watch;
mod watcher;

use axum::Router;

use super::app::Shared;

pub use runner::run;
pub use state::{
    JobError, JobEvent, Jobs, LiveRun, Progress, ScanRequest, ScheduleState, WatchState,
};

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
}
