//! The site's plain twin and its other name.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::*;
use super::*;

const SIX: &str = "2001:db8::1";
const FOUR: &str = "192.0.2.1";
const PLAIN: &str = "http://www.example.vn/";
const APEX: &str = "https://example.vn/";

fn ours() -> Conversation {
    down(NetFailure::NoRoute)
}

fn silent() -> Conversation {
    down(NetFailure::TimedOut)
}

/// A redirect of a guard that sets its cookie.
fn with_cookie(location: &str) -> Conversation {
    responds(302, &[("location", location), ("set-cookie", "guard=1")], "")
}

fn refused() -> Conversation {
    down(NetFailure::Refused)
}

#[test]
pub(super) fn what_port_80_does() {
    let up = to(URL);
    let wanders = |last: &Conversation| {
        let next = "http://www.example.vn/a";
        (to(next), last.clone(), next)
    };
    let rows: Vec<(Conversation, Conversation, _)> = vec![
        (up.clone(), up.clone(), (Pass, "redirects")),
        (refused(), refused(), (Pass, "no-plain-http")),
        (page(), page(), (Fail, "stays-plain")),
        (responds(429, &[], ""), up.clone(), (Inconclusive, "challenge")),
        (page(), up.clone(), (Fail, "plain-only-over-ipv6")),
        (refused(), up.clone(), (Fail, "only-over-ipv4")),
        (silent(), up.clone(), (Fail, "only-over-ipv4")),
        // Silence is a closed port only where the address is known to be there.
        (silent(), refused(), (Inconclusive, common::LOWER_LAYER)),
        (ours(), refused(), (Inconclusive, common::OUR_FAULT)),
        // Whether IPv4 redirects has to be known before a closed port is well.
        (refused(), ours(), (Inconclusive, common::OUR_FAULT)),
        (refused(), silent(), (Inconclusive, common::LOWER_LAYER)),
        (broken(NetFailure::Reset), up, (Inconclusive, common::LOWER_LAYER)),
    ];
    for (six, four, expected) in rows {
        let world = World::new("active").published();
        let world = world.visit(PLAIN, SIX, &six).visit(PLAIN, FOUR, &four);
        assert_eq!(world.says("web-https"), expected, "{six:?} {four:?}");
    }
    for (last, expected) in [
        (page(), (Fail, "stays-plain")),
        (ours(), (Inconclusive, common::OUR_FAULT)),
        (silent(), (Inconclusive, common::LOWER_LAYER)),
        (to(PLAIN), (Fail, "stays-plain")),
        (with_cookie(PLAIN), (Inconclusive, "challenge")),
    ] {
        let (first, last, next) = wanders(&last);
        let world = World::new("active")
            .published()
            .visit(PLAIN, SIX, &first)
            .visit(next, SIX, &last)
            .visit(PLAIN, FOUR, &page());
        assert_eq!(world.says("web-https"), expected, "{last:?}");
    }
    // The address answers at the service's own port: what is silent there is a filter.
    let filtered = World::new("active")
        .published()
        .visit(URL, SIX, &page())
        .visit(URL, FOUR, &page())
        .visit(PLAIN, SIX, &silent())
        .visit(PLAIN, FOUR, &silent());
    assert_eq!(filtered.says("web-https"), (Pass, "no-plain-http"));
    let flaky = World::new("active").published().visits(PLAIN, SIX, &[&silent(), &to(URL)]);
    assert_eq!(flaky.says("web-https"), (Inconclusive, common::FLAKY));
    let six = answer(&[address(SIX)]);
    for (a, expected) in
        [(servfail(), (Inconclusive, common::UNRESOLVED)), (answer(&[]), (Pass, "no-plain-http"))]
    {
        let world = World::new("active")
            .dns("www.example.vn", RecordType::AAAA, &six)
            .dns("www.example.vn", RecordType::A, &a)
            .visit(PLAIN, SIX, &refused());
        assert_eq!(world.says("web-https"), expected, "{a:?}");
    }
    let plain = World::of("web: \"http://www.example.vn/\"");
    assert_eq!(plain.says("web-https"), (NotApplicable, "not-https"));
    let own = World::of("web: \"https://www.example.vn:8443/\"");
    assert_eq!(own.says("web-https"), (NotApplicable, "own-port"));
}

