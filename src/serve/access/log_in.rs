//! The page to log in at.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::cookie::Cookie;
use super::csrf::CsrfToken;
use super::frame_of::frame_of;
use super::frames::bare_frame;
use super::guard::{ClientAddress, CurrentSession, form_key};
use super::next::LocalPath;
use super::password::PASSWORD_OCTETS_MAX;
use super::refusal::retry_after;
use super::secret::Secret;
use super::state::{Access, LogInError};
use super::visitor::{Identity, Visitor};
use super::words::LogInWords;
use crate::serve::pages::frame::Frame;

/// What the page's address says.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    next: Option<String>,
    out: Option<String>,
}

/// What is filled in.
#[derive(Deserialize)]
pub struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
    #[serde(default)]
    csrf: String,
}

/// What the page says above the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Nothing.
    None,
    /// She has logged out.
    LoggedOut,
    /// Something needs it.
    ToGoOn,
    /// The user or the password.
    Wrong,
    /// Too many attempts; seconds to wait.
    Wait(i64),
    /// Too many at this moment.
    Busy,
    /// The form is of another browser, or too old.
    Stale,
    /// There are no random numbers.
    NoRandomness,
    /// The provider can't be used.
    ProviderFailed,
    /// The log-in there took too long.
    ProviderNoFlow,
    /// The provider has refused.
    ProviderRefused,
    /// Its answer isn't good.
    ProviderToken,
    /// It knows her, and she may do nothing.
    ProviderStranger,
}

impl Notice {
    fn id(self) -> &'static str {
        match self {
            Self::None => "",
            Self::LoggedOut => "logged-out",
            Self::ToGoOn => "to-go-on",
            Self::Wrong => "wrong",
            Self::Wait(_) => "wait",
            Self::Busy => "busy",
            Self::Stale => "stale",
            Self::NoRandomness => "no-randomness",
            Self::ProviderFailed => "provider-failed",
            Self::ProviderNoFlow => "provider-no-flow",
            Self::ProviderRefused => "provider-refused",
            Self::ProviderToken => "provider-token",
            Self::ProviderStranger => "provider-stranger",
        }
    }

    fn text(self, w: &LogInWords) -> String {
        match self {
            Self::None => String::new(),
            Self::LoggedOut => w.logged_out.to_owned(),
            Self::ToGoOn => w.to_go_on.to_owned(),
            Self::Wrong => w.wrong.to_owned(),
            Self::Wait(seconds) => format!("{} {seconds}", w.wait),
            Self::Busy => w.busy.to_owned(),
            Self::Stale => w.stale.to_owned(),
            Self::NoRandomness => w.no_random.to_owned(),
            Self::ProviderFailed => w.provider_failed.to_owned(),
            Self::ProviderNoFlow => w.provider_no_flow.to_owned(),
            Self::ProviderRefused => w.provider_refused.to_owned(),
            Self::ProviderToken => w.provider_token.to_owned(),
            Self::ProviderStranger => w.provider_stranger.to_owned(),
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::None | Self::LoggedOut | Self::ToGoOn => StatusCode::OK,
            Self::Wrong => StatusCode::UNAUTHORIZED,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::NoRandomness => StatusCode::SERVICE_UNAVAILABLE,
            Self::Stale | Self::ProviderNoFlow => StatusCode::BAD_REQUEST,
            Self::ProviderFailed => StatusCode::BAD_GATEWAY,
            Self::ProviderRefused | Self::ProviderToken | Self::ProviderStranger => {
                StatusCode::FORBIDDEN
            }
        }
    }
}

/// The page; who is logged in already goes on.
pub async fn show(
    visitor: Visitor,
    Extension(access): Extension<Arc<Access>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let next = LocalPath::or_home(asked.next.as_deref());
    if matches!(visitor.identity(), Identity::User { .. }) {
        return see_other(next.as_str());
    }
    let notice = match (&asked.out, &asked.next) {
        (Some(_), _) => Notice::LoggedOut,
        (None, Some(_)) => Notice::ToGoOn,
        (None, None) => Notice::None,
    };
    page(&visitor, &access, &headers, &next, "", notice)
}

