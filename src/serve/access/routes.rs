//! The routes about access: log-in, log-out, one's own account.

use axum::Router;
use axum::routing::{get, post};

use super::account;
use super::log_in;
use super::log_out;
use super::oidc::CALLBACK;
use super::single_sign_on;

/// The routes of this part. They must be [protected](super::protect), as all routes.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/login", get(log_in::show).post(log_in::submit))
        .route("/login/oidc", get(single_sign_on::begin))
        .route(CALLBACK, get(single_sign_on::finish))
        .route("/logout", post(log_out::submit))
        .route("/account", get(account::show))
}
