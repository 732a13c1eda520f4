//! Are the ports that are open over IPv4 open over IPv6 too?

use super::helpers::{all_contacts, socket};
use super::reach_port::unknown_connection;
use crate::check::doc::Doc;
use crate::check::unknown::unknown_lookup;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::mail;
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

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Ipv6Only {
        return Verdict::not_applicable(common::NO_IPV4);
    }
    let ipv6 = match all_contacts(case, Family::Ipv6) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    let ipv4 = match all_contacts(case, Family::Ipv4) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    let subjects = ipv6.iter().map(|contact| subject(case, contact, &ipv4)).collect();
    let cite: Vec<_> = ipv6.iter().chain(&ipv4).flat_map(|c| c.talk.observations()).collect();
    Verdict::worst_of(subjects, "same", common::NO_IPV4).citing(cite)
}

fn subject(
    case: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    ipv4: &[EndpointContact<'_>],
) -> Subject {
    // The exchangers of a mail domain are hosts of their own.
    let host = |contact: &EndpointContact<'_>| match &contact.talk.question {
        Question::Greeting(question) => Some(question.host.clone()),
        _ => None,
    };
    let is_twin = |other: &&EndpointContact<'_>| {
        other.address.port() == contact.address.port() && host(other) == host(contact)
    };
    let over_ipv4: Vec<_> = ipv4.iter().filter(is_twin).map(is_open).collect();
    if over_ipv4.is_empty() {
        let (outcome, reason) = match unknown_over_ipv4(case, host(contact)) {
            Some(reason) => (Outcome::Inconclusive, reason),
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
        (_, Err(reason)) | (Err(reason), _) => (Outcome::Inconclusive, reason),
    };
    socket(contact.address, outcome, reason, Vec::new())
}

/// Why it is not known whether an exchanger has addresses over IPv4.
fn unknown_over_ipv4(case: &CheckContext<'_>, host: Option<Host>) -> Option<&'static str> {
    let Target::Mail(domain) = &case.service.target else { return None };
    let exchangers = mail::route(&case.view, domain).exchangers;
    let of_host = exchangers.iter().find(|mx| host.as_ref().and_then(Host::name) == Some(&mx.name));
    unknown_lookup(&of_host?.a)
}

/// Whether a connection was accepted, or why that can't be told.
fn is_open(contact: &EndpointContact<'_>) -> Result<bool, &'static str> {
    match unknown_connection(&contact.talk) {
        Some(reason) => Err(reason),
        None if contact.talk.is_connect_flaky() => Err(common::FLAKY),
        None => Ok(contact.talk.best().is_some_and(|seen| seen.connect.is_ok())),
    }
}