/// Takes the form.
pub async fn submit(
    visitor: Visitor,
    Extension(access): Extension<Arc<Access>>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    session: Option<Extension<CurrentSession>>,
    headers: HeaderMap,
    Form(filled): Form<Filled>,
) -> Response {
    let next = LocalPath::or_home(filled.next.as_deref());
    let again = |notice| page(&visitor, &access, &headers, &next, &filled.name, notice);
    let is_secure = access.current().is_secure;
    // Whoever is logged in has sent the token of her session, which was looked at.
    let key = Cookie::Form.read(&headers, is_secure).and_then(Secret::parse);
    let is_own = key.is_some_and(|key| form_token(&key).accepts(&filled.csrf));
    if !is_own && session.is_none() {
        return again(Notice::Stale);
    }
    if filled.password.len() > PASSWORD_OCTETS_MAX {
        return again(Notice::Wrong);
    }
    match access.log_in(filled.name.trim(), filled.password.clone(), address).await {
        Ok(secret) => {
            if let Some(Extension(CurrentSession(session))) = session {
                access.end(&session);
            }
            access.write_sessions().await;
            logged_in(&secret, is_secure, &next)
        }
        Err(LogInError::Wrong) => again(Notice::Wrong),
        Err(LogInError::Wait(seconds)) => {
            let mut response = again(Notice::Wait(seconds));
            retry_after(&mut response, seconds);
            response
        }
        Err(LogInError::Busy) => {
            let mut response = again(Notice::Busy);
            retry_after(&mut response, 3);
            response
        }
        Err(LogInError::NoRandomness) => again(Notice::NoRandomness),
    }
}

/// Sends the cookie of a new session, and goes on.
pub(super) fn logged_in(secret: &Secret, is_secure: bool, next: &LocalPath) -> Response {
    let mut response = see_other(next.as_str());
    let headers = response.headers_mut();
    if let Some(cookie) = Cookie::Session.set(&secret.text(), is_secure) {
        headers.append(SET_COOKIE, cookie);
    }
    headers.append(SET_COOKIE, Cookie::Form.clear(is_secure));
    response
}

pub(super) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

fn form_token(key: &Secret) -> CsrfToken {
    CsrfToken::of(key.octets(), "login")
}

/// The page with a notice.
pub(super) fn page(
    visitor: &Visitor,
    access: &Access,
    headers: &HeaderMap,
    next: &LocalPath,
    name: &str,
    notice: Notice,
) -> Response {
    let current = access.current();
    let w = LogInWords::of(visitor.wanted().lang);
    let (key, cookie) = form_key(headers, current.is_secure);
    let frame = match visitor.identity() {
        Identity::Guest => bare_frame(visitor.wanted(), w.title),
        _ => frame_of(visitor, w.title),
    };
    let csrf = match visitor.csrf() {
        Some(token) => token.to_string(),
        None => key.as_ref().map(|key| form_token(key).to_string()).unwrap_or_default(),
    };
    let is_local = headers.get("host").and_then(|host| host.to_str().ok()).is_some_and(is_loopback);
    let page = LogInPage {
        frame,
        w,
        notice: notice.id(),
        is_good: matches!(notice, Notice::LoggedOut | Notice::ToGoOn),
        text: notice.text(w),
        name: name.to_owned(),
        next: next.as_str().to_owned(),
        csrf,
        has_users: !current.config.users.is_empty(),
        provider: current
            .oidc
            .as_ref()
            .map(|oidc| oidc.config().shown_title().to_owned())
            .unwrap_or_default(),
        provider_href: next.by_way_of("/login/oidc"),
        by_proxy: current.config.proxy.user_header.is_some(),
        is_unencrypted: !current.is_secure && !is_local,
    };
    let mut response = match page.render() {
        Ok(page) => Html(page).into_response(),
        Err(_) => w.title.into_response(),
    };
    *response.status_mut() = notice.status();
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[derive(Template)]
#[template(path = "serve/access/log_in.html")]
struct LogInPage {
    frame: Frame,
    w: &'static LogInWords,
    notice: &'static str,
    is_good: bool,
    text: String,
    name: String,
    next: String,
    csrf: String,
    has_users: bool,
    provider: String,
    provider_href: String,
    by_proxy: bool,
    is_unencrypted: bool,
}
