//! What the daemon does by itself: scans on their schedule, retention, backups.

mod state;

use axum::Router;

use super::app::Shared;

pub use state::Jobs;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
}

/// Runs the jobs until the daemon ends.
pub async fn run(app: Shared) {
    app.stop_signal().raised().await;
}
