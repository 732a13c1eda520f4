//! Does a large answer arrive over IPv6?

use super::helpers::{known_zone, server_subject, unusable_subject};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::large_response::{LargeResponse, large_response};
use crate::model::{Family, Outcome, Severity, Subject, Transport, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-large-answer",
    sources: &["draft-ietf-dnsop-3901bis §4", "RFC 6891 §6.2", "RFC 9715"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("all-arrive"),
        Reason::pass("arrives"),
        Reason::pass("arrives-over-tcp"),
        Reason::fail("lost"),
        Reason::fail("tcp-fails"),
        Reason::fail("edns-refused"),
        Reason::fail("malformed"),
        Reason::fail("exceeds-offer"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("nothing-large"),
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_large_answer.en.md"), include_str!("dns_large_answer.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let mut cite = Vec::new();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in zone.authority.of(Family::Ipv6) {
        let Some(reading) = large_response(&context.view, &zone.apex, at) else {
            // A server that only TCP reaches sends nothing in datagrams, large or small.
            subjects.push(match at.usable(&zone.apex) {
                Some(Transport::Tcp) => {
                    server_subject(at, Outcome::Inconclusive, common::LOWER_LAYER)
                }
                _ => unusable_subject(&zone.apex, at),
            });
            continue;
        };
        cite.extend(reading.observations);
        let (outcome, reason, octets) = match reading.large {
            LargeResponse::Arrives(octets) => (Outcome::Pass, "arrives", Some(octets)),
            LargeResponse::ArrivesOverTcp(octets) => {
                (Outcome::Pass, "arrives-over-tcp", Some(octets))
            }
            LargeResponse::Exceeds(octets) => (Outcome::Fail, "exceeds-offer", Some(octets)),
            LargeResponse::TcpFails => (Outcome::Fail, "tcp-fails", None),
            LargeResponse::Lost => (Outcome::Fail, "lost", None),
            LargeResponse::EdnsRefused => (Outcome::Fail, "edns-refused", None),
            LargeResponse::Malformed => (Outcome::Fail, "malformed", None),
            LargeResponse::Unanswered => (Outcome::Inconclusive, common::LOWER_LAYER, None),
            LargeResponse::NothingLarge => (Outcome::NotApplicable, "nothing-large", None),
            LargeResponse::Ours => (Outcome::Inconclusive, common::OUR_FAULT, None),
            LargeResponse::Pending => (Outcome::Inconclusive, common::NOT_OBSERVED, None),
        };
        let mut subject = server_subject(at, outcome, reason);
        subject.detail.extend(octets.map(|octets| ("octets", octets.to_string())));
        subjects.push(subject);
    }
    subjects.extend(zone.unknown_servers(&[Family::Ipv6]));
    let empty = if subjects.is_empty() { "no-ipv6-servers" } else { "nothing-large" };
    let verdict = Verdict::worst_of(subjects, "all-arrive", empty).citing(cite);
    Ok(zone.citing_answers(zone.within_limits(verdict), Some(Family::Ipv6)))
}
