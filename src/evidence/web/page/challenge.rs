//! Pages that a guard puts in front of the page: rate limits and "are you a robot?".

use std::sync::Arc;

use url::Url;

use super::body::Unreadable;
use super::document::{Page, page};
use crate::model::{FactTopic, HttpResponse};

/// Header fields by which guards say so themselves: name and what the value contains.
const FIELDS: &[(&str, &str)] = &[
    // Cloudflare, developers.cloudflare.com/cloudflare-challenges/
    ("cf-mitigated", "challenge"),
    // AWS WAF, docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge.html
    ("x-amzn-waf-action", ""),
    // DataDome
    ("x-datadome", ""),
];

/// Texts that only the pages of guards contain (lower case).
const MARKS: &[&str] = &[
    "/cdn-cgi/challenge-platform/",
    "_incapsula_resource",
    "sucuri_cloudproxy_js",
    "ddos-guard",
    "captcha-delivery.com",
    "px-captcha",
    "awswafcookiedomainlist",
    "g-recaptcha",
    "h-captcha",
    "checking your browser",
];

/// A guard's page has hardly any text of its own; the same marks inside a full page are its forms.
const GUARD_WORDS_MAX: usize = 120;

/// Whether the response at a URL is a guard's.
#[derive(PartialEq, Eq)]
struct IsChallengeAt(Url);

impl FactTopic for IsChallengeAt {
    type Reading = bool;
}

/// Whether this is not the page but a guard in front of it: 429 (RFC 6585 §4), a guard's own
/// header field, or a short page with a guard's marks.
pub fn is_challenge(response: &HttpResponse, url: &Url) -> bool {
    *response.readings.reading_of(IsChallengeAt(url.clone()), || looks_like_a_guard(response, url))
}

fn looks_like_a_guard(response: &HttpResponse, url: &Url) -> bool {
    if response.status == 429 {
        return true;
    }
    let says = |(name, value): &(&str, &str)| {
        response.header(name).is_some_and(|v| v.to_ascii_lowercase().contains(value))
    };
    // Guards answer with an error, or with 202 (AWS); 200 only where a script does the rest.
    if response.status != 200 && FIELDS.iter().any(says) {
        return true;
    }
    let body = response.body.bytes();
    let is_marked = || {
        let text = String::from_utf8_lossy(body).to_ascii_lowercase();
        MARKS.iter().any(|mark| text.contains(mark))
    };
    // A redirect is followed, not read.
    if (300..400).contains(&response.status) || !is_marked() {
        return false;
    }
    page(response, url).as_ref().as_ref().is_ok_and(|page| page.words.len() <= GUARD_WORDS_MAX)
}

/// As [`page`], but a guard in front of the page is not the page.
pub fn readable(response: &HttpResponse, url: &Url) -> Arc<Result<Page, Unreadable>> {
    if is_challenge(response, url) {
        return Arc::new(Err(Unreadable::Challenge));
    }
    page(response, url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Blob, BodyEnd};

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let mut headers: Vec<_> =
            headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        headers.push(("content-type".to_owned(), "text/html".to_owned()));
        HttpResponse {
            elapsed_us: 1,
            version: "h2".to_owned(),
            status,
            headers,
            body: Blob::new(body.as_bytes().to_vec()),
            body_end: BodyEnd::Complete,
            readings: crate::model::Readings::default(),
        }
    }

    #[test]
    fn a_guard_is_told_from_a_page() {
        let url = Url::parse("https://www.example.vn/").unwrap();
        let cloudflare = "<title>Just a moment...</title><script \
            src=/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1></script>";
        let form = format!("<p>{}</p><div class=g-recaptcha></div>", "lời nói đầu ".repeat(60));
        for (seen, expected) in [
            (response(429, &[], ""), true),
            (response(403, &[("cf-mitigated", "challenge")], ""), true),
            (response(503, &[], cloudflare), true),
            (response(200, &[], "<script src=/_Incapsula_Resource?x></script>"), true),
            (response(403, &[], "<h1>Forbidden</h1>"), false),
            (response(503, &[], "<h1>Bảo trì hệ thống</h1>"), false),
            (response(200, &[("x-datadome", "protected")], "<h1>Trang chủ</h1>"), false),
            (response(200, &[], &form), false),
            (response(302, &[], cloudflare), false),
        ] {
            assert_eq!(is_challenge(&seen, &url), expected, "{seen:?}");
        }
    }
}
