//! The log-out: here, everywhere, and at the provider.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::Form;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::cookie::Cookie;
use super::frames::bare_frame;
use super::guard::CurrentSession;
use super::log_in::see_other;
use super::proof::Proof;
use super::state::Access;
use super::visitor::Visitor;
use super::words::AccountWords;
use crate::serve::pages::frame::Frame;

/// What is filled in.
#[derive(Debug, Deserialize)]
pub struct Filled {
    everywhere: Option<String>,
}

/// Ends the session, or all of hers.
pub async fn submit(
    visitor: Visitor,
    Extension(access): Extension<Arc<Access>>,
    session: Option<Extension<CurrentSession>>,
    Form(filled): Form<Filled>,
) -> Response {
    let current = access.current();
    let Some(Extension(CurrentSession(session))) = session else { return see_other("/login") };
    let id_token = access.end(&session);
    let owner = &session.owner;
    if filled.everywhere.is_some() {
        access.sessions.end_all(|other| other.owner.is(&owner.name, owner.proof));
    }
    tracing::info!(user = &*owner.name, everywhere = filled.everywhere.is_some(), "logged out");
    access.write_sessions().await;
    let provider = current.oidc.as_ref().filter(|_| owner.proof == Proof::Oidc);
    let at_provider = provider.and_then(|oidc| oidc.log_out_url(id_token.as_deref()));
    let mut response = match at_provider {
        // Not by a redirection: the form's target may only be ourselves.
        Some(url) => {
            let w = AccountWords::of(visitor.wanted().lang);
            let frame = bare_frame(visitor.wanted(), w.provider_title);
            match (LoggedOutPage { frame, w, href: url.to_string() }).render() {
                Ok(page) => Html(page).into_response(),
                Err(_) => see_other("/login?out=1"),
            }
        }
        None => see_other("/login?out=1"),
    };
    let headers = response.headers_mut();
    headers.append(SET_COOKIE, Cookie::Session.clear(current.is_secure));
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

#[derive(Template)]
#[template(path = "serve/access/logged_out.html")]
struct LoggedOutPage {
    frame: Frame,
    w: &'static AccountWords,
    href: String,
}
