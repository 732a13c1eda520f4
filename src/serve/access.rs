//! Who may what: users, sessions, tokens, roles, and what is public.

mod state;

use axum::Router;

use super::app::Shared;

pub use state::Access;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
}
