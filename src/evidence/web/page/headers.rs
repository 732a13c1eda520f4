//! Security headers, in a form in which equal policies are equal texts.

use crate::model::HttpResponse;

/// The header fields that protect a site's visitors.
pub const SECURITY_HEADERS: [&str; 9] = [
    "strict-transport-security",
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
];

/// The value of a security header, `None` when it isn't sent. Nonces and hashes of a
/// Content-Security-Policy change with every answer and are left out, like the places that reports
/// go to; case, spaces and the order of directives mean nothing.
pub fn security_header(response: &HttpResponse, name: &str) -> Option<String> {
    let mut values: Vec<String> = response
        .headers
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| match name {
            "content-security-policy" => policy(value),
            "strict-transport-security" => directives(value),
            _ => spaced(&value.to_ascii_lowercase()),
        })
        .collect();
    values.sort_unstable();
    values.dedup();
    (!values.is_empty()).then(|| values.join(", "))
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `max-age=31536000; includeSubDomains` (RFC 6797 §6.1).
fn directives(value: &str) -> String {
    let lower = value.to_ascii_lowercase().replace('"', "");
    let mut parts: Vec<String> = lower
        .split(';')
        .map(|part| part.split_whitespace().collect::<String>())
        .filter(|part| !part.is_empty())
        .collect();
    parts.sort_unstable();
    parts.join("; ")
}

fn policy(value: &str) -> String {
    let mut parts: Vec<String> = value
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            let name = words.next()?.to_ascii_lowercase();
            if matches!(name.as_str(), "report-uri" | "report-to") {
                return None;
            }
            let mut sources: Vec<String> = words.map(source).collect();
            sources.sort_unstable();
            sources.dedup();
            Some(std::iter::once(name).chain(sources).collect::<Vec<_>>().join(" "))
        })
        .collect();
    parts.sort_unstable();
    parts.join("; ")
}

fn source(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    for changing in ["'nonce-", "'sha256-", "'sha384-", "'sha512-"] {
        if lower.starts_with(changing) {
            return format!("{changing}…'");
        }
    }
    lower
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Blob, BodyEnd};

    fn value(name: &str, values: &[&str]) -> Option<String> {
        let response = HttpResponse {
            elapsed_us: 1,
            version: "h2".to_owned(),
            status: 200,
            headers: values.iter().map(|value| (name.to_owned(), (*value).to_owned())).collect(),
            body: Blob::new(Vec::new()),
            body_end: BodyEnd::Complete,
            readings: crate::model::Readings::default(),
        };
        security_header(&response, name)
    }

    #[test]
    fn equal_policies_are_equal() {
        let csp = "content-security-policy";
        let hsts = "strict-transport-security";
        for (name, first, second, same) in [
            (
                hsts,
                "max-age=31536000; includeSubDomains",
                "includesubdomains;max-age = \"31536000\"",
                true,
            ),
            (hsts, "max-age=31536000", "max-age=0", false),
            (
                csp,
                "script-src 'nonce-abc' 'self'; img-src *",
                "img-src *;script-src 'self' 'nonce-XyZ'",
                true,
            ),
            (csp, "script-src 'sha256-a='; report-uri /r?1", "script-src 'sha256-b='", true),
            (csp, "script-src 'self'", "script-src 'self' 'unsafe-inline'", false),
            (csp, "default-src 'self'", "default-src 'self'; frame-ancestors 'none'", false),
            ("x-frame-options", "SAMEORIGIN", "sameorigin", true),
            ("x-frame-options", "SAMEORIGIN", "DENY", false),
        ] {
            assert_eq!(value(name, &[first]) == value(name, &[second]), same, "{first} {second}");
        }
        assert_eq!(value(hsts, &[]), None);
        assert_eq!(value(csp, &["a 1", "b 2"]), value(csp, &["b 2", "a 1"]));
    }
}
