//! The headers by which browsers keep other sites, and what hostile texts may smuggle in, away from our pages.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// Nothing but our own files, nothing inline, and nobody's frame.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For what is no page: a browser that shows it by a viewer of its own needs no more.
const CONTENT_POLICY_OF_FILES: &str = "frame-ancestors 'none'";

/// No page needs anything of the machine.
const PERMISSIONS: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Gives an answer its headers. What the handler has set stays.
pub fn harden(response: &mut Response, path: &str, is_secure: bool, is_guest: bool) {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_page = kind.is_none_or(|kind| kind.starts_with("text/html"));
    let is_pdf = kind.is_some_and(|kind| kind.starts_with("application/pdf"));
    let is_asset = path.starts_with("/assets/");
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, if is_pdf { CONTENT_POLICY_OF_FILES } else { CONTENT_POLICY });
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(X_FRAME_OPTIONS, "DENY");
    // A link leads to a target's site: it need not learn from where.
    set(REFERRER_POLICY, "same-origin");
    set(PERMISSIONS_POLICY, PERMISSIONS);
    set(OPENER_POLICY, "same-origin");
    // A badge is for the pages of others.
    let is_badge = path.starts_with("/badge/");
    set(RESOURCE_POLICY, if is_badge { "cross-origin" } else { "same-origin" });
    if is_secure {
        set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    // After the log-out, the button "back" must not show what was seen before.
    set(
        CACHE_CONTROL,
        match (is_guest, is_page) {
            (true, _) => "no-cache",
            (false, true) => "no-store",
            (false, false) => "private, no-cache",
        },
    );
    if !is_asset {
        headers.append(VARY, HeaderValue::from_static("cookie, authorization"));
    }
}
