//! Whether the process lives (`/healthz`), and whether it can do its work (`/readyz`).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::app::{App, Shared};

/// How long a look at the store may take.
const LOOK_WITHIN: Duration = Duration::from_secs(5);

/// What the daemon needs for its work. No more is said to whoever asks than what is missing; the log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether nothing is missing.
    pub ready: bool,
    /// Whether the store can be read.
    pub store: bool,
    /// Whether the judged view can be read.
    pub view: bool,
    /// Whether scans are begun at their time.
    pub schedule: bool,
    /// Whether the configuration in the file is the one in force. The daemon is ready without.
    pub config: bool,
}

/// `/healthz` and `/readyz`.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/healthz", get(async || ([(CACHE_CONTROL, "no-store")], "ok\n")))
        .route("/readyz", get(readyz))
}

async fn readyz(State(app): State<Shared>) -> impl IntoResponse {
    let readiness = readiness(&app).await;
    let status = match readiness.ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(readiness))
}

/// What the daemon has of what it needs.
pub async fn readiness(app: &Shared) -> Readiness {
    let of_store = Arc::clone(app);
    let look = tokio::task::spawn_blocking(move || store_is_readable(&of_store));
    let store = matches!(tokio::time::timeout(LOOK_WITHIN, look).await, Ok(Ok(true)));
    let view = app.view_is_ready();
    let schedule = app.jobs_are_running();
    let config = app.config_fault().is_none();
    Readiness { ready: store && view && schedule, store, view, schedule, config }
}

fn store_is_readable(app: &App) -> bool {
    match app.store().and_then(|store| store.runs().map(|_| ())) {
        Ok(()) => true,
        Err(error) => {
            tracing::error!(%error, "the store can't be read");
            false
        }
    }
}

/// Whether work gets done at all: what blocks comes to its end, and the jobs go on. A store that is locked or
/// full is no reason to be started anew.
pub async fn is_alive(app: &App) -> bool {
    let work = tokio::task::spawn_blocking(|| ());
    matches!(tokio::time::timeout(LOOK_WITHIN, work).await, Ok(Ok(()))) && app.jobs_are_running()
}
