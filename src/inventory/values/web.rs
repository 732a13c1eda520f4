//! URLs of web services.

use url::{SyntaxViolation, Url};

use crate::inventory::fault::Fault;
use crate::model::{Host, Name};

/// Octets of a URL.
const URL_OCTETS_MAX: usize = 2048;

/// `http://…` or `https://…`.
pub(crate) fn url(text: &str) -> Result<Url, Fault> {
    if text.len() > URL_OCTETS_MAX {
        return Fault::err(format!("this URL has more than {URL_OCTETS_MAX} octets"), "shorten it");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return match Host::parse(text.split('/').next().unwrap_or_default()) {
            Ok(_) => Fault::err(
                format!("`{text}` is not a URL: it has no scheme"),
                format!("write `https://{}`", with_path(text)),
            ),
            Err(_) => Fault::err(
                format!("`{text}` is not a URL"),
                "write it as `https://portal.example/`",
            ),
        };
    };
    if !["http", "https"].contains(&&*scheme.to_ascii_lowercase()) {
        return Fault::err(
            format!("`{scheme}` is not a scheme of a web service"),
            format!("write `https://{}`; other protocols have kinds of their own", with_path(rest)),
        );
    }
    let violation = std::cell::Cell::new(None);
    let note = |what| violation.set(violation.get().or(Some(what)));
    let url = match Url::options().syntax_violation_callback(Some(&note)).parse(text) {
        Ok(url) => url,
        Err(error) => {
            return Fault::err(
                format!("`{text}` is not a URL: {error}"),
                "write it as `https://portal.example/`",
            );
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Fault::err(
            "this URL holds a user name or password",
            "delete what stands before the `@`: an inventory is no place for secrets",
        );
    }
    // The parser repairs these silently; what is probed must be what is written.
    let repaired =
        |what| !matches!(what, SyntaxViolation::NonUrlCodePoint | SyntaxViolation::PercentDecode);
    if let Some(what) = violation.get().filter(|what| repaired(*what)) {
        return Fault::err(
            format!("`{text}` is not a URL: {}", what.description()),
            format!("write `{url}`"),
        );
    }
    match url.host() {
        Some(url::Host::Domain(domain)) => Name::parse(domain).map_err(Fault::plain)?,
        Some(_) => return port_of(&url).map(|()| url),
        None => return Fault::err("this URL has no host", "write it as `https://portal.example/`"),
    };
    port_of(&url).map(|()| url)
}

fn port_of(url: &Url) -> Result<(), Fault> {
    match url.port() {
        Some(0) => Fault::err("port 0 can't be connected to", "write a port from 1 to 65535"),
        _ => Ok(()),
    }
}

fn with_path(rest: &str) -> String {
    if rest.contains('/') { rest.to_owned() } else { format!("{rest}/") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::fault::refusal;

    #[test]
    fn urls() {
        for (text, expected) in [
            ("https://example.gov.vn", "https://example.gov.vn/"),
            ("HTTP://Example.gov.vn:80/a?b", "http://example.gov.vn/a?b"),
            ("https://khánhhòa.example/", "https://xn--khnhha-qta3l.example/"),
            ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
            ("https://192.0.2.1/", "https://192.0.2.1/"),
            ("https://example.gov.vn/tìm kiếm", "https://example.gov.vn/t%C3%ACm%20ki%E1%BA%BFm"),
        ] {
            assert_eq!(url(text).unwrap().as_str(), expected);
        }
        for (text, expected) in [
            ("example.gov.vn", "write `https://example.gov.vn/`"),
            ("example.gov.vn/a", "write `https://example.gov.vn/a`"),
            ("ftp://example.gov.vn/", "write `https://example.gov.vn/`; other"),
            ("https://", "empty host"),
            ("https://u:p@example.gov.vn/", "no place for secrets"),
            ("https://example.gov.vn:0/", "port 0"),
            ("https://example.gov.vn:99999/", "invalid port"),
            ("https:///example.gov.vn/", "write `https://example.gov.vn/`"),
            ("https://exa mple.vn/", "is not a URL"),
            ("https://a..vn/", "empty label"),
            ("https://-a.vn/", "starts or ends with `-`"),
            ("https://example.gov.vn\\x", "write `https://example.gov.vn/x`"),
            ("cổng thông tin", "is not a URL"),
        ] {
            assert!(refusal(url(text)).contains(expected), "{text}: {}", refusal(url(text)));
        }
    }
}
