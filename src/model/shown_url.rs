//! URLs of others, as they are shown: without what may be somebody's secret.

use std::fmt::Write as _;

/// Stands for what is cut.
const CUT: &str = "…";

/// A run of so many letters and digits in a path is taken for a token.
const TOKEN_LENGTH: usize = 20;

/// A URL, or any part from its path on, with user information, the values of parameters and what looks like
/// a token in its path replaced by an ellipsis. What a server sends may hold sessions, tickets and
/// passwords of its visitors, and reports are handed on.
///
/// Any text is taken: a `Location` need not be a URL (RFC 9110 §10.2.2).
pub fn shown_url(text: &str) -> String {
    let (text_before, fragment) = cut_off(text, '#');
    let (before, query) = cut_off(text_before, '?');
    let mut shown = String::with_capacity(text.len());
    let path = match before.split_once("//") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            let user = if host.len() < authority.len() { "…@" } else { "" };
            // Writing to a `String` can't fail.
            let _ = write!(shown, "{scheme}//{user}{host}");
            path
        }
        None => before,
    };
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            shown.push('/');
        }
        push_segment(&mut shown, segment);
    }
    if let Some(query) = query {
        shown.push('?');
        push_parameters(&mut shown, query, '&');
    }
    if fragment.is_some_and(|fragment| !fragment.is_empty()) {
        shown.push('#');
        shown.push_str(CUT);
    }
    shown
}

fn cut_off(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// A segment of a path, whose parameters follow it (RFC 3986 §3.3): `list;jsessionid=1A2B`.
fn push_segment(shown: &mut String, segment: &str) {
    let (name, parameters) = cut_off(segment, ';');
    shown.push_str(if is_token(name) { CUT } else { name });
    if let Some(parameters) = parameters {
        shown.push(';');
        push_parameters(shown, parameters, ';');
    }
}

fn push_parameters(shown: &mut String, parameters: &str, separator: char) {
    for (at, parameter) in parameters.split(separator).enumerate() {
        if at > 0 {
            shown.push(separator);
        }
        match parameter.split_once('=') {
            Some((name, value)) => {
                shown.push_str(if is_token(name) { CUT } else { name });
                shown.push('=');
                shown.push_str(if value.is_empty() { "" } else { CUT });
            }
            None => shown.push_str(if parameter.is_empty() { "" } else { CUT }),
        }
    }
}

/// Whether a text holds a long run of letters and digits, with some of both: words of titles are parted by
/// hyphens.
fn is_token(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        run.len() >= TOKEN_LENGTH && digits > 1 && digits < run.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut() {
        for (text, expected) in [
            ("https://www.example.vn/", "https://www.example.vn/"),
            ("https://www.example.vn:8443/vi/tin-tuc", "https://www.example.vn:8443/vi/tin-tuc"),
            ("https://an:mat-khau@www.example.vn/", "https://…@www.example.vn/"),
            ("http://a@b@[2001:db8::1]:80/x", "http://…@[2001:db8::1]:80/x"),
            ("/login?token=abc&lang=&next#top", "/login?token=…&lang=&…#…"),
            ("https://www.example.vn?ticket=ST-1", "https://www.example.vn?ticket=…"),
            ("/list;jsessionid=1A2B/page", "/list;jsessionid=…/page"),
            ("/reset/0f8fad5bd9cb469fa16570867728950e/x", "/reset/…/x"),
            ("/s/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "/s/…"),
            ("/quyet-dinh-so-1234-nam-2026.html", "/quyet-dinh-so-1234-nam-2026.html"),
            ("//an@www.example.vn/x?a=b", "//…@www.example.vn/x?a=…"),
            ("nothing like a URL", "nothing like a URL"),
            ("", ""),
        ] {
            assert_eq!(shown_url(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_is_shown_again(text: String) {
            let shown = shown_url(&text);
            assert_eq!(shown_url(&shown), shown);
        }
    }
}
