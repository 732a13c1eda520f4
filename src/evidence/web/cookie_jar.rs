//! The cookies of one walk along redirects: what each response sets is sent with the requests after it,
//! and forgotten with the walk (RFC 6265bis §5.6 to §5.8).

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use url::{Host, Url};

use super::http_date;
use crate::model::HttpResponse;

/// Cookies that a jar holds.
const COOKIES_MAX: usize = 50;

/// Octets of all names and values in a jar: servers commonly take header fields of 8 KB.
const OCTETS_MAX: usize = 8 * 1024;

/// Octets of one name and its value (RFC 6265bis §5.6).
const COOKIE_OCTETS_MAX: usize = 4096;

/// Octets of an attribute's value (RFC 6265bis §5.6).
const ATTRIBUTE_OCTETS_MAX: usize = 1024;

/// The cookies of one walk.
#[derive(Default)]
pub(super) struct CookieJar {
    cookies: Vec<Cookie>,
    /// Whether a cookie found no room, so that a browser would send more.
    pub is_full: bool,
}

/// One cookie, with each octet of its texts one `char`.
struct Cookie {
    name: String,
    value: String,
    scope: Scope,
    is_secure: bool,
}

/// Where a cookie is sent to. Together with its name it identifies the cookie.
#[derive(PartialEq, Eq)]
struct Scope {
    domain: String,
    is_host_only: bool,
    path: String,
}

impl CookieJar {
    /// Takes the cookies that the response to a request for this URL sets, or takes away, at this time. When
    /// a cookie ends is told by the server's clock, so it is compared with that where the response tells it
    /// (as Chromium does).
    pub fn note(&mut self, url: &Url, response: &HttpResponse, at: Timestamp) {
        let at = response.header("date").and_then(http_date::parse).unwrap_or(at);
        let lines = response.headers.iter().filter(|(name, _)| name == "set-cookie");
        lines.for_each(|(_, line)| self.note_line(url, line, at));
    }

    /// The `Cookie` header of a request for this URL; `None` where no cookie is sent there.
    pub fn header(&self, url: &Url) -> Option<Arc<str>> {
        let mut sent: Vec<&Cookie> = self.cookies.iter().filter(|c| c.is_sent_to(url)).collect();
        sent.sort_by_key(|cookie| Reverse(cookie.scope.path.len()));
        let pairs: Vec<String> = sent.into_iter().map(Cookie::pair).collect();
        (!pairs.is_empty()).then(|| pairs.join("; ").into())
    }

    fn note_line(&mut self, url: &Url, line: &str, at: Timestamp) {
        let Some((cookie, is_expired)) = cookie_of(url, line, at) else { return };
        let is_open = url.scheme() != "https";
        let known =
            self.cookies.iter().position(|c| c.name == cookie.name && c.scope == cookie.scope);
        if known.is_some_and(|at| is_open && self.cookies[at].is_secure) {
            return;
        }
        match (known, is_expired) {
            (None, true) => {}
            (Some(at), true) => drop(self.cookies.remove(at)),
            // One that is set anew keeps its place.
            (Some(at), false) if self.has_room_for(&cookie, Some(at)) => self.cookies[at] = cookie,
            (None, false) if self.has_room_for(&cookie, None) => self.cookies.push(cookie),
            (_, false) => self.is_full = true,
        }
    }

    fn has_room_for(&self, cookie: &Cookie, instead_of: Option<usize>) -> bool {
        let kept = self.cookies.iter().enumerate().filter(|(at, _)| Some(*at) != instead_of);
        let octets: usize = kept.clone().map(|(_, cookie)| cookie.octets()).sum();
        kept.count() < COOKIES_MAX && octets + cookie.octets() <= OCTETS_MAX
    }
}

impl Cookie {
    fn octets(&self) -> usize {
        self.name.chars().count() + self.value.chars().count()
    }

    fn pair(&self) -> String {
        match self.name.is_empty() {
            true => self.value.clone(),
            false => format!("{}={}", self.name, self.value),
        }
    }

