//! Pages of both families side by side, and HTTP/3 beside TCP.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::*;
use super::*;
use crate::model::{BodyEnd, Host, QuicFailure, QuicQuestion, QuicSession};

const SIX: &str = "2001:db8::1";
const FOUR: &str = "192.0.2.1";

fn ours() -> Conversation {
    down(NetFailure::NoRoute)
}

fn silent() -> Conversation {
    down(NetFailure::TimedOut)
}

fn both(six: &[&Conversation], four: &[&Conversation]) -> World {
    World::new("active").published().visits(URL, SIX, six).visits(URL, FOUR, four)
}

/// Rows in which there is nothing to compare, for each check that compares pages.
fn not_compared(id: &str) {
    let elsewhere = to("https://other.example.vn/");
    let later = |last: &Conversation| {
        both(&[&elsewhere], &[&page()]).host("other.example.vn", &["2001:db8::2"]).visit(
            "https://other.example.vn/",
            "2001:db8::2",
            last,
        )
    };
    let rows = [
        (both(&[&silent(), &silent()], &[&page()]), (Inconclusive, "not-comparable")),
        (both(&[&ours(), &ours()], &[&page()]), (Inconclusive, common::OUR_FAULT)),
        (both(&[&silent(), &ours()], &[&page()]), (Inconclusive, common::OUR_FAULT)),
        (both(&[&page()], &[&ours(), &ours()]), (Inconclusive, common::OUR_FAULT)),
        (both(&[&page()], &[]), (Inconclusive, common::NOT_OBSERVED)),
        (later(&ours()), (Inconclusive, common::OUR_FAULT)),
        (later(&silent()), (Inconclusive, "not-comparable")),
        (both(&[&responds(429, &[], "")], &[&page()]), (Inconclusive, "challenge")),
        (both(&[&page()], &[&responds(429, &[], "")]), (Inconclusive, "challenge")),
    ];
    for (at, (world, expected)) in rows.iter().enumerate() {
        assert_eq!(world.says(id), *expected, "{id} row {at}");
    }
    assert_eq!(World::new("ipv6-only").published().says(id), (NotApplicable, common::NO_IPV4));
}

#[test]
pub(super) fn words_over_both_families() {
    let id = "web-content-parity";
    not_compared(id);
    let other = html("<title>It works!</title><p>The default page of a server nobody set up");
    let third = html("<title>Bảo trì</title><p>Hệ thống đang được bảo trì, xin quay lại sau");
    let picture = responds(200, &[("content-type", "image/png")], "");
    let cut_off = ending(page(), BodyEnd::TimedOut);
    for (six, four, expected) in [
        (vec![&page()], vec![&page()], (Pass, "same")),
        (vec![&other], vec![&page()], (Inconclusive, common::NOT_OBSERVED)),
        (vec![&other, &other], vec![&page(), &page()], (Fail, "different")),
        (vec![&other, &page()], vec![&page(), &page()], (Pass, "same")),
        (vec![&other, &third], vec![&page(), &page()], (Inconclusive, "varies")),
        (vec![&cut_off], vec![&page()], (Inconclusive, "unreadable")),
        (vec![&picture], vec![&picture], (NotApplicable, "not-text")),
        (vec![&picture], vec![&page()], (Inconclusive, "unreadable")),
        (vec![&page()], vec![&picture], (Inconclusive, "unreadable")),
        (vec![&picture], vec![&cut_off], (Inconclusive, "unreadable")),
    ] {
        assert_eq!(both(&six, &four).says(id), expected, "{six:?} {four:?}");
    }
}

#[test]
pub(super) fn security_headers_over_both_families() {
    let id = "web-headers-parity";
    not_compared(id);
    let sends = |headers: &[(&str, &str)]| responds(200, headers, "");
    let hsts = sends(&[("strict-transport-security", "max-age=31536000")]);
    let short = sends(&[("strict-transport-security", "max-age=1")]);
    let sniff = sends(&[("x-content-type-options", "nosniff")]);
    let none = sends(&[]);
    for (six, four, expected) in [
        (vec![&hsts], vec![&hsts], (Pass, "same")),
        (vec![&none], vec![&hsts], (Inconclusive, common::NOT_OBSERVED)),
        (vec![&none, &none], vec![&hsts, &hsts], (Fail, "missing-over-ipv6")),
        (vec![&short, &short], vec![&hsts, &hsts], (Fail, "different")),
        (vec![&hsts, &hsts], vec![&none, &none], (Fail, "only-over-ipv6")),
        (vec![&none, &hsts], vec![&hsts, &hsts], (Pass, "same")),
        (vec![&none], vec![&hsts, &short], (Inconclusive, "no-common-ground")),
        // Each look differs, in another header.
        (vec![&hsts, &sniff], vec![&none, &none], (Inconclusive, common::FLAKY)),
        // What is missing each time is missing, whatever else comes and goes.
        (vec![&sniff, &none], vec![&hsts, &hsts], (Fail, "missing-over-ipv6")),
    ] {
        assert_eq!(both(&six, &four).says(id), expected, "{six:?} {four:?}");
    }
}

