//! Ports over both families, errors on the way, and names that lead elsewhere.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::{down, page, servfail, to};
use super::*;

const SIX: &str = "2001:db8::1";
const FOUR: &str = "192.0.2.1";

fn icmp(meaning: IcmpMeaning) -> NetFailure {
    NetFailure::Icmp { icmp_type: 1, icmp_code: 0, from: None, meaning }
}

#[test]
pub(super) fn every_error_on_the_way() {
    use IcmpMeaning::{
        BeyondScope, HopLimitExceeded, NoRoute, Other, PacketTooBig, PolicyFailed, PortUnreachable,
        RejectRoute,
    };
    let mut failures = vec![NetFailure::Closed];
    failures.extend(
        [
            NoRoute,
            BeyondScope,
            PortUnreachable,
            PolicyFailed,
            RejectRoute,
            PacketTooBig,
            HopLimitExceeded,
            Other,
        ]
        .map(icmp),
    );
    for failure in failures {
        let attempts = [Err(failure.clone()), Err(failure.clone())];
        let world = World::new("active").published().connects("[2001:db8::1]:443", &attempts);
        assert_eq!(world.says("reach-port"), (Fail, failure.reason()));
    }
    let (away, ours, no) =
        (NetFailure::TimedOut, NetFailure::NoRoute, icmp(IcmpMeaning::Prohibited));
    for (answers, expected) in [
        ([&no, &no], (Fail, "icmp-error")),
        ([&no, &away], (Fail, "icmp-error")),
        ([&away, &no], (Fail, "icmp-error")),
        ([&ours, &no], (Inconclusive, common::OUR_FAULT)),
        ([&away, &ours], (Inconclusive, common::OUR_FAULT)),
        ([&ours, &away], (Inconclusive, common::OUR_FAULT)),
    ] {
        let mut world = World::new("active").published();
        for (at, answer) in answers.into_iter().enumerate() {
            let address = SIX.parse().unwrap();
            let octets = evidence::reach::SMALL_OCTETS;
            let question = Question::Echo(EchoQuestion { address, payload_octets: octets });
            world.seen(question, at as u8 + 1, Reply::Echo(Err(answer.clone())));
        }
        assert_eq!(world.says("reach-echo"), expected, "{answers:?}");
    }
}

#[test]
pub(super) fn ports_over_both_families() {
    let (up, away) = (&[Ok(())][..], &[Err(NetFailure::TimedOut), Err(NetFailure::TimedOut)][..]);
    let ours = &[Err(NetFailure::NoRoute), Err(NetFailure::NoRoute)][..];
    let mixed = &[Err(NetFailure::TimedOut), Err(NetFailure::NoRoute)][..];
    let wavers = &[Err(NetFailure::TimedOut), Ok(())][..];
    for (six, four, expected) in [
        (up, up, (Pass, "same")),
        (away, away, (Pass, "closed-over-both")),
        (away, up, (Fail, "closed-over-ipv6")),
        (up, away, (Fail, "open-only-over-ipv6")),
        (ours, up, (Inconclusive, common::OUR_FAULT)),
        (up, ours, (Inconclusive, common::OUR_FAULT)),
        (mixed, up, (Inconclusive, common::OUR_FAULT)),
        (up, mixed, (Inconclusive, common::OUR_FAULT)),
        (wavers, up, (Inconclusive, common::FLAKY)),
        (up, wavers, (Inconclusive, common::FLAKY)),
        (up, &[], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        // A port of its own has no plain twin beside it.
        let mut world = World::of("tcp: \"www.example.vn:8443\"").published();
        for (to, attempts) in [("[2001:db8::1]:8443", six), ("192.0.2.1:8443", four)] {
            let address = to.parse().unwrap();
            let question =
                crate::model::ConversationQuestion { address, tls: None, http: None, mss: None };
            for (at, connect) in attempts.iter().enumerate() {
                let connect = connect.clone().map(|()| Connected { elapsed_us: 1 });
                let reply =
                    Reply::Conversation(Box::new(Conversation { connect, tls: None, http: None }));
                world.seen(Question::Conversation(question.clone()), at as u8 + 1, reply);
            }
        }
        let verdict = world.verdict("reach-parity");
        let subject = &verdict.subjects[0];
        assert_eq!((subject.outcome, subject.reason), expected, "{six:?} {four:?}");
    }
    let six = answer(&[address(SIX)]);
    let unknown = World::new("active").dns("www.example.vn", RecordType::AAAA, &six).dns(
        "www.example.vn",
        RecordType::A,
        &servfail(),
    );
    assert_eq!(unknown.says("reach-parity"), (Inconclusive, common::UNRESOLVED));
    let plain = World::of("tcp: \"www.example.vn:389\"").published();
    assert_eq!(plain.says("tls-key-exchange"), (NotApplicable, "no-tls"));
}

#[test]
pub(super) fn a_redirected_name_leads_elsewhere_from_everywhere() {
    let away = &to("https://other.vn/");
    let (stays, ours) = (&page(), &down(NetFailure::NoRoute));
    let says = |six: &[&Conversation], four: &[&Conversation]| {
        let world = World::new("redirected").published();
        let world = world.visits(URL, SIX, six).visits(URL, FOUR, four);
        let world = world.host("other.vn", &["2001:db8::9", "192.0.2.9"]);
        let url = "https://other.vn/";
        world
            .visit(url, "2001:db8::9", stays)
            .visit(url, "192.0.2.9", stays)
            .says("inventory-state")
    };
    for (six, four, expected) in [
        (&[away][..], &[away][..], (Pass, "as-declared")),
        (&[away], &[stays], (Fail, "not-redirected")),
        (&[away], &[ours, ours], (Inconclusive, common::OUR_FAULT)),
        (&[away], &[], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        assert_eq!(says(six, four), expected, "{six:?} {four:?}");
    }
}
