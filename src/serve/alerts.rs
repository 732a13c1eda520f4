//! What people are told: what changed for the worse, came back, or is no longer known.

use axum::Router;

use super::app::Shared;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
}