fn quic(mut world: World, at: &str, attempts: &[&Result<QuicSession, QuicFailure>]) -> World {
    let host = Host::Name(Name::from_presentation("www.example.vn"));
    let address = SocketAddr::new(at.parse().unwrap(), 443);
    for (attempt, seen) in attempts.iter().enumerate() {
        let question = Question::Quic(QuicQuestion { address, host: host.clone() });
        world.seen(question, attempt as u8 + 1, Reply::Quic((*seen).clone()));
    }
    world
}

#[test]
pub(super) fn http3_where_it_is_advertised() {
    let id = "web-http3";
    let advertises = |value: &str| responds(200, &[("alt-svc", value)], "");
    let world = || {
        let page = advertises("h3=\":443\"; ma=60");
        both(&[&page], &[&page])
    };
    let up = Ok(QuicSession { elapsed_us: 1, alpn: Some("h3".to_owned()), chain: Vec::new() });
    let net = |failure| Err(QuicFailure::Net { failure });
    let (away, mine) = (net(NetFailure::TimedOut), net(NetFailure::NoRoute));
    let refused = Err(QuicFailure::Refused { code: 0x128, detail: String::new() });
    let strange = Err(QuicFailure::NotQuic { detail: String::new() });
    let library = Err(QuicFailure::Ours { detail: String::new() });
    for (six, four, expected) in [
        (vec![&up], vec![&up], (Pass, "answers")),
        // A datagram that is lost is no contradiction; one that is turned down is.
        (vec![&away, &up], vec![&up], (Pass, "answers")),
        (vec![&net(NetFailure::Refused), &up], vec![&up], (Inconclusive, common::FLAKY)),
        (vec![&away, &away], vec![&up], (Fail, "silent")),
        (vec![&away, &away], vec![&away, &away], (Inconclusive, "silent-over-both")),
        (vec![&refused], vec![&up], (Fail, "refused")),
        (vec![&strange], vec![&up], (Fail, "not-quic")),
        (vec![&Err(QuicFailure::VersionMismatch)], vec![&up], (Fail, "not-quic")),
        (vec![&net(NetFailure::Refused); 2], vec![&up], (Fail, "network-error")),
        (vec![&mine, &refused], vec![&up], (Fail, "refused")),
        (vec![&mine, &mine], vec![&up], (Inconclusive, common::OUR_FAULT)),
        (vec![&away, &mine], vec![&up], (Inconclusive, common::OUR_FAULT)),
        (vec![&mine, &away], vec![&up], (Inconclusive, common::OUR_FAULT)),
        (vec![&library], vec![&up], (Inconclusive, common::OUR_FAULT)),
        (vec![&away], vec![&up], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let seen = quic(quic(world(), SIX, &six), FOUR, &four);
        assert_eq!(seen.says(id), expected, "{six:?} {four:?}");
    }
    assert_eq!(both(&[&page()], &[&page()]).says(id), (NotApplicable, "not-advertised"));
    let away = both(&[&silent(), &silent()], &[&page()]);
    assert_eq!(away.says(id), (Inconclusive, common::LOWER_LAYER));
    let plain = World::of("web: \"http://www.example.vn/\"");
    assert_eq!(plain.says(id), (NotApplicable, "no-tls"));
    let other = || both(&[&advertises("h3=\"alt.example.vn:443\"")], &[&page()]);
    let missing = other().host("alt.example.vn", &["192.0.2.3"]);
    assert_eq!(missing.says(id), (Fail, "alternative-without-ipv6"));
    for (reply, expected) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
        let world = other().dns("alt.example.vn", RecordType::AAAA, &reply);
        assert_eq!(world.says(id), (Inconclusive, expected));
    }
}
