//! The reachability checks.

use super::builders::no_tls;
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
        (failed(icmp(IcmpMeaning::Prohibited)), (Fail, "icmp-prohibited")),
        (failed(icmp(IcmpMeaning::AddressUnreachable)), (Fail, "icmp-address-unreachable")),
        (failed(icmp(IcmpMeaning::HopLimitExceeded)), (Fail, "icmp-hop-limit-exceeded")),
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
    let ours = crate::model::TlsFailure::Ours { detail: String::new() };
    let world = World::new("active").published().visits(URL, "2001:db8::1", &[&no_tls(ours)]);
    assert_eq!(world.says("reach-port"), (Pass, "open"));
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
    // Connections that were taken one right after the other are no rounds.
    let ours = crate::model::TlsFailure::Net { failure: NetFailure::NoRoute };
    let hasty = World::new("active").published();
    let hasty = hasty.visits(URL, "2001:db8::1", &[&no_tls(ours.clone()), &no_tls(ours)]);
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
    for (small, large, expected) in [
        (vec![reply()], vec![reply()], (Pass, "answers")),
        (vec![silent(), reply()], vec![silent(), reply()], (Pass, "answers")),
        (vec![silent(), silent()], vec![], (Fail, "no-reply")),
        (vec![reply()], vec![silent(), silent()], (Fail, "only-small")),
        (vec![Err(NetFailure::NotPermitted)], vec![], (Inconclusive, "no-icmp-socket")),
        (vec![Err(NetFailure::NoRoute); 2], vec![], (Inconclusive, common::OUR_FAULT)),
        (vec![silent()], vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![reply()], vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![], vec![], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let mut world = World::new("active").published();
        let sizes =
            [(evidence::reach::SMALL_OCTETS, &small), (evidence::reach::LARGE_OCTETS, &large)];
        for (payload_octets, answers) in sizes {
            for (at, answer) in answers.iter().enumerate() {
                let address = "2001:db8::1".parse().unwrap();
                let question = Question::Echo(EchoQuestion { address, payload_octets });
                world.seen(question, at as u8 + 1, Reply::Echo(answer.clone()));
            }
        }
        assert_eq!(world.says("reach-echo"), expected, "{small:?} {large:?}");
    }
}

#[test]
pub(super) fn small_packets_tell_a_black_hole_from_a_slow_server() {
    use crate::model::{BodyEnd, HttpResponse, TlsFailed, TlsFailure, TlsSession};
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    let silent =
        TlsFailed { failure: TlsFailure::Net { failure: NetFailure::TimedOut }, chain: Vec::new() };
    let session = |octets| TlsSession {
        elapsed_us: 1,
        version: "TLSv1.3".to_owned(),
        cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
        group: None,
        alpn: None,
        chain: vec![Blob::new(vec![0; octets])],
        ocsp: None,
    };
    let question = |mss| {
        Question::Conversation(ConversationQuestion {
            address: "[2001:db8::1]:636".parse().unwrap(),
            tls: Some(crate::model::Host::Name(Name::from_presentation("www.example.vn"))),
            http: None,
            mss,
        })
    };
    let talk = |connect, tls| {
        let seen = Conversation { connect, tls, http: None };
        Reply::Conversation(Box::new(seen))
    };
    let up = || Ok(Connected { elapsed_us: 1 });
    let fell_silent = || talk(up(), Some(Err(silent.clone())));
    let answered = |octets| talk(up(), Some(Ok(session(octets))));
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
        let seen =
            Conversation { connect: up(), tls: Some(Ok(session(900))), http: Some(Ok(response)) };
        Reply::Conversation(Box::new(seen))
    };
    let reset = || {
        let failure = TlsFailure::Net { failure: NetFailure::Reset };
        talk(up(), Some(Err(TlsFailed { failure, chain: Vec::new() })))
    };
    let (ours, gone) =
        (talk(Err(NetFailure::NoRoute), None), talk(Err(NetFailure::TimedOut), None));
    let says = |usual: &[&Reply], small: &[&Reply], again: Option<&Reply>| {
        let mut world = World::of("tls: \"www.example.vn:636\"").published();
        for (at, reply) in usual.iter().enumerate() {
            world.seen(question(None), at as u8 + 1, (*reply).clone());
        }
        for (at, reply) in small.iter().enumerate() {
            world.seen(question(Some(1208)), at as u8 + 1, (*reply).clone());
        }
        if let Some(again) = again {
            world.seen(question(None), 3, again.clone());
        }
        let service = &world.inventory.services[0];
        let asked = world.view().requests_of(|view| {
            let family = crate::model::Family::Ipv6;
            let contacts = evidence::service::endpoint_contacts(view, service, family);
            evidence::reach::large_data(view, &contacts.main[0]);
        });
        (world.says("reach-pmtu"), asked.contains(&Request::nth(question(None), 3)))
    };
    let (silent, little, much) = (&fell_silent(), &answered(900), &answered(2000));
    let (stalls, whole) = (&page(BodyEnd::TimedOut), &page(BodyEnd::Complete));
    let (reset, ours, gone) = (&reset(), &ours, &gone);
    let both = [silent; 2];
    let black_hole = (Fail, "black-hole");
    let flaky = (Inconclusive, common::FLAKY);
    let too = (NotApplicable, "silent-with-small-packets-too");
    let not_observed = (Inconclusive, common::NOT_OBSERVED);
    let our_fault = (Inconclusive, common::OUR_FAULT);
    for (usual, small, again, expected) in [
        (&[much][..], &[][..], None, (Pass, "large-data-arrives")),
        (&[little], &[], None, (NotApplicable, "nothing-large")),
        (&[silent, little], &[], None, (NotApplicable, "nothing-large")),
        (&both, &[little], Some(silent), black_hole),
        (&[stalls], &[whole], Some(stalls), black_hole),
        // What works the next time was no black hole.
        (&both, &[little], Some(much), (Pass, "large-data-arrives")),
        (&both, &[little], Some(little), (NotApplicable, "nothing-large")),
        (&[stalls], &[whole], Some(whole), (NotApplicable, "nothing-large")),
        (&both, &[little], Some(reset), flaky),
        (&both, &[little], Some(gone), flaky),
        (&both, &[little], Some(ours), our_fault),
        (&[stalls], &[whole], Some(ours), our_fault),
        (&both, &[silent, little], Some(silent), flaky),
        (&both, &[gone, gone], None, flaky),
        (&both, &[reset, reset], None, flaky),
        (&both, &both, None, too),
        (&[stalls], &[stalls], None, too),
        (&both, &[ours, ours], None, our_fault),
        (&both, &[silent, ours], None, our_fault),
        (&both, &[], None, not_observed),
        (&[silent, reset], &[], None, flaky),
        (&[reset, silent], &[], None, flaky),
        (&[gone, silent], &[little], Some(silent), flaky),
        (&[silent, ours], &[little], Some(silent), our_fault),
        (&[ours, silent], &[little], Some(silent), our_fault),
        (&[gone, gone], &[], None, (Inconclusive, common::LOWER_LAYER)),
        (&[ours, ours], &[], None, our_fault),
    ] {
        let said = says(usual, small, again);
        assert_eq!(said, (expected, false), "{usual:?} {small:?} {again:?}");
    }
    // Only after small packets made the difference is it asked once more, and then never again.
    for (usual, small) in [(&both[..], little), (&[stalls], whole)] {
        assert_eq!(says(usual, &[small], None), (not_observed, true));
    }
}
