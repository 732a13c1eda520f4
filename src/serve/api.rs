//! `/api/v1`: the facts for other programs.

use axum::Router;

use super::app::Shared;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
}
