//! HTTP responses and the pages in them.

use url::Url;
use v6ready::evidence::web::http3::advertised;
use v6ready::evidence::web::page::{
    SECURITY_HEADERS, Treatment, is_challenge, page, readable, security_header, style_sheet,
};
use v6ready::model::{Blob, BodyEnd, HttpResponse, Readings};
use v6ready::probe::decoders;

/// A response over HTTP/1.1.
pub fn http1(octets: &[u8]) {
    if let Ok(response) = decoders::http(octets, false) {
        fields(&response);
    }
}

/// A response over HTTP/2, with everything that the server sends before it.
pub fn http2(octets: &[u8]) {
    if let Ok(response) = decoders::http(octets, true) {
        fields(&response);
    }
}

fn fields(response: &HttpResponse) {
    let _ = advertised(response);
    for name in SECURITY_HEADERS {
        let _ = security_header(response, name);
    }
}

/// The type and the coding of a body, a line each, and the body.
pub fn http_body(octets: &[u8]) {
    let mut parts = octets.splitn(3, |octet| *octet == b'\n');
    let mut next = || parts.next().unwrap_or_default();
    let (kind, coding, body) = (next(), next(), next());
    for body_end in [BodyEnd::Complete, BodyEnd::Limit] {
        let fields = [("content-type", kind), ("content-encoding", coding)];
        read(&response(&fields, body, body_end));
    }
}

/// A page.
pub fn html(octets: &[u8]) {
    read(&response(&[("content-type", b"text/html; charset=utf-8")], octets, BodyEnd::Complete));
}

/// A style sheet.
pub fn css(octets: &[u8]) {
    let response = response(&[("content-type", b"text/css")], octets, BodyEnd::Complete);
    if let Ok(references) = &*style_sheet(&response, &address()) {
        assert!(references.iter().all(|reference| reference.url.has_host()));
    }
}

fn read(response: &HttpResponse) {
    let url = address();
    let page = page(response, &url);
    if let Ok(page) = page.as_ref() {
        let treatment = Treatment::of(&url, response, page);
        for reference in &page.references {
            let _ = treatment.loading(reference);
        }
        let _ = page.words.likeness(&page.words);
    }
    let _ = is_challenge(response, &url);
    let _ = readable(response, &url);
    let _ = style_sheet(response, &url);
}

fn address() -> Url {
    Url::parse("https://www.example/a/b?c").unwrap_or_else(|error| panic!("{error}"))
}

fn response(fields: &[(&str, &[u8])], body: &[u8], body_end: BodyEnd) -> HttpResponse {
    let latin1 = |octets: &[u8]| octets.iter().copied().map(char::from).collect::<String>();
    HttpResponse {
        elapsed_us: 1,
        version: "HTTP/1.1".to_owned(),
        status: 200,
        headers: fields.iter().map(|(name, value)| ((*name).to_owned(), latin1(value))).collect(),
        body: Blob::new(body),
        body_end,
        readings: Readings::default(),
    }
}