    fn is_sent_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let is_host = match self.scope.is_host_only {
            true => host == self.scope.domain,
            false => domain_matches(host, &self.scope.domain),
        };
        is_host
            && path_matches(url.path(), &self.scope.path)
            && (!self.is_secure || url.scheme() == "https")
    }
}

/// The cookie that a `Set-Cookie` line sets, and whether it takes it away instead; `None` where browsers
/// ignore the line.
fn cookie_of(url: &Url, line: &str, at: Timestamp) -> Option<(Cookie, bool)> {
    if line.chars().any(|octet| octet.is_ascii_control()) {
        return None;
    }
    let mut parts = line.split(';');
    let pair = parts.next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
    let attributes = Attributes::of(parts);
    let host = url.host_str()?;
    let is_secure_origin = url.scheme() == "https";
    let domain = attributes.domain.filter(|domain| !domain.is_empty());
    let has_path_of_root = attributes.path == Some("/");
    let (domain, is_host_only) = match domain {
        None => (host.to_owned(), true),
        // For a public suffix itself, the cookie is the host's alone.
        Some(domain) if is_public_suffix(&domain) && domain == host => (domain, true),
        Some(domain) if is_public_suffix(&domain) => return None,
        Some(domain) if is_name(url) && domain_matches(host, &domain) => (domain, false),
        Some(domain) if domain == host => (domain, true),
        Some(_) => return None,
    };
    let prefix = name.to_ascii_lowercase();
    let is_allowed = match () {
        () if prefix.starts_with("__secure-") => attributes.is_secure,
        () if prefix.starts_with("__host-") => {
            attributes.is_secure && is_host_only && has_path_of_root
        }
        () => true,
    };
    let path = attributes.path.filter(|path| path.starts_with('/'));
    let path = path.map_or_else(|| default_path(url), str::to_owned);
    let is_expired = attributes.max_age.map(|age| age <= 0);
    let is_expired = is_expired.or(attributes.expires.map(|expires| expires <= at));
    let scope = Scope { domain, is_host_only, path };
    let cookie = Cookie { name, value, scope, is_secure: attributes.is_secure };
    let is_accepted = is_allowed
        && (is_secure_origin || !cookie.is_secure)
        && (1..=COOKIE_OCTETS_MAX).contains(&cookie.octets());
    is_accepted.then_some((cookie, is_expired.unwrap_or(false)))
}

/// What follows the pair in a `Set-Cookie` line; the last of each kind counts.
#[derive(Default)]
struct Attributes<'l> {
    domain: Option<String>,
    path: Option<&'l str>,
    is_secure: bool,
    max_age: Option<i64>,
    expires: Option<Timestamp>,
}

impl<'l> Attributes<'l> {
    fn of(parts: impl Iterator<Item = &'l str>) -> Self {
        let mut attributes = Self::default();
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
            if value.len() > ATTRIBUTE_OCTETS_MAX {
                continue;
            }
            match name.as_str() {
                "domain" => {
                    let domain = value.strip_prefix('.').unwrap_or(value);
                    attributes.domain = Some(domain.to_ascii_lowercase());
                }
                "path" => attributes.path = Some(value),
                "secure" => attributes.is_secure = true,
                "max-age" => attributes.max_age = max_age(value).or(attributes.max_age),
                "expires" => attributes.expires = http_date::parse(value).or(attributes.expires),
                _ => {}
            }
        }
        attributes
    }
}

/// Digits, perhaps with a minus before them; a number too large for us is large enough.
fn max_age(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    is_number.then(|| text.parse().unwrap_or(limit))
}

fn is_name(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Domain(_)))
}

fn is_public_suffix(domain: &str) -> bool {
    psl::suffix_str(domain) == Some(domain)
}

fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|below| below.ends_with('.'))
}

fn path_matches(path: &str, cookie_path: &str) -> bool {
    let rest = path.strip_prefix(cookie_path);
    rest.is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

/// The directory of a URL's path (RFC 6265bis §5.1.4).
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path()[..end].to_owned(),
    }
}

#[cfg(test)]
mod tests;
