//! The daemon from its start to its end.

use super::app::Shared;
use super::error::ServeError;
use super::server::router;

/// Listens and answers until it is told to end.
///
/// # Errors
/// When nothing can be listened at.
pub async fn run(app: Shared) -> Result<(), ServeError> {
    let address = app.config().listen;
    let in_use = |error: std::io::Error| ServeError::new(format!("{address}: {error}"));
    let listener = tokio::net::TcpListener::bind(address).await.map_err(in_use)?;
    axum::serve(listener, router(app, "r")).await.map_err(in_use)
}
