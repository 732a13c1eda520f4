//! Are the ports that are open over IPv4 open over IPv6 too?

use super::helpers::{all_contacts, connection_gap, socket};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::mail;
use crate::evidence::query::Gap;
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Host, Outcome, Question, Severity, State, Subject, Target, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-parity",
    sources: &["RFC 6540", "internet.nl"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("same"),
        Reason::pass("closed-over-both"),
        Reason::fail("closed-over-ipv6"),
        Reason::fail_as("open-only-over-ipv6", Severity::Warning),
    ],
    doc: Doc::new(include_str!("reach_parity.en.md"), include_str!("reach_parity.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    if context.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    let ipv6 = all_contacts(context, Family::Ipv6)?;
    let ipv4 = all_contacts(context, Family::Ipv4)?;
    let subjects = ipv6.iter().map(|contact| subject(context, contact, &ipv4)).collect();
    let cite: Vec<_> =
        ipv6.iter().chain(&ipv4).flat_map(|c| c.conversation.observations()).collect();
    Ok(Verdict::worst_of(subjects, "same", common::NO_IPV4).citing(cite))
}

fn subject(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    ipv4: &[EndpointContact<'_>],
) -> Subject {
    // The exchangers of a mail domain are hosts of their own.
    let host = |contact: &EndpointContact<'_>| match &contact.conversation.question {
        Question::Greeting(question) => Some(question.host.clone()),
        _ => None,
    };
    let is_twin = |other: &&EndpointContact<'_>| {
        other.address.port() == contact.address.port() && host(other) == host(contact)
    };
    let over_ipv4: Vec<_> = ipv4.iter().filter(is_twin).map(is_open).collect();
    if over_ipv4.is_empty() {
        let (outcome, reason) = match ipv4_lookup_gap(context, host(contact)) {
            Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
            None => (Outcome::NotApplicable, common::NO_IPV4),
        };
        return socket(contact.address, outcome, reason, Vec::new());
    }
    let open_over_ipv4 = if over_ipv4.contains(&Ok(true)) {
        Ok(true)
    } else {
        over_ipv4.into_iter().find(Result::is_err).unwrap_or(Ok(false))
    };
    let (outcome, reason) = match (open_over_ipv4, is_open(contact)) {
        (Ok(true), Ok(true)) => (Outcome::Pass, "same"),
        (Ok(false), Ok(false)) => (Outcome::Pass, "closed-over-both"),
        (Ok(true), Ok(false)) => (Outcome::Fail, "closed-over-ipv6"),
        (Ok(false), Ok(true)) => (Outcome::Fail, "open-only-over-ipv6"),
        (_, Err(gap)) | (Err(gap), _) => (Outcome::Inconclusive, common::reason_of(gap)),
    };
    socket(contact.address, outcome, reason, Vec::new())
}

/// Why it is not known whether an exchanger has addresses over IPv4.
fn ipv4_lookup_gap(context: &CheckContext<'_>, host: Option<Host>) -> Option<Gap> {
    let Target::Mail(domain) = &context.service.target else { return None };
    let exchangers = mail::route(&context.view, domain).exchangers;
    let of_host = exchangers.iter().find(|mx| host.as_ref().and_then(Host::name) == Some(&mx.name));
    of_host?.a.gap()
}

/// Whether a connection was accepted, or why that isn't known.
fn is_open(contact: &EndpointContact<'_>) -> Result<bool, Gap> {
    match connection_gap(&contact.conversation) {
        Some(gap) => Err(gap),
        None if contact.conversation.is_connect_flaky() => Err(Gap::Flaky),
        None => Ok(contact.conversation.best().is_some_and(|seen| seen.connect.is_ok())),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::dns::{address, answer, servfail};
    use crate::check::testing::world::{SIX, World};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{
        Connected, Conversation, ConversationQuestion, NetFailure, Question, RecordType, Reply,
    };

    pub(in crate::check) const CASES: &[fn()] = &[ports_over_both_families];

    #[test]
    fn ports_over_both_families() {
        let (up, away) =
            (&[Ok(())][..], &[Err(NetFailure::TimedOut), Err(NetFailure::TimedOut)][..]);
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
            let mut world = World::with_service("tcp: \"www.example.vn:8443\"").published();
            for (to, attempts) in [("[2001:db8::1]:8443", six), ("192.0.2.1:8443", four)] {
                let address = to.parse().unwrap();
                let question = ConversationQuestion { address, tls: None, http: None, mss: None };
                for (at, connect) in attempts.iter().enumerate() {
                    let connect = connect.clone().map(|()| Connected { elapsed_us: 1 });
                    let reply = Reply::Conversation(Box::new(Conversation {
                        connect,
                        tls: None,
                        http: None,
                    }));
                    world.observe(Question::Conversation(question.clone()), at as u8 + 1, reply);
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
        assert_eq!(unknown.outcome_of("reach-parity"), (Inconclusive, common::UNRESOLVED));
    }
}
