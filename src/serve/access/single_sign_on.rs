//! To the OpenID Connect provider and back.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Query;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::cookie::Cookie;
use super::guard::{ClientAddress, CurrentSession};
use super::log_in::{Notice, logged_in, page, see_other};
use super::next::LocalPath;
use super::oidc::{Callback, OidcError};
use super::proof::Proof;
use super::session::Owner;
use super::state::Access;
use super::visitor::Visitor;

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Asked {
    next: Option<String>,
}

/// Sends the browser to the provider.
pub async fn begin(
    visitor: Visitor,
    Extension(access): Extension<Arc<Access>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let current = access.current();
    let Some(oidc) = &current.oidc else { return StatusCode::NOT_FOUND.into_response() };
    let next = LocalPath::or_home(asked.next.as_deref());
    match oidc.begin(next.clone(), access.now()).await {
        Ok(begun) => {
            let mut response = see_other(begun.url.as_str());
            if let Some(cookie) = Cookie::Oidc.set(&begun.browser.text(), current.is_secure) {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, "a log-in at the provider can't be begun");
            page(&visitor, &access, &headers, &next, "", notice_of(&error))
        }
    }
}

/// Takes the browser back from the provider.
pub async fn finish(
    visitor: Visitor,
    Extension(access): Extension<Arc<Access>>,
    Extension(address): Extension<ClientAddress>,
    session: Option<Extension<CurrentSession>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Response {
    let current = access.current();
    let (Some(oidc), Some(credential)) = (&current.oidc, current.oidc_credential()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let browser = Cookie::Oidc.read(&headers, current.is_secure);
    let done = oidc.finish(callback, browser, access.now()).await;
    let mut response = match done {
        Ok(user) => {
            let owner = Owner {
                name: user.name.as_str().into(),
                proof: Proof::Oidc,
                role: user.grant.role,
                organisations: user.grant.organisations,
                credential,
            };
            match access.begin(owner) {
                Ok(secret) => {
                    if let Some(Extension(CurrentSession(session))) = session {
                        access.end(&session);
                    }
                    access.keep_id_token(&secret, user.id_token);
                    tracing::info!(user = user.name, %address, "logged in at the provider");
                    access.write_sessions().await;
                    logged_in(&secret, current.is_secure, &user.next)
                }
                Err(error) => {
                    tracing::error!(%error, "nobody can be logged in");
                    let home = LocalPath::home();
                    page(&visitor, &access, &headers, &home, "", Notice::NoRandomness)
                }
            }
        }
        Err(error) => {
            tracing::warn!(%error, %address, "a log-in at the provider failed");
            page(&visitor, &access, &headers, &LocalPath::home(), "", notice_of(&error))
        }
    };
    response.headers_mut().append(SET_COOKIE, Cookie::Oidc.clear(current.is_secure));
    response
}

fn notice_of(error: &OidcError) -> Notice {
    match error {
        OidcError::Provider(_) => Notice::ProviderFailed,
        OidcError::NoFlow => Notice::ProviderNoFlow,
        OidcError::Refused(_) => Notice::ProviderRefused,
        OidcError::Token(_) => Notice::ProviderToken,
        OidcError::Stranger { .. } => Notice::ProviderStranger,
    }
}
