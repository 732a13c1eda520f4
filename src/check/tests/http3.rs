//! HTTP/3 where it is promised.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::conversations::*;
use super::*;
use crate::model::{BodyEnd, HttpResponse, QuicFailure, QuicQuestion, QuicSession, Readings};

/// The front page, with what it says of alternatives.
fn page(alternatives: Option<&str>) -> Conversation {
    let headers = alternatives.map(|text| ("alt-svc".to_owned(), text.to_owned()));
    let response = HttpResponse {
        elapsed_us: 1,
        version: "h2".to_owned(),
        status: 200,
        headers: headers.into_iter().collect(),
        body: Blob::new(Vec::new()),
        body_end: BodyEnd::Complete,
        readings: Readings::default(),
    };
    Conversation { http: Some(Ok(response)), ..secured(session(&[])) }
}

type Quic = Result<QuicSession, QuicFailure>;

fn ok() -> Quic {
    Ok(QuicSession { elapsed_us: 1, alpn: Some("h3".to_owned()), chain: Vec::new() })
}

fn net(failure: NetFailure) -> Quic {
    Err(QuicFailure::Net { failure })
}

impl World {
    fn quic(mut self, to: &str, attempts: &[Quic]) -> Self {
        let question = QuicQuestion { address: to.parse().unwrap(), host: host() };
        for (at, seen) in attempts.iter().enumerate() {
            let reply = Reply::Quic(seen.clone());
            self.seen(Question::Quic(question.clone()), at as u8 + 1, reply);
        }
        self
    }
}

const H3: &str = "h3=\":443\"; ma=86400";

fn promised() -> World {
    World::new("active").published().talks(SIX, &[page(Some(H3))]).talks(FOUR, &[page(Some(H3))])
}

#[test]
pub(super) fn what_comes_of_a_promise() {
    let text = String::new;
    let silent = || net(NetFailure::TimedOut);
    let icmp = || {
        net(NetFailure::Icmp {
            icmp_type: 1,
            icmp_code: 1,
            from: None,
            meaning: IcmpMeaning::Prohibited,
        })
    };
    let ours = || net(NetFailure::NoRoute);
    let refused = || Err(QuicFailure::Refused { code: 0x128, detail: text() });
    for (over_six, over_four, expected) in [
        (vec![ok()], vec![], (Pass, "answers")),
        (vec![silent(), silent()], vec![ok()], (Fail, "silent")),
        (vec![silent(), silent()], vec![silent(), silent()], (Inconclusive, "silent-over-both")),
        (vec![silent(), silent()], vec![], (Inconclusive, "silent-over-both")),
        (vec![refused()], vec![ok()], (Fail, "refused")),
        (vec![icmp(), icmp()], vec![], (Fail, "network-error")),
        (vec![Err(QuicFailure::VersionMismatch)], vec![], (Fail, "not-quic")),
        (vec![Err(QuicFailure::NotQuic { detail: text() })], vec![], (Fail, "not-quic")),
        // A datagram that is lost is no contradiction; one that is turned down is.
        (vec![silent(), ok()], vec![], (Pass, "answers")),
        (vec![icmp(), ok()], vec![], (Inconclusive, common::FLAKY)),
        (vec![ours(), ok()], vec![], (Pass, "answers")),
        (vec![ours(), ours()], vec![ok()], (Inconclusive, common::OUR_FAULT)),
        (
            vec![Err(QuicFailure::Ours { detail: text() })],
            vec![ok()],
            (Inconclusive, common::OUR_FAULT),
        ),
        (vec![ours(), silent()], vec![ok()], (Fail, "silent")),
        (vec![silent(), ours()], vec![ok()], (Fail, "silent")),
        (vec![silent()], vec![ok()], (Inconclusive, common::NOT_OBSERVED)),
        (vec![], vec![ok()], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = promised().quic(SIX, &over_six).quic(FOUR, &over_four);
        assert_eq!(world.says("web-http3"), expected, "{over_six:?} {over_four:?}");
    }
}

#[test]
pub(super) fn alternatives_elsewhere() {
    let to = |alternatives: &str| {
        World::new("active").published().talks(SIX, &[page(Some(alternatives))])
    };
    let at = |name: &'static str, text: &str| answer(&[(name, address(text).1)]);
    const ELSEWHERE: &str = "h3=\"cdn.example:443\"";
    for (aaaa, expected) in [
        (at("cdn.example.", "2001:db8::2"), (Pass, "answers")),
        (answer(&[]), (Fail, "alternative-without-ipv6")),
        (message(ResponseCode::ServFail, &[]), (Inconclusive, common::UNRESOLVED)),
        (Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
        (at("cdn.example.", "fd00::1"), (Inconclusive, common::NOT_VISITED)),
    ] {
        let world = to(ELSEWHERE).dns("cdn.example", RecordType::AAAA, &aaaa);
        assert_eq!(world.quic(SIX_TOO, &[ok()]).says("web-http3"), expected, "{aaaa:?}");
    }
    assert_eq!(to(ELSEWHERE).says("web-http3"), (Inconclusive, common::NOT_OBSERVED));
    // More alternatives than are looked at, and more addresses of one.
    let three = to("h3=\":443\", h3=\":444\", h3=\":445\"");
    let three = three.quic(SIX, &[ok()]).quic("[2001:db8::1]:444", &[ok()]);
    assert_eq!(three.says("web-http3"), (Inconclusive, common::LIMIT));
    let both = answer(&[
        ("cdn.example.", address("2001:db8::2").1),
        ("cdn.example.", address("2001:db8::3").1),
    ]);
    let mut many = to(ELSEWHERE).dns("cdn.example", RecordType::AAAA, &both);
    many.inventory.settings.limits.addresses = 1;
    assert_eq!(many.quic(SIX_TOO, &[ok()]).says("web-http3"), (Inconclusive, common::LIMIT));
}

#[test]
pub(super) fn without_a_promise() {
    let seen = |attempts: &[Conversation]| {
        World::new("active").published().talks(SIX, attempts).says("web-http3")
    };
    assert_eq!(seen(&[page(None)]), (NotApplicable, "not-advertised"));
    assert_eq!(seen(&[page(Some("h3=\":443\", clear"))]), (NotApplicable, "not-advertised"));
    assert_eq!(seen(&[broken(alert())]), (Inconclusive, common::LOWER_LAYER));
    assert_eq!(seen(&[]), (Inconclusive, common::NOT_OBSERVED));
    let ours = vec![down(NetFailure::NoRoute); 2];
    assert_eq!(seen(&ours), (Inconclusive, common::OUR_FAULT));
    let plain = World::of("web: \"http://www.example.vn/\"").published();
    assert_eq!(plain.says("web-http3"), (NotApplicable, "no-tls"));
    let other = World::of("ssh: www.example.vn").published();
    assert_eq!(other.says("web-http3"), (NotApplicable, common::OTHER_KIND));
}
