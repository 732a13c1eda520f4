//! The site's answers over IPv6, beside those over IPv4.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::*;
use super::*;
use crate::model::{HttpFailure, TlsFailure};

const SIX: &str = "2001:db8::1";
const FOUR: &str = "192.0.2.1";
const OTHER: &str = "https://other.example.vn/";

fn ours() -> NetFailure {
    NetFailure::NoRoute
}

fn theirs() -> NetFailure {
    NetFailure::TimedOut
}

/// A site that answers so, by attempts over IPv6, and over IPv4.
fn site(six: &[&Conversation], four: &Conversation) -> World {
    World::new("active").published().visits(URL, SIX, six).visit(URL, FOUR, four)
}

/// A site that redirects to another host over IPv6, which answers so.
fn elsewhere(target: &[&Conversation]) -> World {
    site(&[&to(OTHER)], &page()).host("other.example.vn", &["2001:db8::2"]).visits(
        OTHER,
        "2001:db8::2",
        target,
    )
}

#[test]
pub(super) fn answers_of_each_address() {
    let large = no_http(HttpFailure::HeadersTooLarge);
    let stranger = no_http(HttpFailure::NotHttp { detail: "220 ftp".to_owned() });
    let library = no_tls(TlsFailure::Ours { detail: "?".to_owned() });
    let (away, mine) = (broken(theirs()), broken(ours()));
    for (six, expected) in [
        (vec![&page()], (Pass, "answers")),
        (vec![&to(OTHER)], (Pass, "answers")),
        (vec![&responds(503, &[], "")], (Fail, "error-status")),
        // A guard is in the way of scanners; what browsers get is not known.
        (vec![&responds(403, &[("cf-mitigated", "challenge")], "")], (Inconclusive, "challenge")),
        (vec![&responds(429, &[], "")], (Inconclusive, "challenge")),
        (vec![&away, &away], (Fail, "no-response")),
        (vec![&stranger], (Fail, "not-http")),
        (vec![&large], (Inconclusive, common::LIMIT)),
        (vec![&mine, &mine], (Inconclusive, common::OUR_FAULT)),
        (vec![&away, &mine], (Inconclusive, common::OUR_FAULT)),
        (vec![&mine, &away], (Inconclusive, common::OUR_FAULT)),
        (vec![&mine, &page()], (Pass, "answers")),
        (vec![&library], (Inconclusive, common::OUR_FAULT)),
        (vec![&away, &page()], (Inconclusive, common::FLAKY)),
        (vec![&page(), &responds(503, &[], "")], (Inconclusive, common::FLAKY)),
        (vec![&away], (Inconclusive, common::NOT_OBSERVED)),
        (vec![&down(theirs()), &down(theirs())], (Inconclusive, common::LOWER_LAYER)),
    ] {
        assert_eq!(site(&six, &page()).says("web-answers"), expected, "{six:?}");
    }
    let declared = format!("web: \"{URL}\", expect_status: 401");
    for (status, expected) in [(401, (Pass, "answers")), (200, (Fail, "unexpected-status"))] {
        let world = World::of(&declared).published().visit(URL, SIX, &responds(status, &[], ""));
        assert_eq!(world.says("web-answers"), expected, "{status}");
    }
}

#[test]
pub(super) fn status_and_url_over_both_families() {
    let (away, mine) = (down(theirs()), down(ours()));
    let here = |path: &str| to(&format!("{URL}{path}"));
    let moved = |path: &str| {
        let at = format!("{URL}{path}");
        site(&[&here(path)], &here("a")).visit(&at, SIX, &page()).visit(
            &format!("{URL}a"),
            FOUR,
            &page(),
        )
    };
    let rows = [
        (site(&[&page()], &page()), (Pass, "same")),
        (moved("a"), (Pass, "same")),
        (moved("b"), (Fail, "different-url")),
        (site(&[&responds(404, &[], "")], &page()), (Fail, "different-status")),
        (elsewhere(&[&away, &away]), (Fail, "only-over-ipv4")),
        // What our own machine could not ask is unknown, at whatever hop and attempt.
        (elsewhere(&[&mine, &mine]), (Inconclusive, common::OUR_FAULT)),
        (elsewhere(&[&away, &mine]), (Inconclusive, common::OUR_FAULT)),
        (elsewhere(&[&mine, &away]), (Inconclusive, common::OUR_FAULT)),
        (elsewhere(&[&away]), (Inconclusive, common::NOT_OBSERVED)),
        (site(&[&mine, &mine], &page()), (Inconclusive, common::OUR_FAULT)),
        (site(&[&away, &away], &page()), (Inconclusive, common::LOWER_LAYER)),
        (site(&[&page()], &mine), (Inconclusive, common::OUR_FAULT)),
        (site(&[&page()], &away), (Inconclusive, "no-common-ground")),
        (site(&[&responds(429, &[], "")], &page()), (Inconclusive, "challenge")),
        (site(&[&page()], &responds(429, &[], "")), (Inconclusive, "challenge")),
        (site(&[&page(), &responds(503, &[], "")], &page()), (Inconclusive, common::FLAKY)),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(world.says("web-status-parity"), *expected, "row {at}");
    }
    let unresolved = site(&[&to(OTHER)], &page());
    for (reply, expected) in [
        (servfail(), (Inconclusive, common::UNRESOLVED)),
        (unasked(), (Inconclusive, common::OUR_FAULT)),
        (answer(&[]), (Fail, "only-over-ipv4")),
    ] {
        let world = site(&[&to(OTHER)], &page()).dns("other.example.vn", RecordType::AAAA, &reply);
        assert_eq!(world.says("web-status-parity"), expected, "{reply:?}");
    }
    assert_eq!(unresolved.says("web-status-parity"), (Inconclusive, common::NOT_OBSERVED));
    let only = World::new("ipv6-only").published();
    assert_eq!(only.says("web-status-parity"), (NotApplicable, common::NO_IPV4));
}

