//! The header values that a request carries.

use http::request::Builder;
use http::{Error, HeaderValue, header};

use crate::model::HttpGet;

/// `User-Agent`.
pub(super) const USER_AGENT: &str =
    concat!("v6ready/", env!("CARGO_PKG_VERSION"), " (IPv6 readiness scanner)");

/// `Accept`: any page, but HTML first.
pub(super) const ACCEPT: &str = "text/html,*/*;q=0.8";

/// Adds the cookies of a question, where it has any.
pub(super) fn with_cookies(request: Builder, ask: &HttpGet) -> Result<Builder, Error> {
    let Some(cookies) = &ask.cookies else { return Ok(request) };
    let octets: Vec<u8> = cookies.chars().map(|octet| octet as u8).collect();
    Ok(request.header(header::COOKIE, HeaderValue::from_bytes(&octets)?))
}
