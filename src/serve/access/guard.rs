//! What is done around every request: who is it, may a page of another site have sent it, and what must the
//! answer carry.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequest as _, Multipart, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use super::cookie::Cookie;
use super::csrf::CsrfToken;
use super::headers::harden;
use super::origin;
use super::proof::Proof;
use super::proxy::ByProxy;
use super::refusal::{Refusal, Why};
use super::secret::Secret;
use super::session::Session;
use super::state::{Access, Current, SentToken};
use super::visitor::{Identity, Visitor};
use super::wanted::Wanted;

/// Octets of a form, and of one that uploads a file.
const FORM_OCTETS_MAX: usize = 1 << 20;
const UPLOAD_OCTETS_MAX: usize = 64 << 20;

/// Puts every route behind the question who asks. Handlers find the [`Visitor`] as an argument; they
/// find [`Access`] as an `Extension`.
pub fn protect<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    access: &Arc<Access>,
) -> Router<S> {
    router.layer(from_fn_with_state(Arc::clone(access), guard))
}

/// From where a request comes, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => write!(f, "{address}"),
            None => f.write_str("(unknown)"),
        }
    }
}

/// The session of the browser that asks.
#[derive(Clone, Debug)]
pub struct CurrentSession(pub Session);

/// What was found out of a request.
struct Identified {
    visitor: Visitor,
    session: Option<Session>,
    address: Option<IpAddr>,
    cookies: Vec<HeaderValue>,
}

async fn guard(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    let current = access.current();
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let identified = identify(&access, &current, &parts);
    let is_guest = match &identified {
        Ok(identified) => matches!(identified.visitor.identity, Identity::Guest),
        Err(_) => true,
    };
    let mut response = match identified {
        Err(refusal) => refusal.into_response(),
        Ok(identified) => match check_form(&current, &identified.visitor, &parts, body).await {
            Err(why) => {
                let address = ClientAddress(identified.address);
                tracing::warn!(?why, %address, path = %path, "a request was refused");
                Refusal::new(why, &identified.visitor.wanted).into_response()
            }
            Ok(body) => {
                parts.extensions.insert(identified.visitor);
                parts.extensions.insert(ClientAddress(identified.address));
                parts.extensions.insert(Arc::clone(&access));
                if let Some(session) = identified.session {
                    parts.extensions.insert(CurrentSession(session));
                }
                let mut response = next.run(Request::from_parts(parts, body)).await;
                for cookie in identified.cookies {
                    add_cookie(&mut response, cookie);
                }
                response
            }
        },
    };
    harden(&mut response, &path, current.is_secure, is_guest);
    access.write_sessions_soon();
    response
}