#[test]
pub(super) fn redirects_over_ipv6() {
    let (away, mine) = (down(theirs()), down(ours()));
    let first = |location: &str| site(&[&to(location)], &page());
    let endless = (0..12).fold(first(&format!("{URL}0")), |world, step| {
        world.visit(&format!("{URL}{step}"), SIX, &to(&format!("{URL}{}", step + 1)))
    });
    let two = |second: &Conversation| {
        first(OTHER)
            .host("other.example.vn", &["2001:db8::2", "2001:db8::3"])
            .visit(OTHER, "2001:db8::2", &page())
            .visit(OTHER, "2001:db8::3", second)
    };
    let cookie = responds(302, &[("location", URL), ("set-cookie", "guard=1")], "");
    assert_eq!(site(&[&cookie], &page()).says("web-status-parity"), (Inconclusive, "challenge"));
    let rows = [
        (site(&[&page()], &page()), (Pass, "none")),
        (elsewhere(&[&page()]), (Pass, "followed")),
        (elsewhere(&[&away, &away]), (Fail, "target-unreachable")),
        (elsewhere(&[&away, &mine]), (Inconclusive, common::OUR_FAULT)),
        (elsewhere(&[&away, &page()]), (Inconclusive, common::FLAKY)),
        (two(&page()), (Pass, "followed")),
        (two(&away), (Fail, "target-unreachable")),
        (two(&mine), (Inconclusive, common::OUR_FAULT)),
        (first("http://192.0.2.9/"), (Fail, "target-without-ipv6")),
        (first(OTHER).host("other.example.vn", &[]), (Fail, "target-without-ipv6")),
        (first(URL), (Fail, "loop")),
        // A browser brings the cookie along and may get further.
        (site(&[&cookie], &page()), (Inconclusive, "challenge")),
        (first("ftp://www.example.vn/"), (Fail, "bad-location")),
        (first("http://[fe80::1]/"), (Fail, "to-private-address")),
        (first("http://169.254.169.254/latest"), (Fail, "to-private-address")),
        (
            first(OTHER).dns("other.example.vn", RecordType::AAAA, &servfail()),
            (Inconclusive, "target-unresolved"),
        ),
        (
            first(OTHER).dns("other.example.vn", RecordType::AAAA, &unasked()),
            (Inconclusive, common::OUR_FAULT),
        ),
        (endless, (Inconclusive, common::LIMIT)),
        (site(&[&away, &away], &page()), (Inconclusive, common::LOWER_LAYER)),
        (site(&[&mine, &away], &page()), (Inconclusive, common::OUR_FAULT)),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(world.says("web-redirects"), *expected, "row {at}");
    }
}

#[test]
pub(super) fn addresses_beyond_the_limit() {
    let limited =
        |six: &Conversation| {
            let both = answer(&[address(SIX), address("2001:db8::9")]);
            let mut world = World::new("active")
                .dns("www.example.vn", RecordType::AAAA, &both)
                .dns("www.example.vn", RecordType::A, &answer(&[address(FOUR)]));
            world.inventory.settings.limits.addresses = 1;
            world.visit(URL, SIX, six).visit(URL, FOUR, &page())
        };
    for id in [
        "web-answers",
        "web-status-parity",
        "web-content-parity",
        "web-headers-parity",
        "web-redirects",
        "web-ipv4-literals",
    ] {
        assert_eq!(limited(&page()).says(id), (Inconclusive, common::LIMIT), "{id}");
    }
    // What fails at one address fails; a client is served when another leads to the end.
    let fails = limited(&responds(503, &[], ""));
    assert_eq!(fails.says("web-answers"), (Fail, "error-status"));
    assert_eq!(fails.says("ipv6-only-usable"), (Inconclusive, common::LIMIT));
}
