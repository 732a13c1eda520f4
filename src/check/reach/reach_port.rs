//! Does every IPv6 address accept a connection on the declared port?

use super::helpers::{connection_gap, contacts, socket};
use super::senders::verdict_over_main_port;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{Conversation, Family, NetFailure, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-port",
    sources: &["NIST USGv6 \"operational\"", "RFC 9293 §3.5", "RFC 4443 §3"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("open"),
        Reason::pass(common::SOME_KNOWN),
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
    let contacts = contacts(context, Family::Ipv6)?;
    let subjects = contacts.iter().map(subject).collect();
    let cite = contacts.iter().flat_map(|contact| contact.conversation.observations());
    Ok(verdict_over_main_port(context, subjects, "open")?.citing(cite.collect::<Vec<_>>()))
}

fn subject(contact: &EndpointContact<'_>) -> Subject {
    let conversation = &contact.conversation;
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = connection_gap(conversation) {
        return unknown(common::reason_of(gap));
    }
    let attempts = || conversation.attempts.iter().map(|(seen, _)| *seen);
    if conversation.is_connect_flaky() {
        return unknown(common::FLAKY);
    }
    match attempts().filter_map(their_failure).next_back() {
        None => {
            let elapsed = attempts().find_map(|seen| seen.connect.as_ref().ok());
            let detail = elapsed
                .map(|c| ("connect-ms", format!("{:.1}", c.elapsed_us as f64 / 1000.0)))
                .into_iter()
                .collect();
            socket(contact.address, Outcome::Pass, "open", detail)
        }
        Some(failure) => {
            let detail = match failure {
                NetFailure::Icmp { from: Some(from), .. } => vec![("from", from.to_string())],
                _ => Vec::new(),
            };
            socket(contact.address, Outcome::Fail, failure.reason(), detail)
        }
    }
}

/// The failure of a connection, where it is the other side's.
fn their_failure(seen: &Conversation) -> Option<&NetFailure> {
    seen.connect.as_ref().err().filter(|failure| !failure.is_ours())
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
            (vec![Err(NetFailure::TimedOut), Ok(())], (Inconclusive, common::FLAKY)),
            (vec![Err(NetFailure::TimedOut)], (Inconclusive, common::NOT_OBSERVED)),
            (vec![], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let world = World::new("active").published().connects("[2001:db8::1]:443", &attempts);
            assert_eq!(world.outcome_of("reach-port"), expected, "{attempts:?}");
        }
        // A port that takes connections is open, whatever our own side then makes of TLS.
        let ours = TlsFailure::Ours { detail: String::new() };
        let world = World::new("active").published().visits(URL, "2001:db8::1", &[&no_tls(ours)]);
        assert_eq!(world.outcome_of("reach-port"), (Pass, "open"));
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
