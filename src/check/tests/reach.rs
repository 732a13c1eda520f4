//! The reachability checks.

use super::*;

#[test]
fn every_way_not_to_connect_has_its_own_reason() {
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
}

#[test]
fn without_addresses_there_is_nothing_to_reach() {
    let none = World::new("active").dns("www.example.vn", RecordType::AAAA, &answer(&[]));
    assert_eq!(none.says("reach-port"), (Outcome::NotApplicable, common::NO_IPV6));
    let unknown = message(ResponseCode::ServFail, &[]);
    let unknown = World::new("active").dns("www.example.vn", RecordType::AAAA, &unknown);
    for id in ["reach-port", "address-global", "tls-trusted", "web-answers"] {
        assert_eq!(unknown.says(id), (Outcome::Inconclusive, common::UNRESOLVED), "{id}");
    }
}

#[test]
fn echoes_are_told_apart_and_a_missing_right_is_ours() {
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
        let sizes = [(facts::SMALL_OCTETS, &small), (facts::LARGE_OCTETS, &large)];
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
