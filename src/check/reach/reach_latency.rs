//! Is connecting over IPv6 about as fast as over IPv4?

use super::helpers::{rounds, socket};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::query::Gap;
use crate::evidence::reach::Rounds;
use crate::model::{Family, Outcome, Severity, State, Subject, Verdict};

/// How much later an IPv6 handshake may end than IPv4's: the delay after which a client that knows
/// both begins a connection over IPv4 (RFC 8305 §5), in microseconds.
const LATER_MAX_US: u64 = 250_000;

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-latency",
    sources: &["RFC 8305 §5"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("comparable"),
        Reason::fail("slower"),
        Reason::inconclusive("too-few-attempts"),
        Reason::inconclusive("one-was-fast"),
    ],
    doc: Doc::new(include_str!("reach_latency.en.md"), include_str!("reach_latency.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    if context.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    let ipv6 = rounds(context, Family::Ipv6)?;
    let ipv4 = rounds(context, Family::Ipv4)?;
    // The fastest IPv4 address is what a client would go over to.
    let fastest = ipv4.iter().filter_map(Rounds::median_us).min();
    let gap_over_ipv4 = ipv4.iter().find_map(Rounds::gap);
    let subjects = ipv6.iter().map(|rounds| subject(rounds, fastest, gap_over_ipv4)).collect();
    let cite = ipv6.iter().chain(&ipv4).flat_map(|rounds| rounds.observations.iter().copied());
    Ok(Verdict::worst_of(subjects, "comparable", common::NO_IPV6).citing(cite.collect::<Vec<_>>()))
}

fn subject(rounds: &Rounds, ipv4_us: Option<u64>, gap_over_ipv4: Option<Gap>) -> Subject {
    let subject = |outcome, reason, detail| socket(rounds.address, outcome, reason, detail);
    if let Some(gap) = rounds.gap().or(gap_over_ipv4) {
        return subject(Outcome::Inconclusive, common::reason_of(gap), Vec::new());
    }
    let (Some(ipv6_us), Some(ipv4_us)) = (rounds.median_us(), ipv4_us) else {
        return subject(Outcome::Inconclusive, common::LOWER_LAYER, Vec::new());
    };
    let detail = vec![("ipv6-ms", milliseconds(ipv6_us)), ("ipv4-ms", milliseconds(ipv4_us))];
    let is_slower = |ipv6_us: u64| ipv6_us.saturating_sub(ipv4_us) > LATER_MAX_US;
    let fastest_is_slower = rounds.fastest_us().is_some_and(is_slower);
    let is_alone = rounds.answered() == 1 && rounds.outcomes.len() > 1;
    match (is_slower(ipv6_us), fastest_is_slower) {
        // One slow answer is no median: reach-port tells of those that were lost.
        (true, true) if is_alone => {
            let is_ours = rounds.counted() < rounds.outcomes.len();
            let reason = if is_ours { common::OUR_FAULT } else { "too-few-attempts" };
            subject(Outcome::Inconclusive, reason, detail)
        }
        (true, true) => subject(Outcome::Fail, "slower", detail),
        // One attempt was fast: the others may have waited for our own machine.
        (true, false) => subject(Outcome::Inconclusive, "one-was-fast", detail),
        (false, _) => subject(Outcome::Pass, "comparable", detail),
    }
}

fn milliseconds(microseconds: u64) -> String {
    format!("{:.1}", microseconds as f64 / 1000.0)
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::world::World;
    use crate::model::NetFailure;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[medians_of_both_families_are_compared];

    #[test]
    fn medians_of_both_families_are_compared() {
        let away = Err(NetFailure::Refused);
        let of = |state: &str, ipv6: [Result<u64, NetFailure>; 2], ipv4: [u64; 2]| {
            let world = World::new(state)
                .published()
                .connects("[2001:db8::1]:443", &[Ok(())])
                .connects("192.0.2.1:443", &[Ok(())]);
            let world = world.later_connects("[2001:db8::1]:443", &ipv6);
            world.later_connects("192.0.2.1:443", &ipv4.map(Ok)).outcome_of("reach-latency")
        };
        assert_eq!(of("active", [Ok(250_000), Ok(250_001)], [9, 1]), (Pass, "comparable"));
        let slow = |first: u64, rest: u64| {
            let world = World::new("active").published().connects("192.0.2.1:443", &[Ok(())]);
            let world = world.connects_in("[2001:db8::1]:443", first);
            let world = world.later_connects("[2001:db8::1]:443", &[Ok(rest), Ok(rest)]);
            world.later_connects("192.0.2.1:443", &[Ok(1), Ok(1)]).outcome_of("reach-latency")
        };
        assert_eq!(slow(250_002, 250_002), (Fail, "slower"));
        assert_eq!(slow(1, 250_002), (Inconclusive, "one-was-fast"));
        let lost = |rest: [Result<u64, NetFailure>; 2]| {
            let world = World::new("active").published().connects("192.0.2.1:443", &[Ok(())]);
            let world = world.connects_in("[2001:db8::1]:443", 250_002);
            let world = world.later_connects("[2001:db8::1]:443", &rest);
            world.later_connects("192.0.2.1:443", &[Ok(1), Ok(1)]).outcome_of("reach-latency")
        };
        assert_eq!(lost([Ok(250_002), away.clone()]), (Fail, "slower"));
        assert_eq!(lost([away.clone(), away.clone()]), (Inconclusive, "too-few-attempts"));
        let ours = Err(NetFailure::NoRoute);
        assert_eq!(lost([away.clone(), ours]), (Inconclusive, common::OUR_FAULT));
        // One slow answer among three is no slow service, and neither is one beside a refusal.
        assert_eq!(of("active", [Ok(9_000_000), Ok(2)], [1, 1]), (Pass, "comparable"));
        assert_eq!(of("active", [Ok(9_000_000), away], [1, 1]), (Pass, "comparable"));
        assert_eq!(of("ipv6-only", [Ok(1), Ok(1)], [1, 1]), (NotApplicable, common::NO_IPV4));
        let world = World::new("active").published().connects("[2001:db8::1]:443", &[Ok(())]);
        assert_eq!(world.outcome_of("reach-latency"), (Inconclusive, common::NOT_OBSERVED));
    }
}
