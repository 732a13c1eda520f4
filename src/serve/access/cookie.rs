//! Cookies: their names, their attributes, and how they are read from a request.

use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The secret of a session.
    Session,
    /// What forms are bound to where there is no session: at the log-in, and behind a proxy that
    /// says who somebody is.
    Form,
    /// Binds a log-in at the OpenID Connect provider to the browser that began it.
    Oidc,
}

impl Cookie {
    /// Its name. A browser takes a cookie whose name begins with `__Host-` only over TLS, for exactly
    /// this host and all its paths: no neighbour under the same domain can plant one.
    pub fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Session, true) => "__Host-v6ready",
            (Self::Session, false) => "v6ready",
            (Self::Form, true) => "__Host-v6ready-form",
            (Self::Form, false) => "v6ready-form",
            (Self::Oidc, true) => "__Host-v6ready-oidc",
            (Self::Oidc, false) => "v6ready-oidc",
        }
    }

    /// Its value in a request. Of several with this name none is taken: one of them was planted.
    pub fn read(self, headers: &HeaderMap, is_secure: bool) -> Option<&str> {
        let name = self.name(is_secure);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// The header that sets it until the browser is closed.
    ///
    /// `SameSite=Lax`: with `Strict` a link in an alert's mail, or the way back from an OpenID Connect
    /// provider, would find the user logged out. No GET changes anything, and what changes something needs
    /// a [token](super::csrf) beside the cookie.
    pub fn set(self, value: &str, is_secure: bool) -> Option<HeaderValue> {
        let secure = if is_secure { "; Secure" } else { "" };
        let name = self.name(is_secure);
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&line).ok()
    }

    /// The header that removes it.
    pub fn clear(self, is_secure: bool) -> HeaderValue {
        let secure = if is_secure { "; Secure" } else { "" };
        let name = self.name(is_secure);
        let line = format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}");
        // A name of ours and fixed words: always visible ASCII.
        HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&[u8]], is_secure: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        Cookie::Session.read(&headers, is_secure).map(str::to_owned)
    }

    #[test]
    fn a_cookie_is_found_among_others_and_a_planted_second_one_spoils_it() {
        assert_eq!(read(&[b"a=b; v6ready=x; c"], false).as_deref(), Some("x"));
        assert_eq!(read(&[b"a=b", b"v6ready=x"], false).as_deref(), Some("x"));
        assert_eq!(read(&[b"v6ready=x; v6ready=x"], false).as_deref(), Some("x"));
        assert_eq!(read(&[b"v6ready=x; v6ready=y"], false), None);
        assert_eq!(read(&[b"v6ready=x"], true), None);
        assert_eq!(read(&[b"__Host-v6ready=x=y"], true).as_deref(), Some("x=y"));
        assert_eq!(read(&[b"xv6ready=x; V6READY=y"], false), None);
        assert_eq!(read(&[b"v6ready=\xff\xfe"], false), None);
        assert_eq!(read(&[b";;=;==;\t"], false), None);
    }

    #[test]
    fn the_attributes_fit_the_transport() {
        let set = Cookie::Session.set("abc", true).unwrap();
        assert_eq!(set, "__Host-v6ready=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        let set = Cookie::Form.set("abc", false).unwrap();
        assert_eq!(set, "v6ready-form=abc; Path=/; HttpOnly; SameSite=Lax");
        assert!(Cookie::Oidc.clear(true).to_str().unwrap().contains("Max-Age=0; Secure"));
        assert_eq!(Cookie::Session.set("a\r\nb", true), None);
    }
}