#[test]
pub(super) fn the_other_name() {
    let apex = |aaaa: &Reply, a: &Reply| {
        World::new("active").published().dns("example.vn", RecordType::AAAA, aaaa).dns(
            "example.vn",
            RecordType::A,
            a,
        )
    };
    let at = |text: &str| answer(&[("example.vn.", address(text).1)]);
    let (six, four, none) = (at("2001:db8::2"), at("192.0.2.2"), answer(&[]));
    for (aaaa, a, expected) in [
        (&none, &none, (Pass, "one-name")),
        (&nxdomain(), &nxdomain(), (Pass, "one-name")),
        (&none, &four, (Fail, "counterpart-without-ipv6")),
        (&servfail(), &servfail(), (Inconclusive, common::UNRESOLVED)),
        (&nxdomain(), &servfail(), (Inconclusive, common::UNRESOLVED)),
        (&none, &servfail(), (Inconclusive, common::UNRESOLVED)),
        (&servfail(), &none, (Inconclusive, common::UNRESOLVED)),
        (&unasked(), &four, (Inconclusive, common::OUR_FAULT)),
        (&none, &unasked(), (Inconclusive, common::OUR_FAULT)),
        // No name for one type and addresses of the other: one of the two is wrong.
        (&nxdomain(), &four, (Inconclusive, common::FLAKY)),
    ] {
        assert_eq!(apex(aaaa, a).says("web-apex-www"), expected, "{aaaa:?} {a:?}");
    }
    let answers = |seen: &Conversation| apex(&six, &four).visit(APEX, "2001:db8::2", seen);
    let leads = |last: &Conversation| answers(&to(URL)).visit(URL, SIX, last);
    let rows = [
        (answers(&page()), (Pass, "both-work")),
        (leads(&page()), (Pass, "both-work")),
        (answers(&responds(500, &[], "")), (Fail, "counterpart-broken")),
        (answers(&responds(429, &[], "")), (Inconclusive, "challenge")),
        (answers(&silent()), (Fail, "counterpart-broken")),
        (answers(&ours()), (Inconclusive, common::OUR_FAULT)),
        (leads(&silent()), (Fail, "counterpart-broken")),
        (leads(&ours()), (Inconclusive, common::OUR_FAULT)),
        (answers(&to(APEX)), (Fail, "counterpart-broken")),
        (answers(&with_cookie(APEX)), (Inconclusive, "challenge")),
        (answers(&to("http://[fe80::1]/")), (Fail, "counterpart-broken")),
        (apex(&six, &four), (Inconclusive, common::NOT_OBSERVED)),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(world.says("web-apex-www"), *expected, "row {at}");
    }
    let two = answer(&[
        ("example.vn.", address("2001:db8::2").1),
        ("example.vn.", address("2001:db8::3").1),
    ]);
    for (second, expected) in [
        (page(), (Pass, "both-work")),
        (ours(), (Inconclusive, common::OUR_FAULT)),
        (silent(), (Fail, "counterpart-broken")),
    ] {
        let world = apex(&two, &four).visit(APEX, "2001:db8::2", &page()).visit(
            APEX,
            "2001:db8::3",
            &second,
        );
        assert_eq!(world.says("web-apex-www"), expected, "{second:?}");
    }
}

#[test]
pub(super) fn hosts_without_another_name() {
    let deep = |reply: &Reply| {
        World::of("web: \"https://a.so.example.vn/\"").dns(
            "a.so.example.vn",
            RecordType::SOA,
            reply,
        )
    };
    let inside = deep(&negative("example.vn."));
    assert_eq!(inside.says("web-apex-www"), (NotApplicable, "neither-apex-nor-www"));
    // Whether it is the apex of a zone is not known.
    assert_eq!(deep(&servfail()).says("web-apex-www"), (Inconclusive, common::UNRESOLVED));
    assert_eq!(deep(&unasked()).says("web-apex-www"), (Inconclusive, common::OUR_FAULT));
    let unknown = World::of("web: \"https://a.so.example.vn/\"");
    assert_eq!(unknown.says("web-apex-www"), (Inconclusive, common::NOT_OBSERVED));
    let literal = World::of("web: \"https://[2001:db8::1]/\"");
    assert_eq!(literal.says("web-apex-www"), (NotApplicable, "neither-apex-nor-www"));
}
