//! In what form somebody wants to be answered.

use axum::http::header::{ACCEPT, AUTHORIZATION};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method};

use super::next::LocalPath;
use crate::model::Lang;
use crate::serve::pages::preferences::{Theme, language, theme};

/// In what form an answer is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// For a program: a problem document (RFC 9457). Otherwise a page.
    pub is_program: bool,
    /// The language of the page.
    pub lang: Lang,
    /// Whether the page is light or dark.
    pub theme: Theme,
    /// The title of all pages.
    pub site: String,
    /// What was asked for, to come back to it after the log-in.
    pub path: LocalPath,
    /// Whether it was asked for by a link, so that the log-in can take its place.
    pub is_link: bool,
    /// Whether there is a page to log in at.
    pub can_log_in: bool,
}

impl Wanted {
    /// What a request wants; `lang` is the language where the browser has none of ours.
    pub fn of(parts: &Parts, lang: Lang) -> Self {
        let path = parts.uri.path();
        let header = |name: HeaderName| parts.headers.get(name)?.to_str().ok();
        let accepts = header(ACCEPT).unwrap_or_default();
        let is_of_programs =
            ["/api/", "/metrics", "/badge/"].iter().any(|start| path.starts_with(start));
        let is_program = path.starts_with("/api/")
            || parts.headers.contains_key(AUTHORIZATION)
            || !accepts.contains("text/html") && (is_of_programs || accepts.contains("json"));
        Self {
            is_program,
            // Programs that wish no language are told in English.
            lang: language(&parts.headers, if is_program { Lang::En } else { lang }),
            theme: theme(&parts.headers),
            site: "v6ready".to_owned(),
            path: LocalPath::or_home(parts.uri.path_and_query().map(|path| path.as_str())),
            is_link: matches!(parts.method, Method::GET | Method::HEAD),
            can_log_in: false,
        }
    }
}
