//! Does every IPv6 address accept a connection on the declared port?

use super::helpers::{rounds, socket};
use super::senders::verdict_over_main_port;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::reach::Rounds;
use crate::evidence::service::Steadiness;
use crate::model::{Family, NetFailure, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-port",
    sources: &["NIST USGv6 \"operational\"", "RFC 9293 §3.5", "RFC 4443 §3"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("open"),
        Reason::pass(common::SOME_KNOWN),
        Reason::fail("flapping"),
        Reason::fail("refused"),
        Reason::fail("timed-out"),
        Reason::fail("reset"),
        Reason::fail("closed"),
        Reason::fail("icmp-no-route"),
        Reason::fail("icmp-prohibited"),
        Reason::fail("icmp-beyond-scope"),
        Reason::fail("icmp-address-unreachable"),
        Reason::fail("icmp-port-unreachable"),
        Reason::fail("icmp-policy-failed"),
        Reason::fail("icmp-reject-route"),
        Reason::fail("icmp-packet-too-big"),
        Reason::fail("icmp-hop-limit-exceeded"),
        Reason::fail("icmp-other"),
        Reason::fail_as(common::SOME_FAIL, Severity::Warning),
    ],
    doc: Doc::new(include_str!("reach_port.en.md"), include_str!("reach_port.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let rounds = rounds(context, Family::Ipv6)?;
    let subjects = rounds.iter().map(subject).collect();
    let cite: Vec<_> =
        rounds.iter().flat_map(|rounds| rounds.observations.iter().copied()).collect();
    Ok(verdict_over_main_port(context, subjects, "open")?.citing(cite))
}

fn subject(rounds: &Rounds) -> Subject {
    let subject = |outcome, reason, detail| socket(rounds.address, outcome, reason, detail);
    if let Some(gap) = rounds.gap_of_first_contact() {
        return subject(Outcome::Inconclusive, common::reason_of(gap), Vec::new());
    }
    let steadiness = rounds.steadiness();
    let first = rounds.of_first_contact();
    match (steadiness, first.iter().find_map(|connect| connect.as_ref().ok())) {
        (Steadiness::Flapping { .. }, _) => {
            subject(Outcome::Fail, "flapping", steadiness.detail().into_iter().collect())
        }
        // Whether one lost attempt is the exception is only known after the last round.
        (Steadiness::OneLost { .. }, Some(_)) if rounds.is_pending => {
            subject(Outcome::Inconclusive, common::NOT_OBSERVED, Vec::new())
        }
        (_, Some(elapsed_us)) => {
            let milliseconds = format!("{:.1}", *elapsed_us as f64 / 1000.0);
            let detail = [("connect-ms", milliseconds)].into_iter().chain(steadiness.detail());
            subject(Outcome::Pass, "open", detail.collect())
        }
        (_, None) => subject_of_failure(rounds),
    }
}

/// What an address shows that took no connection.
fn subject_of_failure(rounds: &Rounds) -> Subject {
    let mut failures =
        rounds.of_first_contact().iter().filter_map(|connect| connect.as_ref().err());
    match failures.rfind(|failure| !failure.is_ours()) {
        Some(failure) => {
            let detail = match failure {
                NetFailure::Icmp { from: Some(from), .. } => vec![("from", from.to_string())],
                _ => Vec::new(),
            };
            socket(rounds.address, Outcome::Fail, failure.reason(), detail)
        }
        None => socket(rounds.address, Outcome::Inconclusive, common::OUR_FAULT, Vec::new()),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::reach::senders::tests::ports_of_several_exchangers;
    use crate::check::testing::web::no_tls;
    use crate::check::testing::world::{URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{IcmpMeaning, NetFailure, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] = &[
        every_way_not_to_connect_has_its_own_reason,
        every_error_on_the_way,
        ports_of_several_exchangers,
    ];

    fn icmp(meaning: IcmpMeaning) -> NetFailure {
        NetFailure::Icmp { icmp_type: 1, icmp_code: 0, from: None, meaning }
    }

    #[test]
    fn every_way_not_to_connect_has_its_own_reason() {
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
            // One lost attempt may be the first of many: the later rounds tell.
            (vec![Err(NetFailure::TimedOut), Ok(())], (Inconclusive, common::NOT_OBSERVED)),
            (vec![Err(NetFailure::TimedOut)], (Inconclusive, common::NOT_OBSERVED)),
            (vec![], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let world = World::new("active").published().connects("[2001:db8::1]:443", &attempts);
            assert_eq!(world.outcome_of("reach-port"), expected, "{attempts:?}");
        }
        assert_rounds_decide();
        // A port that takes connections is open, whatever our own side then makes of TLS.
        let ours = TlsFailure::Ours { detail: String::new() };
        let world = World::new("active").published().visits(URL, "2001:db8::1", &[&no_tls(ours)]);
        assert_eq!(world.outcome_of("reach-port"), (Pass, "open"));
    }

    fn assert_rounds_decide() {
        let (up, away, ours) = (Ok(1), Err(NetFailure::Refused), Err(NetFailure::NoRoute));
        let lost = || Err(NetFailure::TimedOut);
        for (first, rounds, expected, of) in [
            (vec![Ok(())], [up.clone(), up.clone()], (Pass, "open"), None),
            (vec![Ok(())], [away.clone(), up.clone()], (Pass, "open"), Some("1/3")),
            (vec![Ok(())], [away.clone(), away.clone()], (Fail, "flapping"), Some("2/3")),
            (vec![lost(), Ok(())], [up.clone(), up.clone()], (Pass, "open"), Some("1/4")),
            (vec![lost(), Ok(())], [up.clone(), away.clone()], (Fail, "flapping"), Some("2/4")),
            (vec![lost(), lost()], [up.clone(), up.clone()], (Fail, "flapping"), Some("2/4")),
            (vec![lost(), lost()], [away.clone(), away.clone()], (Fail, "timed-out"), None),
            // What our own side ended was not lost.
            (vec![Ok(())], [ours.clone(), away], (Pass, "open"), Some("1/2")),
            (vec![Ok(())], [ours.clone(), ours], (Pass, "open"), None),
        ] {
            let world = World::new("active").published().connects("[2001:db8::1]:443", &first);
            let world = world.later_connects("[2001:db8::1]:443", &rounds);
            let verdict = world.verdict("reach-port");
            assert_eq!((verdict.outcome, verdict.reason), expected, "{first:?} {rounds:?}");
            let detail = verdict.subjects[0].detail.iter().find(|(key, _)| *key == "lost");
            assert_eq!(detail.map(|(_, lost)| lost.as_str()), of, "{first:?} {rounds:?}");
        }
    }

    #[test]
    fn every_error_on_the_way() {
        use IcmpMeaning::{
            BeyondScope, HopLimitExceeded, NoRoute, Other, PacketTooBig, PolicyFailed,
            PortUnreachable, RejectRoute,
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
            assert_eq!(world.outcome_of("reach-port"), (Fail, failure.reason()));
        }
    }
}
