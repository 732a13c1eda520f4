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
    revision: 4,
    reasons: &[
        Reason::pass("same"),
        Reason::pass("closed-over-both"),
        Reason::fail("closed-over-ipv6"),
        Reason::fail("flapping-over-ipv6"),
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
    let over_ipv4: Vec<_> = ipv4.iter().filter(is_twin).map(openness).collect();
    if over_ipv4.is_empty() {
        let (outcome, reason) = match ipv4_lookup_gap(context, host(contact)) {
            Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
            None => (Outcome::NotApplicable, common::NO_IPV4),
        };
        return socket(contact.address, outcome, reason, Vec::new());
    }
    let over_ipv4 = best_of(over_ipv4);
    let here = openness(contact);
    use Openness::{Closed, Flapping, Open};
    let (outcome, reason) = match (over_ipv4, here) {
        (Ok(Open), Ok(Flapping)) => (Outcome::Fail, "flapping-over-ipv6"),
        (Ok(Open | Flapping), Ok(Open | Flapping)) => (Outcome::Pass, "same"),
        (Ok(Closed), Ok(Closed)) => (Outcome::Pass, "closed-over-both"),
        (Ok(Open | Flapping), Ok(Closed)) => (Outcome::Fail, "closed-over-ipv6"),
        (Ok(Closed), Ok(Open | Flapping)) => (Outcome::Fail, "open-only-over-ipv6"),
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

/// What became of the connections to a port.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Openness {
    Open,
    /// Taken now and then.
    Flapping,
    Closed,
}

/// Whether connections were accepted, or why that isn't known.
fn openness(contact: &EndpointContact<'_>) -> Result<Openness, Gap> {
    let conversation = &contact.conversation;
    let is_connected = conversation.attempts.iter().any(|(seen, _)| seen.connect.is_ok());
    match connection_gap(conversation) {
        Some(gap) => Err(gap),
        None if conversation.connect_steadiness().is_flapping() => Ok(Openness::Flapping),
        None if is_connected => Ok(Openness::Open),
        None => Ok(Openness::Closed),
    }
}

/// What clients find that go on to the next address when one is closed.
fn best_of(addresses: Vec<Result<Openness, Gap>>) -> Result<Openness, Gap> {
    for wanted in [Openness::Open, Openness::Flapping] {
        if addresses.contains(&Ok(wanted)) {
            return Ok(wanted);
        }
    }
    addresses.into_iter().find(Result::is_err).unwrap_or(Ok(Openness::Closed))
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
        let retried = &[Err(NetFailure::TimedOut), Ok(())][..];
        let wavers = &[Err(NetFailure::TimedOut), Err(NetFailure::Refused), Ok(())][..];
        for (six, four, expected) in [
            (up, up, (Pass, "same")),
            (away, away, (Pass, "closed-over-both")),
            (away, up, (Fail, "closed-over-ipv6")),
            (up, away, (Fail, "open-only-over-ipv6")),
            (ours, up, (Inconclusive, common::OUR_FAULT)),
            (up, ours, (Inconclusive, common::OUR_FAULT)),
            (mixed, up, (Inconclusive, common::OUR_FAULT)),
            (up, mixed, (Inconclusive, common::OUR_FAULT)),
            (retried, up, (Pass, "same")),
            (up, retried, (Pass, "same")),
            (wavers, up, (Fail, "flapping-over-ipv6")),
            (up, wavers, (Pass, "same")),
            (wavers, wavers, (Pass, "same")),
            (away, wavers, (Fail, "closed-over-ipv6")),
            (wavers, away, (Fail, "open-only-over-ipv6")),
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
                        recheck: None,
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
