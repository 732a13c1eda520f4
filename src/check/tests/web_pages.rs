//! What the front page names and loads.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::*;
use super::*;
use crate::model::BodyEnd;

const SIX: &str = "2001:db8::1";
const SECOND: &str = "2001:db8::9";
/// A third party's server.
const CDN: &str = "cdn.example.com";
const CDN_SIX: &str = "[2001:db8::c]:443";
const CDN_FOUR: &str = "192.0.2.12:443";

fn site(six: &Conversation) -> World {
    World::new("active").published().visit(URL, SIX, six)
}

fn ours() -> Conversation {
    down(NetFailure::NoRoute)
}

fn silent() -> Conversation {
    down(NetFailure::TimedOut)
}

fn guard() -> Conversation {
    html("<script src=\"/_Incapsula_Resource?x\"></script>")
}

/// Bodies that were not read as a whole, and what is to be said of them.
fn half_seen() -> Vec<(Conversation, (Outcome, &'static str))> {
    let coded = [("content-type", "text/html"), ("content-encoding", "gzip")];
    vec![
        (ending(page(), BodyEnd::TimedOut), (Inconclusive, "unreadable")),
        (responds(200, &coded, "no gzip"), (Inconclusive, "unreadable")),
        (ending(page(), BodyEnd::Limit), (Inconclusive, common::LIMIT)),
        (guard(), (Inconclusive, "challenge")),
        (responds(429, &[], ""), (Inconclusive, "challenge")),
        (
            responds(503, &[("content-type", "text/html")], "<p>503"),
            (Inconclusive, common::LOWER_LAYER),
        ),
        (silent(), (Inconclusive, common::LOWER_LAYER)),
        (ours(), (Inconclusive, common::OUR_FAULT)),
    ]
}

#[test]
pub(super) fn ipv4_literals() {
    let csp = [("content-type", "text/html"), ("content-security-policy", "img-src 192.0.2.7")];
    let mut rows = vec![
        (page(), (Pass, "none")),
        (responds(200, &[("content-type", "image/png")], ""), (Pass, "none")),
        (html("<a href=\"http://198.51.100.7/\">x</a>"), (Fail, "in-page")),
        (html("<script>f('http://198.51.100.7/a')</script>"), (Fail, "in-page")),
        (responds(200, &csp, "<p>x"), (Fail, "in-csp")),
        (to("http://198.51.100.7/"), (Fail, "in-redirect")),
    ];
    rows.extend(half_seen());
    for (seen, expected) in rows {
        assert_eq!(site(&seen).says("web-ipv4-literals"), expected, "{seen:?}");
    }
    // What one address shows says nothing of another's page.
    let two = answer(&[address(SIX), address(SECOND)]);
    for (second, expected) in half_seen() {
        let world = World::new("active")
            .dns("www.example.vn", RecordType::AAAA, &two)
            .visit(URL, SIX, &page())
            .visit(URL, SECOND, &second);
        assert_eq!(world.says("web-ipv4-literals"), expected, "{second:?}");
    }
    let later = site(&to("https://other.example.vn/")).host("other.example.vn", &["2001:db8::2"]);
    let later = later.visit("https://other.example.vn/", "2001:db8::2", &ours());
    assert_eq!(later.says("web-ipv4-literals"), (Inconclusive, common::OUR_FAULT));
}

/// A page that loads a script from the third party's server.
fn loads() -> World {
    site(&html("<script src=\"https://cdn.example.com/a.js\"></script>"))
}

#[test]
pub(super) fn servers_that_a_page_loads_from() {
    let up = page();
    let both = || loads().host(CDN, &["2001:db8::c", "192.0.2.12"]);
    let rows = [
        (loads(), (Inconclusive, common::NOT_OBSERVED)),
        (both().reaches(CDN, CDN_SIX, &[&up]), (Pass, "all-over-ipv6")),
        (loads().host(CDN, &["192.0.2.12"]), (Fail, "third-party-without-ipv6")),
        (loads().host(CDN, &[]), (NotApplicable, "dead-link")),
        (both().reaches(CDN, CDN_SIX, &[&silent(), &up]), (Inconclusive, common::FLAKY)),
        (both().reaches(CDN, CDN_SIX, &[&ours(), &ours()]), (Inconclusive, common::OUR_FAULT)),
        (both().reaches(CDN, CDN_SIX, &[&silent(), &ours()]), (Inconclusive, common::OUR_FAULT)),
        (both().reaches(CDN, CDN_SIX, &[&ours(), &silent()]), (Inconclusive, common::OUR_FAULT)),
        (loads().host(CDN, &["fe80::1"]), (Inconclusive, common::NOT_VISITED)),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(world.says("web-subresources"), *expected, "row {at}");
    }
    // A server that fails over IPv6 is judged by what it does over IPv4.
    for (four, expected) in [
        ([&up, &up], (Fail, "third-party-unreachable")),
        ([&silent(), &silent()], (NotApplicable, "dead-link")),
        ([&ours(), &ours()], (Inconclusive, common::OUR_FAULT)),
        ([&silent(), &ours()], (Inconclusive, common::OUR_FAULT)),
    ] {
        let world =
            both().reaches(CDN, CDN_SIX, &[&silent(), &silent()]).reaches(CDN, CDN_FOUR, &four);
        assert_eq!(world.says("web-subresources"), expected, "{four:?}");
    }
    let at = |text: &str| answer(&[("cdn.example.com.", address(text).1)]);
    for (aaaa, a, expected) in [
        (nxdomain(), nxdomain(), (NotApplicable, "dead-link")),
        (nxdomain(), servfail(), (Inconclusive, common::UNRESOLVED)),
        (nxdomain(), at("192.0.2.12"), (Inconclusive, common::FLAKY)),
        (answer(&[]), servfail(), (Inconclusive, common::UNRESOLVED)),
        (answer(&[]), unasked(), (Inconclusive, common::OUR_FAULT)),
        (servfail(), at("192.0.2.12"), (Inconclusive, common::UNRESOLVED)),
        (unasked(), at("192.0.2.12"), (Inconclusive, common::OUR_FAULT)),
        (at("2001:db8::c"), servfail(), (Inconclusive, common::UNRESOLVED)),
        (at("2001:db8::c"), unasked(), (Inconclusive, common::OUR_FAULT)),
        (at("2001:db8::c"), answer(&[]), (NotApplicable, "dead-link")),
    ] {
        let world = loads().dns(CDN, RecordType::AAAA, &aaaa).dns(CDN, RecordType::A, &a).reaches(
            CDN,
            CDN_SIX,
            &[&silent(), &silent()],
        );
        assert_eq!(world.says("web-subresources"), expected, "{aaaa:?} {a:?}");
    }
    let five: Vec<String> = (1..=5).map(|last| format!("2001:db8::c{last}")).collect();
    let five: Vec<&str> = five.iter().map(String::as_str).collect();
    let many = five.iter().take(4).fold(loads().host(CDN, &five), |world, at| {
        world.reaches(CDN, &format!("[{at}]:443"), &[&silent(), &silent()])
    });
    assert_eq!(many.says("web-subresources"), (Inconclusive, common::LIMIT));

    let own = |addresses: &[&str]| {
        site(&html("<img src=\"https://img.example.vn/a.png\">"))
            .host("img.example.vn", addresses)
            .reaches("img.example.vn", "[2001:db8::a]:443", &[&silent(), &silent()])
            .reaches("img.example.vn", "192.0.2.10:443", &[&up])
    };
    assert_eq!(own(&["192.0.2.10"]).says("web-subresources"), (Fail, "own-without-ipv6"));
    let fails = own(&["2001:db8::a", "192.0.2.10"]);
    assert_eq!(fails.says("web-subresources"), (Fail, "own-unreachable"));
}

#[test]
pub(super) fn pages_that_hide_what_they_load() {
    let picture = responds(200, &[("content-type", "image/png")], "");
    let mut rows =
        vec![(page(), (Pass, "own-server-only")), (picture.clone(), (NotApplicable, "not-text"))];
    rows.extend(half_seen());
    for (seen, expected) in rows {
        assert_eq!(site(&seen).says("web-subresources"), expected, "{seen:?}");
    }
    let sheet = format!("{URL}s.css");
    let css = |body: &str| responds(200, &[("content-type", "text/css")], body);
    for (seen, expected) in [
        (css("p { color: red }"), (Pass, "own-server-only")),
        (css("p { background: url(https://192.0.2.7/x) }"), (Fail, "third-party-without-ipv6")),
        (responds(404, &[], ""), (Pass, "own-server-only")),
        (ending(css("p {}"), BodyEnd::Limit), (Inconclusive, common::LIMIT)),
        (ending(css("p {}"), BodyEnd::TimedOut), (Inconclusive, "unreadable")),
        (silent(), (Inconclusive, "unreadable")),
        (ours(), (Inconclusive, common::OUR_FAULT)),
    ] {
        let world = site(&html("<link rel=stylesheet href=s.css>")).visit(&sheet, SIX, &seen);
        assert_eq!(world.says("web-subresources"), expected, "{seen:?}");
    }
    let many: String = (0..17).map(|n| format!("<link rel=stylesheet href={n}.css>")).collect();
    let many = (0..17)
        .fold(site(&html(&many)), |world, n| world.visit(&format!("{URL}{n}.css"), SIX, &css("")));
    assert_eq!(many.says("web-subresources"), (Inconclusive, common::LIMIT));
    // One address shows no text, and what another would show is not known.
    let world = World::new("active")
        .dns("www.example.vn", RecordType::AAAA, &answer(&[address(SIX), address(SECOND)]))
        .visit(URL, SIX, &picture)
        .visit(URL, SECOND, &ours());
    assert_eq!(world.says("web-subresources"), (Inconclusive, common::OUR_FAULT));
}
