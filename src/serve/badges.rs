//! `/badge`: the state of an organisation or a service as a small picture.

use axum::Router;

use super::app::Shared;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
}
