use proptest::prelude::*;

use super::*;
use crate::model::{Blob, BodyEnd, Readings};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn at() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn response(lines: &[&str]) -> HttpResponse {
    HttpResponse {
        elapsed_us: 1,
        version: "h2".to_owned(),
        status: 302,
        headers: lines.iter().map(|line| ("set-cookie".to_owned(), (*line).to_owned())).collect(),
        body: Blob::new(Vec::new()),
        body_end: BodyEnd::Complete,
        readings: Readings::default(),
    }
}

/// What is sent to `to` after `from` set these.
fn sent(from: &str, lines: &[&str], to: &str) -> Option<String> {
    let mut jar = CookieJar::default();
    jar.note(&url(from), &response(lines), at());
    jar.header(&url(to)).map(|header| header.to_string())
}

#[test]
fn where_cookies_go() {
    let (site, plain) = ("https://www.tinh.gov.vn/a/b", "http://www.tinh.gov.vn/a/b");
    for (from, line, to, expected) in [
        (site, "k=v", site, Some("k=v")),
        (site, "k=v; Secure; HttpOnly; SameSite=Lax", site, Some("k=v")),
        (site, "k=v=w; Path=/", "https://www.tinh.gov.vn/", Some("k=v=w")),
        // Without a path it is that of the directory.
        (site, "k=v", "https://www.tinh.gov.vn/a", Some("k=v")),
        (site, "k=v", "https://www.tinh.gov.vn/", None),
        (site, "k=v; Path=/a", "https://www.tinh.gov.vn/ab", None),
        (site, "k=v; Path=relative", "https://www.tinh.gov.vn/a/c", Some("k=v")),
        // Without a domain it is the host's alone.
        (site, "k=v; Path=/", "https://tinh.gov.vn/", None),
        (site, "k=v; Path=/", "https://sub.www.tinh.gov.vn/", None),
        (site, "k=v; Path=/; Domain=.tinh.gov.vn", "https://tinh.gov.vn/", Some("k=v")),
        (site, "k=v; Path=/; Domain=TINH.gov.vn", "https://so.tinh.gov.vn/", Some("k=v")),
        (site, "k=v; Path=/; Domain=tinh.gov.vn", "https://xtinh.gov.vn/", None),
        // Nobody sets cookies for strangers, nor for everybody.
        (site, "k=v; Path=/; Domain=gov.vn", site, None),
        (site, "k=v; Path=/; Domain=other.vn", site, None),
        ("https://gov.vn/", "k=v; Domain=gov.vn", "https://gov.vn/", Some("k=v")),
        ("https://gov.vn/", "k=v; Domain=gov.vn", "https://tinh.gov.vn/", None),
        ("https://[2001:db8::1]/", "k=v", "https://[2001:db8::1]/", Some("k=v")),
        // What is secure stays so.
        (site, "k=v; Secure; Path=/", plain, None),
        (plain, "k=v; Path=/", site, Some("k=v")),
        (plain, "k=v; Secure; Path=/", site, None),
        (site, "__Secure-k=v; Path=/", site, None),
        (site, "__Secure-k=v; Path=/; Secure", site, Some("__Secure-k=v")),
        (site, "__Host-k=v; Secure", site, None),
        (site, "__Host-k=v; Secure; Path=/", site, Some("__Host-k=v")),
        (site, "__Host-k=v; Secure; Path=/; Domain=tinh.gov.vn", site, None),
        // Expired ones and ones that are none.
        (site, "k=v; Max-Age=0", site, None),
        (site, "k=v; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", site, Some("k=v")),
        (site, "k=v; Expires=Thu, 01 Jan 1970 00:00:00 GMT", site, None),
        (site, "k=v; Expires=Fri, 01 Jan 2038 00:00:00 GMT", site, Some("k=v")),
        (site, "k=v; Expires=never", site, Some("k=v")),
        (site, "alone", site, Some("alone")),
        (site, "=", site, None),
        (site, "", site, None),
        (site, "k=\u{7}v", site, None),
        (site, "k=\u{e1}", site, Some("k=\u{e1}")),
    ] {
        assert_eq!(sent(from, &[line], to).as_deref(), expected, "{from} {line} {to}");
    }
}

#[test]
fn cookies_that_follow_each_other() {
    let site = "https://www.tinh.gov.vn/a/b";
    for (lines, expected) in [
        (&["a=1; Path=/", "b=2; Path=/"][..], Some("a=1; b=2")),
        (&["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"], Some("a=3; b=2")),
        // Longer paths come first.
        (&["a=1; Path=/", "a=2; Path=/a", "c=3; Path=/a/b"], Some("c=3; a=2; a=1")),
        (&["a=1; Path=/", "a=; Path=/; Max-Age=-1"], None),
        (&["a=1; Path=/", "a=; Max-Age=-1"], Some("a=1")),
    ] {
        assert_eq!(sent(site, lines, site).as_deref(), expected, "{lines:?}");
    }
    let mut jar = CookieJar::default();
    jar.note(&url(site), &response(&["a=1; Secure; Path=/"]), at());
    jar.note(&url("http://www.tinh.gov.vn/"), &response(&["a=2; Path=/"]), at());
    assert_eq!(jar.header(&url(site)).as_deref(), Some("a=1"));
}

#[test]
fn a_jar_has_a_bottom() {
    let site = "https://www.tinh.gov.vn/";
    let many: Vec<String> = (0..=COOKIES_MAX).map(|number| format!("c{number}=v")).collect();
    let large: Vec<String> = (0..3).map(|n| format!("c{n}={}", "x".repeat(4000))).collect();
    for (lines, kept) in [(many, COOKIES_MAX), (large, 2)] {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut jar = CookieJar::default();
        jar.note(&url(site), &response(&lines), at());
        assert!(jar.is_full);
        assert_eq!(jar.header(&url(site)).unwrap().split("; ").count(), kept);
    }
    assert_eq!(sent(site, &[&format!("c={}", "x".repeat(5000))], site), None);
}

proptest! {
    #[test]
    fn any_line_is_read(line in "[ -~\u{80}-\u{ff};=]{0,80}") {
        if let Some(header) = sent("https://www.tinh.gov.vn/a", &[&line], "https://www.tinh.gov.vn/a") {
            prop_assert!(!header.chars().any(|octet| octet.is_ascii_control()));
        }
    }
}
