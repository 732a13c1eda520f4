//! The routes: each operation of the table at its path, with all that they have in common.

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on};

use super::openapi;
use super::operation::{Asked, Operation};
use super::operations::OPERATIONS;
use super::params::{Params, shown};
use super::problem::Problem;
use crate::serve::access::{Permission, PublicPage, Visitor};
use crate::serve::app::Shared;

/// The routes below `/api/v1`.
pub fn routes() -> Router<Shared> {
    let mut by_path: BTreeMap<&'static str, Vec<&'static Operation>> = BTreeMap::new();
    for operation in OPERATIONS {
        by_path.entry(operation.path).or_default().push(operation);
    }
    let mut router = Router::new().route("/openapi.json", get(openapi::answer));
    for (path, operations) in by_path {
        let mut methods = MethodRouter::new();
        for operation in &operations {
            methods = methods.merge(route(operation));
        }
        let allowed = allowed(&operations);
        let refuse = move |method: Method, headers: HeaderMap| async move {
            Problem::method(method.as_str(), allowed).respond(&headers)
        };
        router = router.route(path, methods.fallback(refuse));
    }
    router.fallback(|OriginalUri(uri): OriginalUri, headers: HeaderMap| async move {
        Problem::no_such_path(&shown(uri.path())).respond(&headers)
    })
}

/// The methods of a path.
fn allowed(operations: &[&Operation]) -> &'static str {
    let has = |method: &str| operations.iter().any(|one| one.method == method);
    match (has("GET"), has("POST"), has("DELETE")) {
        (true, false, false) => "GET, HEAD",
        (true, true, false) => "GET, HEAD, POST",
        (true, false, true) => "GET, HEAD, DELETE",
        (false, true, _) => "POST",
        (false, false, true) => "DELETE",
        _ => "GET, HEAD, POST, DELETE",
    }
}

fn route(operation: &'static Operation) -> MethodRouter<Shared> {
    let filter = match operation.method {
        "POST" => MethodFilter::POST,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    let handler = move |State(app): State<Shared>,
                        visitor: Visitor,
                        path: Result<Path<HashMap<String, String>>, PathRejection>,
                        OriginalUri(uri): OriginalUri,
                        headers: HeaderMap,
                        body: Result<Bytes, BytesRejection>| async move {
        let Ok(Path(path)) = path else {
            return Problem::no_such_path(&shown(uri.path())).respond(&headers);
        };
        match body {
            Ok(body) => answer(operation, app, visitor, path, &uri, headers, body).await,
            Err(_) => Problem::too_large(operation.body_octets_max).respond(&headers),
        }
    };
    on(filter, handler).layer(DefaultBodyLimit::max(operation.body_octets_max.max(1)))
}

async fn answer(
    operation: &'static Operation,
    app: Shared,
    visitor: Visitor,
    path: HashMap<String, String>,
    uri: &Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refusal) = visitor.require(Permission::ViewPage(PublicPage::Api)) {
        return refusal.into_response();
    }
    if !operation.body.is_empty() {
        let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let sent = sent.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !operation.body.iter().any(|one| one.eq_ignore_ascii_case(sent)) {
            return Problem::media_type(&shown(sent), operation.body).respond(&headers);
        }
    }
    let here = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
    let params = Params::of_query(uri.query().unwrap_or_default());
    // The store and the view block.
    let work = tokio::task::spawn_blocking(move || {
        let asked =
            Asked { app: &app, visitor: &visitor, params, path, body: &body, operation, here };
        (operation.handle)(&asked)
    });
    match work.await {
        Ok(Ok(answer)) => answer.respond(operation.status(), &headers),
        Ok(Err(problem)) => problem.respond(&headers),
        Err(_) => Problem::internal("The answer could not be made.").respond(&headers),
    }
}
