//! All routes of the daemon, and what is done for each request.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, Request, StatusCode};
use axum::{Router, body::Body};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use super::app::Shared;
use super::request_id::RequestIds;
use super::{access, alerts, api, badges, health, jobs, metrics, pages};

/// The header that names a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Octets of a request's body, where its route doesn't say otherwise (`DefaultBodyLimit`).
const BODY_OCTETS_MAX: usize = 1 << 20;

/// How long the head of an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The whole daemon as one service. `process` begins the names of its requests.
pub fn router(app: Shared, process: &str) -> Router {
    let trace = TraceLayer::new_for_http().make_span_with(|request: &Request<Body>| {
        let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let path = request.uri().path();
        tracing::info_span!("request", id, method = %request.method(), path)
    });
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, RequestIds::new(process)))
        .layer(trace)
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_WITHIN))
        .layer(DefaultBodyLimit::max(BODY_OCTETS_MAX));
    let parts = Router::new()
        .merge(pages::routes())
        .nest("/api/v1", api::routes())
        .merge(api::page_routes())
        .merge(metrics::routes())
        .merge(badges::routes())
        .merge(health::routes())
        .merge(access::routes())
        .merge(jobs::routes())
        .merge(alerts::routes());
    access::protect(parts, app.access()).layer(around).with_state(app)
}
