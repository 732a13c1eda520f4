//! What an operation answers: a document, with a strong ETag of what is in it.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, LINK, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::Problem;
use crate::model::Digest;

/// A document.
pub struct Answer {
    body: Vec<u8>,
    media_type: &'static str,
    next: Option<String>,
}

impl Answer {
    /// A JSON document.
    ///
    /// # Errors
    /// When it can't be written as JSON, which is a fault of the program.
    pub fn json(document: &impl Serialize) -> Result<Self, Problem> {
        let body =
            serde_json::to_vec(document).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self::octets(body))
    }

    /// JSON that is written already.
    pub fn octets(body: Vec<u8>) -> Self {
        Self { body, media_type: "application/json", next: None }
    }

    /// Names the next page in a header, for documents that have no place for it.
    #[must_use]
    pub fn with_next(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// The response; without the document when the asker has it already.
    pub fn respond(self, status: StatusCode, asked: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", &Digest::of(&self.body).hex()[..32]);
        let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut tags = known.flat_map(|value| value.split(',')).map(str::trim);
        let is_known = tags.any(|one| one == "*" || one.trim_start_matches("W/") == tag);
        let mut response = match is_known && status == StatusCode::OK {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => {
                let mut response = (status, self.body).into_response();
                let media_type = HeaderValue::from_static(self.media_type);
                response.headers_mut().insert(CONTENT_TYPE, media_type);
                response
            }
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::try_from(tag) {
            headers.insert(ETAG, tag);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept-language, authorization, cookie"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(next) = self.next
            && let Ok(link) = HeaderValue::try_from(format!("<{next}>; rel=\"next\""))
        {
            headers.insert(LINK, link);
        }
        response
    }
}
