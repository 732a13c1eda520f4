//! What somebody is told who may not do what she asked for.

use askama::Template;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use super::frames::bare_frame;
use super::public_page::PublicPage;
use super::role::Permission;
use super::wanted::Wanted;
use super::words::RefusalWords;
use crate::model::Lang;
use crate::serve::pages::frame::Frame;

/// Why somebody is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// She isn't logged in.
    NotLoggedIn,
    /// A user may not do this.
    NotAllowed,
    /// An operator may not do this for this organisation.
    OtherOrganisation,
    /// The token isn't known.
    UnknownToken,
    /// The token's time is over.
    ExpiredToken,
    /// The token is for less than this.
    NarrowToken(&'static str),
    /// The request comes from a page of another site.
    ForeignSite,
    /// The form is of another session, or too old.
    StaleForm,
    /// The form is too long to be looked at.
    LongForm,
    /// The proxy says who it is, and she may do nothing.
    Stranger,
    /// What the proxy says can't be used.
    UnusableProxy,
}

/// A refusal, as a page or as a problem document.
#[derive(Clone, Debug)]
pub struct Refusal {
    why: Why,
    wanted: Wanted,
}

impl Refusal {
    /// For this reason.
    pub fn new(why: Why, wanted: &Wanted) -> Self {
        Self { why, wanted: wanted.clone() }
    }

    /// Nobody is logged in.
    pub fn not_logged_in(wanted: &Wanted) -> Self {
        Self::new(Why::NotLoggedIn, wanted)
    }

    /// A person may not do this.
    pub fn not_allowed(wanted: &Wanted, what: Permission<'_>, is_operator: bool) -> Self {
        let why = match what {
            Permission::Operate(Some(_)) if is_operator => Why::OtherOrganisation,
            _ => Why::NotAllowed,
        };
        Self::new(why, wanted)
    }

    /// A token may not do this.
    pub fn narrow_token(wanted: &Wanted, what: Permission<'_>, operates: bool) -> Self {
        Self::new(
            match what {
                Permission::ViewPage(PublicPage::Metrics) => Why::NarrowToken("metrics"),
                Permission::ViewPage(_) => Why::NarrowToken("read"),
                Permission::Operate(Some(_)) if operates => Why::OtherOrganisation,
                Permission::Operate(_) | Permission::Administer if operates => Why::NotAllowed,
                Permission::Operate(_) | Permission::Administer => Why::NarrowToken("operate"),
            },
            wanted,
        )
    }

    /// Why.
    pub fn why(&self) -> Why {
        self.why
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self.why {
            Why::NotLoggedIn | Why::UnknownToken | Why::ExpiredToken => StatusCode::UNAUTHORIZED,
            Why::LongForm => StatusCode::PAYLOAD_TOO_LARGE,
            Why::UnusableProxy => StatusCode::BAD_REQUEST,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// Its name, for programs.
    pub fn id(&self) -> &'static str {
        match self.why {
            Why::NotLoggedIn => "not-logged-in",
            Why::NotAllowed => "not-allowed",
            Why::OtherOrganisation => "other-organisation",
            Why::UnknownToken => "unknown-token",
            Why::ExpiredToken => "expired-token",
            Why::NarrowToken(_) => "insufficient-scope",
            Why::ForeignSite => "foreign-site",
            Why::StaleForm => "stale-form",
            Why::LongForm => "form-too-long",
            Why::Stranger => "no-role",
            Why::UnusableProxy => "unusable-proxy-header",
        }
    }

    /// What is wrong, and what would be right.
    fn texts(&self, lang: Lang) -> (&'static str, &'static str) {
        let w = RefusalWords::of(lang);
        match self.why {
            Why::NotLoggedIn => (w.not_logged_in, w.not_logged_in_help),
            Why::NotAllowed => (w.not_allowed, w.not_allowed_help),
            Why::OtherOrganisation => (w.other_organisation, w.other_organisation_help),
            Why::UnknownToken => (w.unknown_token, w.unknown_token_help),
            Why::ExpiredToken => (w.expired_token, w.expired_token_help),
            Why::NarrowToken(_) => (w.narrow_token, w.narrow_token_help),
            Why::ForeignSite => (w.foreign_site, w.foreign_site_help),
            Why::StaleForm => (w.stale_form, w.stale_form_help),
            Why::LongForm => (w.long_form, w.long_form_help),
            Why::Stranger => (w.stranger, w.stranger_help),
            Why::UnusableProxy => (w.unusable_proxy, w.unusable_proxy_help),
        }
    }

    /// As RFC 6750 has it.
    fn challenge(&self) -> Option<String> {
        let error = |name: &str, text: &str| {
            format!("Bearer realm=\"v6ready\", error=\"{name}\", error_description=\"{text}\"")
        };
        match self.why {
            Why::NotLoggedIn => Some("Bearer realm=\"v6ready\"".to_owned()),
            Why::UnknownToken => Some(error("invalid_token", "The token is not known")),
            Why::ExpiredToken => Some(error("invalid_token", "The token has expired")),
            Why::NarrowToken(scope) => {
                let error = error("insufficient_scope", "The token is for less than this");
                Some(format!("{error}, scope=\"{scope}\""))
            }
            _ => None,
        }
    }

    fn document(&self) -> Response {
        let (detail, help) = self.texts(Lang::En);
        let document = json!({
            "type": format!("urn:v6ready:problem:{}", self.id()),
            "title": self.status().canonical_reason(),
            "status": self.status().as_u16(),
            "detail": format!("{detail} {help}"),
        });
        ([(CONTENT_TYPE, "application/problem+json")], document.to_string()).into_response()
    }

    fn page(&self) -> Response {
        let (message, help) = self.texts(self.wanted.lang);
        let w = RefusalWords::of(self.wanted.lang);
        let log_in = match self.why {
            Why::NotLoggedIn if self.wanted.can_log_in && self.wanted.is_link => {
                self.wanted.path.by_way_of("/login")
            }
            Why::NotLoggedIn if self.wanted.can_log_in => "/login".to_owned(),
            _ => String::new(),
        };
        let status = self.status().as_u16();
        let title = if status == 401 { w.title_401 } else { w.title_403 };
        let page = RefusalPage {
            frame: bare_frame(&self.wanted, title),
            w,
            status,
            id: self.id(),
            message,
            help,
            log_in,
        };
        match page.render() {
            Ok(page) => Html(page).into_response(),
            Err(_) => message.into_response(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let wanted = &self.wanted;
        let is_at_log_in = self.why == Why::NotLoggedIn
            && wanted.can_log_in
            && wanted.is_link
            && !wanted.is_program;
        let mut response = match wanted.is_program {
            true => self.document(),
            false => self.page(),
        };
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let challenge = self.challenge().and_then(|text| HeaderValue::from_str(&text).ok());
        if let Some(challenge) = challenge {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        // A browser goes on to the log-in by itself.
        let location = HeaderValue::from_str(&wanted.path.by_way_of("/login"));
        if let (true, Ok(location)) = (is_at_log_in, location) {
            headers.remove(WWW_AUTHENTICATE);
            headers.insert(LOCATION, location);
            *response.status_mut() = StatusCode::SEE_OTHER;
        }
        response
    }
}

/// Says how long to wait.
pub fn retry_after(response: &mut Response, seconds: i64) {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
}

#[derive(Template)]
#[template(path = "serve/access/refused.html")]
struct RefusalPage {
    frame: Frame,
    w: &'static RefusalWords,
    status: u16,
    id: &'static str,
    message: &'static str,
    help: &'static str,
    log_in: String,
}
