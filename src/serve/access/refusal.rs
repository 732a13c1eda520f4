//! What somebody is told who may not do what she asked for.

use askama::Template;
use axum::http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use super::frames::bare_frame;
use super::public_page::PublicPage;
use super::role::Permission;
use super::wanted::Wanted;
use super::words::RefusalWords;
use crate::model::Lang;
use crate::serve::pages::frame::Frame;
use crate::serve::problem_document::ProblemDocument;

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

impl Why {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::NotLoggedIn,
        Self::NotAllowed,
        Self::OtherOrganisation,
        Self::UnknownToken,
        Self::ExpiredToken,
        Self::NarrowToken("operate"),
        Self::ForeignSite,
        Self::StaleForm,
        Self::LongForm,
        Self::Stranger,
        Self::UnusableProxy,
    ];

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotLoggedIn | Self::UnknownToken | Self::ExpiredToken => StatusCode::UNAUTHORIZED,
            Self::LongForm => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnusableProxy => StatusCode::BAD_REQUEST,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// Its name, for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::NotLoggedIn => "not-logged-in",
            Self::NotAllowed => "not-allowed",
            Self::OtherOrganisation => "other-organisation",
            Self::UnknownToken => "unknown-token",
            Self::ExpiredToken => "expired-token",
            Self::NarrowToken(_) => "insufficient-scope",
            Self::ForeignSite => "foreign-site",
            Self::StaleForm => "stale-form",
            Self::LongForm => "form-too-long",
            Self::Stranger => "no-role",
            Self::UnusableProxy => "unusable-proxy-header",
        }
    }

    /// The same in a few words.
    pub fn title(self, lang: Lang) -> &'static str {
        let w = RefusalWords::of(lang);
        match self.status() {
            StatusCode::UNAUTHORIZED => w.title_401,
            _ => w.title_403,
        }
    }

    /// What is wrong, and what would be right.
    pub fn texts(self, lang: Lang) -> (&'static str, &'static str) {
        let w = RefusalWords::of(lang);
        match self {
            Self::NotLoggedIn => (w.not_logged_in, w.not_logged_in_help),
            Self::NotAllowed => (w.not_allowed, w.not_allowed_help),
            Self::OtherOrganisation => (w.other_organisation, w.other_organisation_help),
            Self::UnknownToken => (w.unknown_token, w.unknown_token_help),
            Self::ExpiredToken => (w.expired_token, w.expired_token_help),
            Self::NarrowToken(_) => (w.narrow_token, w.narrow_token_help),
            Self::ForeignSite => (w.foreign_site, w.foreign_site_help),
            Self::StaleForm => (w.stale_form, w.stale_form_help),
            Self::LongForm => (w.long_form, w.long_form_help),
            Self::Stranger => (w.stranger, w.stranger_help),
            Self::UnusableProxy => (w.unusable_proxy, w.unusable_proxy_help),
        }
    }
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
        self.why.status()
    }

    /// Its name, for programs.
    pub fn id(&self) -> &'static str {
        self.why.id()
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
        let lang = self.wanted.lang;
        let (detail, help) = self.why.texts(lang);
        let (word, status) = (self.id(), self.status());
        let title = self.why.title(lang);
        ProblemDocument::new(word, status, title, format!("{detail} {help}")).respond(lang)
    }

    fn page(&self) -> Response {
        let (message, help) = self.why.texts(self.wanted.lang);
        let w = RefusalWords::of(self.wanted.lang);
        let log_in = match self.why {
            Why::NotLoggedIn if self.wanted.can_log_in && self.wanted.is_link => {
                self.wanted.path.by_way_of("/login")
            }
            Why::NotLoggedIn if self.wanted.can_log_in => "/login".to_owned(),
            _ => String::new(),
        };
        let status = self.status().as_u16();
        let title = self.why.title(self.wanted.lang);
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
