//! Does every IPv6 address answer echo requests, small and large?

use std::net::IpAddr;

use crate::check::address::helpers::addresses;
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::reach::{self, EchoAttempts};
use crate::evidence::service::{self, EndpointContacts};
use crate::model::{
    Family, NetFailure, Outcome, Severity, State, Subject, SubjectName, Target, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-echo",
    sources: &["RFC 4443 §4", "RFC 4890 §4.3.1"],
    severity: Severity::Info,
    revision: 2,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("no-reply"),
        Reason::fail("only-small"),
        Reason::fail("icmp-error"),
        Reason::inconclusive("no-icmp-socket"),
    ],
    doc: Doc::new(include_str!("reach_echo.en.md"), include_str!("reach_echo.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    if matches!(case.service.target, Target::Mail(_) | Target::Zone(_)) {
        return Verdict::not_applicable(common::OTHER_KIND);
    }
    let addresses = match addresses(case, Family::Ipv6) {
        Ok(addresses) => addresses,
        Err(verdict) => return verdict,
    };
    let contacts = service::endpoint_contacts(&case.view, case.service, Family::Ipv6);
    let mut cited = Vec::new();
    let mut subjects = Vec::new();
    for address in addresses {
        let (small, large) = reach::echo_attempts(&case.view, address);
        let mut subject = subject(address, &small, large.as_ref());
        if subject.outcome == Outcome::Fail && is_out_of_our_reach(&contacts, address) {
            subject.outcome = Outcome::Inconclusive;
            subject.reason = common::OUR_FAULT;
        }
        subjects.push(subject);
        cited.extend(small.observations);
        cited.extend(large.into_iter().flat_map(|echo| echo.observations));
    }
    Verdict::worst_of(subjects, "answers", common::NO_IPV6).citing(cited)
}

/// Whether no connection could leave for the address: then no echo request did, and the kernel keeps
/// from sockets for echoes what it tells those for connections.
fn is_out_of_our_reach(contacts: &EndpointContacts<'_>, address: IpAddr) -> bool {
    contacts
        .all()
        .any(|contact| contact.address.ip() == address && contact.talk.is_only_our_fault())
}

fn subject(address: IpAddr, small: &EchoAttempts<'_>, large: Option<&EchoAttempts<'_>>) -> Subject {
    let say = |outcome, reason, detail| Subject {
        name: SubjectName::Address(address),
        outcome,
        reason,
        detail,
    };
    let (reply, large) = match (small.reply(), large) {
        (Some(reply), Some(large)) => (reply, large),
        _ => {
            let (outcome, reason) = unanswered(small, "no-reply");
            return say(outcome, reason, failure(small));
        }
    };
    if large.reply().is_none() {
        let (outcome, reason) = unanswered(large, "only-small");
        return say(outcome, reason, failure(large));
    }
    let milliseconds = format!("{:.1}", reply.elapsed_us as f64 / 1000.0);
    say(Outcome::Pass, "answers", vec![("round-trip-ms", milliseconds)])
}

/// What it means that no attempt brought a reply.
fn unanswered(echo: &EchoAttempts<'_>, silence: &'static str) -> (Outcome, &'static str) {
    if let Some(gap) = echo.missing {
        return (Outcome::Inconclusive, common::reason_of(gap));
    }
    if echo.is_pending {
        return (Outcome::Inconclusive, common::NOT_OBSERVED);
    }
    let failures = || echo.answers.iter().filter_map(|answer| answer.as_ref().err());
    let is = |wanted: fn(&NetFailure) -> bool| failures().any(wanted);
    if is(|failure| *failure == NetFailure::NotPermitted) {
        (Outcome::Inconclusive, "no-icmp-socket")
    } else if is(NetFailure::is_ours) {
        // Whether those requests would have been answered is not known.
        (Outcome::Inconclusive, common::OUR_FAULT)
    } else if is(|failure| matches!(failure, NetFailure::Icmp { .. })) {
        (Outcome::Fail, "icmp-error")
    } else {
        (Outcome::Fail, silence)
    }
}

fn failure(echo: &EchoAttempts<'_>) -> Vec<(&'static str, String)> {
    let last = echo.answers.iter().filter_map(|answer| answer.as_ref().err()).next_back();
    last.map(|failure| ("failure", failure.to_string())).into_iter().collect()
}
