//! Whether a request that changes something comes from a page of our own.
//!
//! Browsers say where a request comes from (`Sec-Fetch-Site`, and `Origin` before there was that), and no
//! page can change what they say. What says nothing is no browser of these days; the
//! [token of the form](super::csrf) is asked for in any case.

use axum::http::{HeaderMap, header};
use url::Url;

/// Whether the headers rule out that another site sends this.
pub fn is_own(headers: &HeaderMap, base_url: Option<&Url>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match text("sec-fetch-site") {
        // `none`: the user herself, as by a reload.
        Some("same-origin" | "none") => return true,
        Some(_) => return false,
        None => {}
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let Ok(origin) = Url::parse(origin) else { return false };
    if base_url.is_some_and(|base| base.origin() == origin.origin()) {
        return true;
    }
    // As it was asked for: the host and port in the header `Host`, whatever the scheme is before a proxy.
    let authority = match (origin.host_str(), origin.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return false,
    };
    text(header::HOST.as_str()).is_some_and(|host| host.eq_ignore_ascii_case(&authority))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn other_sites_are_told_from_our_own() {
        let base = Url::parse("https://v6.example.gov.vn/").unwrap();
        let host = ("host", "v6.example.gov.vn");
        let cases: [(&[(&str, &'static str)], bool); 14] = [
            (&[], true),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "none")], true),
            (&[host, ("sec-fetch-site", "same-site")], false),
            (&[host, ("sec-fetch-site", "cross-site")], false),
            (
                &[host, ("sec-fetch-site", "cross-site"), ("origin", "https://v6.example.gov.vn")],
                false,
            ),
            (&[host, ("origin", "https://v6.example.gov.vn")], true),
            (&[("host", "127.0.0.1:8466"), ("origin", "https://v6.example.gov.vn")], true),
            (&[("host", "[::1]:8466"), ("origin", "http://[::1]:8466")], true),
            (&[("host", "[::1]:8466"), ("origin", "http://[::1]:8467")], false),
            (&[host, ("origin", "https://evil.example")], false),
            (&[host, ("origin", "https://v6.example.gov.vn.evil.example")], false),
            (&[host, ("origin", "null")], false),
            (&[("origin", "https://evil.example")], false),
        ];
        for (headers, expected) in cases {
            let map: HeaderMap = headers
                .iter()
                .map(|&(name, value)| {
                    (HeaderName::try_from(name).unwrap(), HeaderValue::from_static(value))
                })
                .collect();
            assert_eq!(is_own(&map, Some(&base)), expected, "{headers:?}");
        }
        let mut bytes = HeaderMap::new();
        bytes.insert("sec-fetch-site", HeaderValue::from_bytes(b"\xff").unwrap());
        assert!(!is_own(&bytes, None));
    }
}
