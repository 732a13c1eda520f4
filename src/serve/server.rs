//! All routes of the daemon, and what is done for each request.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

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
    let parts = Router::new()
        .merge(pages::routes())
        .nest("/api/v1", api::routes())
        .merge(metrics::routes())
        .merge(badges::routes())
        .merge(health::routes())
        .merge(access::routes())
        .merge(jobs::routes())
        .merge(alerts::routes());
    around(access::protect(parts, app.access()), process).with_state(app)
}

/// What is done for every request, whatever answers it.
fn around(parts: Router<Shared>, process: &str) -> Router<Shared> {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(log_response)
        .on_failure(());
    // The last one is the outermost.
    parts
        .layer(DefaultBodyLimit::max(BODY_OCTETS_MAX))
        .layer(from_fn(in_time))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(trace)
        .layer(SetRequestIdLayer::new(REQUEST_ID, RequestIds::new(process)))
        .layer(from_fn(without_foreign_id))
}

/// What others call a request means nothing here.
async fn without_foreign_id(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(REQUEST_ID);
    next.run(request).await
}

fn span(request: &Request) -> Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    // The query may hold what is not for logs.
    let path = request.uri().path();
    tracing::info_span!("request", id, method = %request.method(), path)
}

/// One line a request; those that come every few seconds are told of only where everything is.
fn log_response<B>(response: &Response<B>, took: Duration, _: &Span) {
    let (status, ms) = (response.status().as_u16(), took.as_millis());
    match response.status() {
        status_code if status_code.is_server_error() => tracing::warn!(status, ms, "answered"),
        _ if response.extensions().get::<Quiet>().is_some() => {
            tracing::debug!(status, ms, "answered");
        }
        _ => tracing::info!(status, ms, "answered"),
    }
}

/// Marks an answer that is no news.
#[derive(Clone, Copy, Debug)]
struct Quiet;

async fn in_time(request: Request, next: Next) -> Response {
    let is_quiet = matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics");
    let mut response = match tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let text = "Máy chủ đang quá tải, vui lòng thử lại sau.\nThe answer took too long; try again.\n";
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
    };
    if is_quiet {
        response.extensions_mut().insert(Quiet);
    }
    response
}

fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let what = payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    tracing::error!(what, "an internal fault");
    let text = "Lỗi nội bộ của chương trình; nhật ký có thông tin chi tiết.\nAn internal fault; the log says more.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}
