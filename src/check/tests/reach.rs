//! The reachability checks.

use super::conversations::*;
use super::*;
use crate::model::ConversationQuestion;

#[test]
pub(super) fn every_way_not_to_connect_has_its_own_reason() {
    use Outcome::{Fail, Inconclusive, Pass};
    let icmp = |meaning| NetFailure::Icmp { icmp_type: 1, icmp_code: 0, from: None, meaning };
    let failed = |failure: NetFailure| vec![Err(failure.clone()), Err(failure)];
    for (attempts, expected) in [
        (vec![Ok(())], (Pass, "open")),
        (failed(NetFailure::Refused), (Fail, "refused")),
        (failed(NetFailure::TimedOut), (Fail, "timed-out")),
        (failed(NetFailure::Reset), (Fail, "reset")),
        (failed(NetFailure::Closed), (Fail, "closed")),
        (failed(icmp(IcmpMeaning::NoRoute)), (Fail, "icmp-no-route")),
        (failed(icmp(IcmpMeaning::Prohibited)), (Fail, "icmp-prohibited")),
        (failed(icmp(IcmpMeaning::BeyondScope)), (Fail, "icmp-beyond-scope")),
        (failed(icmp(IcmpMeaning::AddressUnreachable)), (Fail, "icmp-address-unreachable")),
        (failed(icmp(IcmpMeaning::PortUnreachable)), (Fail, "icmp-port-unreachable")),
        (failed(icmp(IcmpMeaning::PolicyFailed)), (Fail, "icmp-policy-failed")),
        (failed(icmp(IcmpMeaning::RejectRoute)), (Fail, "icmp-reject-route")),
        (failed(icmp(IcmpMeaning::PacketTooBig)), (Fail, "icmp-packet-too-big")),
        (failed(icmp(IcmpMeaning::HopLimitExceeded)), (Fail, "icmp-hop-limit-exceeded")),
        (failed(icmp(IcmpMeaning::Other)), (Fail, "icmp-other")),
        (vec![Err(NetFailure::NoRoute), Err(NetFailure::Refused)], (Fail, "refused")),
        (vec![Err(NetFailure::Refused), Err(NetFailure::NoRoute)], (Fail, "refused")),
        (vec![Err(NetFailure::NoRoute), Ok(())], (Pass, "open")),
        // Ours, and what isn't settled yet, is never held against the target.
        (failed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
        (failed(NetFailure::NotPermitted), (Inconclusive, common::OUR_FAULT)),
        (vec![Err(NetFailure::TimedOut), Ok(())], (Inconclusive, common::FLAKY)),
        (vec![Err(NetFailure::TimedOut)], (Inconclusive, common::NOT_OBSERVED)),
        (vec![], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = World::new("active").published().connects("[2001:db8::1]:443", &attempts);
        assert_eq!(world.says("reach-port"), expected, "{attempts:?}");
    }
    // A port that takes connections is open, whatever our own side then makes of TLS.
    let ours = vec![cut(exhausted()); 2];
    let world = World::new("active").published().talks(SIX, &ours);
    assert_eq!(world.says("reach-port"), (Pass, "open"));
    let private = World::new("active").addressed(&["fd00::1"]);
    assert_eq!(private.says("reach-port"), (Inconclusive, common::NOT_VISITED));
}

#[test]
pub(super) fn ports_over_both_families() {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let (open, closed) = (|| vec![up()], || vec![down(NetFailure::Refused); 2]);
    let ours = || vec![down(NetFailure::NoRoute); 2];
    let flaky = || vec![down(NetFailure::TimedOut), up()];
    for (over_six, over_four, expected) in [
        (open(), open(), (Pass, "same")),
        (closed(), closed(), (Pass, "closed-over-both")),
        (closed(), open(), (Fail, "closed-over-ipv6")),
        (open(), closed(), (Fail, "open-only-over-ipv6")),
        (vec![cut(exhausted()); 2], open(), (Pass, "same")),
        (ours(), open(), (Inconclusive, common::OUR_FAULT)),
        (open(), ours(), (Inconclusive, common::OUR_FAULT)),
        (closed(), ours(), (Inconclusive, common::OUR_FAULT)),
        (flaky(), open(), (Inconclusive, common::FLAKY)),
        (open(), flaky(), (Inconclusive, common::FLAKY)),
        (open(), vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![], open(), (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = World::new("active")
            .published()
            .talks(SIX, &over_six)
            .talks(FOUR, &over_four)
            .talks_plainly("[2001:db8::1]:80", &over_six)
            .talks_plainly("192.0.2.1:80", &over_four);
        let verdict = world.verdict("reach-parity");
        let said = (verdict.outcome, verdict.subjects[0].reason);
        assert_eq!(said, expected, "{over_six:?} {over_four:?}");
    }
    let over_six_only = World::new("active").addressed(&["2001:db8::1"]).talks(SIX, &open());
    let broken = message(ResponseCode::ServFail, &[]);
    let unknown = World::new("active")
        .dns("www.example.vn", RecordType::AAAA, &answer(&[address("2001:db8::1")]))
        .dns("www.example.vn", RecordType::A, &broken)
        .talks(SIX, &open());
    for id in ["reach-parity", "reach-latency"] {
        assert_eq!(over_six_only.says(id), (NotApplicable, common::NO_IPV4), "{id}");
        assert_eq!(unknown.says(id), (Inconclusive, common::UNRESOLVED), "{id}");
    }
}

/// Connections after the first conversation.
fn later(mut world: World, to: &str, attempts: &[Result<u64, NetFailure>]) -> World {
    let address = to.parse().unwrap();
    let question =
        Question::Conversation(ConversationQuestion { address, tls: None, http: None, mss: None });
    for (at, connect) in attempts.iter().enumerate() {
        let connect = connect.clone().map(|elapsed_us| Connected { elapsed_us });
        let seen = Conversation { connect, tls: None, http: None };
        world.seen(question.clone(), at as u8 + 2, Reply::Conversation(Box::new(seen)));
    }
    world
}

#[test]
pub(super) fn rounds_tell_flapping_from_down() {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let (up, away, ours) = (Ok(1), Err(NetFailure::TimedOut), Err(NetFailure::NoRoute));
    for (first, rounds, expected) in [
        (Ok(()), [up.clone(), up.clone()], (Pass, "stable")),
        (Ok(()), [away.clone(), up.clone()], (Fail, "flapping")),
        (Err(NetFailure::TimedOut), [up.clone(), up.clone()], (Fail, "flapping")),
        (Err(NetFailure::TimedOut), [away.clone(), away.clone()], (NotApplicable, "down")),
        (Err(NetFailure::TimedOut), [ours.clone(), ours.clone()], (NotApplicable, "down")),
        (Ok(()), [ours.clone(), up.clone()], (Inconclusive, common::OUR_FAULT)),
        (Err(NetFailure::NoRoute), [ours.clone(), ours], (Inconclusive, common::OUR_FAULT)),
    ] {
        let attempts = if first.is_ok() { vec![first] } else { vec![first.clone(), first] };
        let world = World::new("active").published().connects("[2001:db8::1]:443", &attempts);
        let world = later(world, "[2001:db8::1]:443", &rounds);
        assert_eq!(world.says("reach-stable"), expected, "{attempts:?} {rounds:?}");
    }
    // Connections that were taken one right after the other are no rounds, whosever fault it was
    // that more were needed.
    let hasty = World::new("active").published().talks(SIX, &vec![cut(exhausted()); 2]);
    assert_eq!(hasty.says("reach-stable"), (Inconclusive, common::NOT_OBSERVED));
    let asked_once = World::new("active").published().connects("[2001:db8::1]:443", &[Ok(())]);
    assert_eq!(asked_once.says("reach-stable"), (Inconclusive, common::NOT_OBSERVED));
    let mut one_round = asked_once;
    one_round.inventory.settings.rounds = 1;
    assert_eq!(one_round.says("reach-stable"), (Inconclusive, "too-few-attempts"));
}

#[test]
pub(super) fn medians_of_both_families_are_compared() {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let away = Err(NetFailure::Refused);
    let of = |state: &str, ipv6: [Result<u64, NetFailure>; 2], ipv4: [u64; 2]| {
        let world = World::new(state)
            .published()
            .connects("[2001:db8::1]:443", &[Ok(())])
            .connects("192.0.2.1:443", &[Ok(())]);
        let world = later(world, "[2001:db8::1]:443", &ipv6);
        later(world, "192.0.2.1:443", &ipv4.map(Ok)).says("reach-latency")
    };
    assert_eq!(of("active", [Ok(250_000), Ok(250_001)], [9, 1]), (Pass, "comparable"));
    let slow = |first: u64, rest: u64| {
        let world = World::new("active").published().connects("192.0.2.1:443", &[Ok(())]);
        let world = world.connects_in("[2001:db8::1]:443", first);
        let world = later(world, "[2001:db8::1]:443", &[Ok(rest), Ok(rest)]);
        later(world, "192.0.2.1:443", &[Ok(1), Ok(1)]).says("reach-latency")
    };
    assert_eq!(slow(250_002, 250_002), (Fail, "slower"));
    assert_eq!(slow(1, 250_002), (Inconclusive, common::FLAKY));
    // One slow answer among three is no slow service, and neither is one beside a refusal.
    assert_eq!(of("active", [Ok(9_000_000), Ok(2)], [1, 1]), (Pass, "comparable"));
    assert_eq!(of("active", [Ok(9_000_000), away], [1, 1]), (Pass, "comparable"));
    assert_eq!(of("ipv6-only", [Ok(1), Ok(1)], [1, 1]), (NotApplicable, common::NO_IPV4));
    let world = World::new("active").published().connects("[2001:db8::1]:443", &[Ok(())]);
    assert_eq!(world.says("reach-latency"), (Inconclusive, common::NOT_OBSERVED));
}

#[test]
pub(super) fn without_addresses_there_is_nothing_to_reach() {
    let none = World::new("active").dns("www.example.vn", RecordType::AAAA, &answer(&[]));
    assert_eq!(none.says("reach-port"), (Outcome::NotApplicable, common::NO_IPV6));
    let unknown = message(ResponseCode::ServFail, &[]);
    let unknown = World::new("active").dns("www.example.vn", RecordType::AAAA, &unknown);
    for id in ["reach-port", "address-global", "tls-trusted", "web-answers"] {
        assert_eq!(unknown.says(id), (Outcome::Inconclusive, common::UNRESOLVED), "{id}");
    }
}

#[test]
pub(super) fn echoes_are_told_apart_and_a_missing_right_is_ours() {
    use Outcome::{Fail, Inconclusive, Pass};
    let silent = || Err(NetFailure::TimedOut);
    let reply = || Ok(Echoed { elapsed_us: 1 });
    let icmp = || {
        Err(NetFailure::Icmp {
            icmp_type: 1,
            icmp_code: 1,
            from: None,
            meaning: IcmpMeaning::Prohibited,
        })
    };
    for (small, large, expected) in [
        (vec![reply()], vec![reply()], (Pass, "answers")),
        (vec![silent(), reply()], vec![silent(), reply()], (Pass, "answers")),
        (vec![silent(), silent()], vec![], (Fail, "no-reply")),
        (vec![reply()], vec![silent(), silent()], (Fail, "only-small")),
        (vec![Err(NetFailure::NotPermitted)], vec![], (Inconclusive, "no-icmp-socket")),
        (vec![icmp(), icmp()], vec![], (Fail, "icmp-error")),
        (vec![Err(NetFailure::NoRoute); 2], vec![], (Inconclusive, common::OUR_FAULT)),
        (vec![reply()], vec![Err(NetFailure::NoRoute); 2], (Inconclusive, common::OUR_FAULT)),
        (vec![silent()], vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![reply()], vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![], vec![], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let mut world = World::new("active").published();
        let sizes = [(facts::SMALL_OCTETS, &small), (facts::LARGE_OCTETS, &large)];
        for (payload_octets, answers) in sizes {
            for (at, answer) in answers.iter().enumerate() {
                let address = "2001:db8::1".parse().unwrap();
                let question = Question::Echo(EchoQuestion { address, payload_octets });
                world.seen(question, at as u8 + 1, Reply::Echo(answer.clone()));
            }
        }
        assert_eq!(world.says("reach-echo"), expected, "{small:?} {large:?}");
        // Where no connection could leave, no echo request did.
        let ours = vec![down(NetFailure::NoRoute); 2];
        if expected.0 == Fail {
            let world = world.talks(SIX, &ours);
            assert_eq!(world.says("reach-echo"), (Inconclusive, common::OUR_FAULT), "{small:?}");
        }
    }
    let mail = World::of("mail: example.vn");
    assert_eq!(mail.says("reach-echo"), (Outcome::NotApplicable, common::OTHER_KIND));
}

#[test]
pub(super) fn small_packets_tell_a_black_hole_from_a_slow_server() {
    use crate::model::{BodyEnd, HttpResponse};
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let with = |octets| session(&[Blob::new(vec![0; octets])]);
    let question = |mss| {
        Question::Conversation(ConversationQuestion {
            address: "[2001:db8::1]:636".parse().unwrap(),
            tls: Some(host()),
            http: None,
            mss,
        })
    };
    let fell_silent = || cut(NetFailure::TimedOut);
    let answered = |octets| secured(with(octets));
    let page = |body_end| {
        let response = HttpResponse {
            elapsed_us: 1,
            version: "HTTP/1.1".to_owned(),
            status: 200,
            headers: Vec::new(),
            body: Blob::new(vec![b'.'; 10]),
            body_end,
            readings: crate::model::Readings::default(),
        };
        Conversation { http: Some(Ok(response)), ..answered(900) }
    };
    let stalls = || page(BodyEnd::TimedOut);
    for (usual, small, expected) in [
        (answered(2000), None, (Pass, "large-data-arrives")),
        (answered(900), None, (NotApplicable, "nothing-large")),
        (fell_silent(), Some(answered(900)), (Fail, "black-hole")),
        (fell_silent(), Some(fell_silent()), (NotApplicable, "silent-with-small-packets-too")),
        (stalls(), Some(page(BodyEnd::Complete)), (Fail, "black-hole")),
        (stalls(), Some(stalls()), (NotApplicable, "silent-with-small-packets-too")),
        (fell_silent(), None, (Inconclusive, common::NOT_OBSERVED)),
        // What is turned down is not silent, and what our own side breaks off says nothing.
        (fell_silent(), Some(down(NetFailure::Refused)), (Inconclusive, common::LOWER_LAYER)),
        (fell_silent(), Some(broken(alert())), (Inconclusive, common::LOWER_LAYER)),
        (fell_silent(), Some(down(NetFailure::NoRoute)), (Inconclusive, common::OUR_FAULT)),
        (fell_silent(), Some(cut(exhausted())), (Inconclusive, common::OUR_FAULT)),
        (down(NetFailure::TimedOut), None, (Inconclusive, common::LOWER_LAYER)),
        (down(NetFailure::NoRoute), None, (Inconclusive, common::OUR_FAULT)),
    ] {
        let talk = |seen: &Conversation| Reply::Conversation(Box::new(seen.clone()));
        let mut world = World::of("tls: \"www.example.vn:636\"").published();
        for attempt in 1..=2 {
            world.seen(question(None), attempt, talk(&usual));
            if let Some(small) = &small {
                world.seen(question(Some(1208)), attempt, talk(small));
            }
        }
        assert_eq!(world.says("reach-pmtu"), expected, "{usual:?} {small:?}");
    }
    // One silence beside a failure of ours is no black hole.
    let mut half = World::of("tls: \"www.example.vn:636\"").published();
    for (mss, attempt, seen) in
        [(None, 1, fell_silent()), (None, 2, cut(exhausted())), (Some(1208), 1, answered(900))]
    {
        half.seen(question(mss), attempt, Reply::Conversation(Box::new(seen)));
    }
    assert_eq!(half.says("reach-pmtu"), (Inconclusive, common::OUR_FAULT));
}
