//! A name for each request, which its log lines and its answer bear.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderValue, Request};
use tower_http::request_id::{MakeRequestId, RequestId};

/// Counts the requests of this process, under letters that are its own.
#[derive(Clone)]
pub struct RequestIds {
    process: std::sync::Arc<str>,
    next: std::sync::Arc<AtomicU64>,
}

impl RequestIds {
    /// Begins at 1, under these letters.
    pub fn new(process: &str) -> Self {
        Self { process: process.into(), next: std::sync::Arc::new(AtomicU64::new(1)) }
    }
}

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = HeaderValue::from_str(&format!("{}-{number}", self.process)).ok()?;
        Some(RequestId::new(id))
    }
}
