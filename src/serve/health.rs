//! Whether the process lives, and whether it can do its work.

use axum::Router;
use axum::routing::get;

use super::app::Shared;

/// `/healthz` and `/readyz`.
pub fn routes() -> Router<Shared> {
    Router::new().route("/healthz", get(async || "ok\n"))
}
