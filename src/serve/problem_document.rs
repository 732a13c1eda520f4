//! What a program is told when something can't be done (RFC 9457), in the language that it wishes.

use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Lang, Text};

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Sentence {
    /// The same sentence twice.
    pub fn new(en: impl Into<String>, vi: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }

    /// The sentence in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }

    /// Several of them as one text.
    pub fn joined<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        let (vi, en): (Vec<&str>, Vec<&str>) = all.map(|one| (&*one.vi, &*one.en)).unzip();
        Self { vi: vi.join(" "), en: en.join(" ") }
    }
}

impl From<Text> for Sentence {
    fn from(text: Text) -> Self {
        Self::new(text.en, text.vi)
    }
}

/// Why something can't be answered (RFC 9457).
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemDocument {
    /// What kind of problem it is: `/api#problem-…`, where the page of the API explains it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same in a few words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong here, and what would be right.
    pub detail: String,
    /// Each thing that is wrong with the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultDocument>,
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Fault")]
pub struct FaultDocument {
    /// The parameter of the query or of the path, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// What is wrong with it.
    pub detail: String,
    /// What it may be, the nearest first; not always all of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<String>,
}

impl ProblemDocument {
    /// A problem of this kind, which the page of the API explains.
    pub fn new(
        word: &str,
        status: StatusCode,
        title: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("/api#problem-{word}"),
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// The answer; its texts are in this language.
    pub fn respond(&self, lang: Lang) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Serialising this type to memory can't fail.
        let body = serde_json::to_vec(self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        for (name, value) in [
            (CONTENT_TYPE, "application/problem+json"),
            (CONTENT_LANGUAGE, lang.tag()),
            (CACHE_CONTROL, "no-store"),
            (VARY, "accept-language, authorization, cookie"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