/// Sets a cookie, unless the handler has already set or removed one of this name.
fn add_cookie(response: &mut Response, cookie: HeaderValue) {
    let name = |value: &HeaderValue| {
        value.as_bytes().split(|octet| *octet == b'=').next().map(<[u8]>::to_vec)
    };
    let is_set =
        response.headers().get_all(SET_COOKIE).iter().any(|set| name(set) == name(&cookie));
    if !is_set {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn identify(access: &Access, current: &Current, parts: &Parts) -> Result<Identified, Refusal> {
    let headers = &parts.headers;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = current.config.proxy.address(peer, headers);
    let wanted = Wanted {
        site: current.title.clone(),
        can_log_in: current.can_log_in(),
        ..Wanted::of(parts, current.lang)
    };
    let refused = wanted.clone();
    let refuse = |why| Refusal::new(why, &refused);
    let mut identified = Identified {
        visitor: Visitor::guest(Arc::clone(&current.public), wanted),
        session: None,
        address,
        cookies: Vec::new(),
    };
    // What needs nobody's name is answered without looking for one.
    let path = parts.uri.path();
    if path.starts_with("/assets/") || path == "/healthz" || path == "/readyz" {
        return Ok(identified);
    }
    if let Some(token) = bearer(headers) {
        let why = match token.map(|token| access.token(token)) {
            Some(SentToken::Good(identity)) => {
                identified.visitor.identity = identity;
                return Ok(identified);
            }
            Some(SentToken::Expired) => Why::ExpiredToken,
            Some(SentToken::Unknown) | None => Why::UnknownToken,
        };
        if access.bad_tokens.is_due(access.now()) {
            tracing::warn!(?why, address = %ClientAddress(address), "a token was refused");
        }
        return Err(refuse(why));
    }
    match current.config.proxy.user(peer, headers) {
        ByProxy::Nobody => {}
        ByProxy::Spoofed => {
            if access.spoofed.is_due(access.now()) {
                let peer = ClientAddress(peer);
                tracing::warn!(%peer, "the proxy's header with the user's name came from elsewhere; ignored");
            }
        }
        ByProxy::Unusable(problem) => {
            let peer = ClientAddress(peer);
            tracing::warn!(%peer, problem, "what the proxy says of the user can't be used");
            return Err(refuse(Why::UnusableProxy));
        }
        ByProxy::Stranger(_) => identified.visitor.why_guest = Why::Stranger,
        ByProxy::User(name, grant) => {
            let (key, cookie) = form_key(headers, current.is_secure);
            identified.cookies.extend(cookie);
            let purpose = format!("proxy {name}");
            identified.visitor.csrf = key.map(|key| CsrfToken::of(key.octets(), &purpose));
            identified.visitor.identity = Identity::User {
                name: name.into(),
                role: grant.role,
                organisations: grant.organisations,
                proof: Proof::Proxy,
            };
            return Ok(identified);
        }
    }
    let Some(cookie) = Cookie::Session.read(headers, current.is_secure) else {
        return Ok(identified);
    };
    let found = access.sessions.find(cookie, current.config.sessions, access.now());
    let Some(found) = found else {
        identified.cookies.push(Cookie::Session.clear(current.is_secure));
        return Ok(identified);
    };
    let Some(identity) = current.identity_of(&found.session) else {
        access.sessions.end(&found.session);
        identified.cookies.push(Cookie::Session.clear(current.is_secure));
        return Ok(identified);
    };
    let renewed = found.renewed.map(|secret| secret.text());
    let renewed = renewed.and_then(|secret| Cookie::Session.set(&secret, current.is_secure));
    identified.cookies.extend(renewed);
    identified.visitor.identity = identity;
    identified.visitor.csrf = Some(CsrfToken::of(found.session.form_key.octets(), "forms"));
    identified.session = Some(found.session);
    Ok(identified)
}

/// The token of `Authorization: Bearer`; `Some(None)` when what is there can be none.
fn bearer(headers: &HeaderMap) -> Option<Option<&str>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?;
    let Ok(text) = value.to_str() else { return Some(None) };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    // Another scheme is meant for a proxy in front.
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Some(values.next().is_none().then_some(token.trim()))
}

/// What forms are bound to where there is no session, and the cookie for it when it is new.
pub(super) fn form_key(
    headers: &HeaderMap,
    is_secure: bool,
) -> (Option<Secret>, Option<HeaderValue>) {
    if let Some(key) = Cookie::Form.read(headers, is_secure).and_then(Secret::parse) {
        return (Some(key), None);
    }
    let key = Secret::random().ok();
    let cookie = key.as_ref().and_then(|key| Cookie::Form.set(&key.text(), is_secure));
    (key, cookie)
}

/// Whether what changes something was sent by a page of our own, in the name of who is logged in. Gives
/// the body back, which may have been read for that.
async fn check_form(
    current: &Current,
    visitor: &Visitor,
    parts: &Parts,
    body: Body,
) -> Result<Body, Why> {
    let is_safe =
        matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    // No browser sends a token by itself.
    if is_safe || matches!(visitor.identity, Identity::Token { .. }) {
        return Ok(body);
    }
    if !origin::is_own(&parts.headers, current.base_url.as_ref()) {
        return Err(Why::ForeignSite);
    }
    // There is nothing that is done in the name of a guest; the log-in looks at its form itself.
    let Identity::User { .. } = visitor.identity else { return Ok(body) };
    let Some(expected) = &visitor.csrf else { return Err(Why::StaleForm) };
    if let Some(sent) = parts.headers.get(CsrfToken::HEADER) {
        let is_good = sent.to_str().is_ok_and(|sent| expected.accepts(sent));
        return if is_good { Ok(body) } else { Err(Why::StaleForm) };
    }
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let (most, is_multipart) = match kind.split(';').next().map(str::trim) {
        Some("application/x-www-form-urlencoded") => (FORM_OCTETS_MAX, false),
        Some("multipart/form-data") => (UPLOAD_OCTETS_MAX, true),
        _ => return Err(Why::StaleForm),
    };
    let octets = to_bytes(body, most).await.map_err(|_| Why::LongForm)?;
    let sent = if is_multipart {
        let copy = Request::from_parts(parts.clone(), Body::from(octets.clone()));
        multipart_field(copy).await
    } else {
        url::form_urlencoded::parse(&octets)
            .find(|(key, _)| key == CsrfToken::FIELD)
            .map(|(_, value)| value.into_owned())
    };
    match sent.is_some_and(|sent| expected.accepts(&sent)) {
        true => Ok(Body::from(octets)),
        false => Err(Why::StaleForm),
    }
}

/// The token of a form that uploads a file: its first field.
async fn multipart_field(request: Request) -> Option<String> {
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    let field = form.next_field().await.ok()??;
    match field.name() {
        Some(CsrfToken::FIELD) => field.text().await.ok(),
        _ => None,
    }
}
