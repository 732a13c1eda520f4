//! Does the zone also answer over IPv4?

use super::helpers::{answering_subject, known_zone};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-ipv4-answers",
    sources: &["RFC 3901 §3"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("answers-over-ipv4"),
        Reason::pass("answers"),
        Reason::fail("no-ipv4-servers"),
        Reason::fail("silent"),
        Reason::fail("udp-only"),
        Reason::fail("tcp-only"),
        Reason::fail("truncated"),
        Reason::fail("refuses"),
        Reason::fail("lame"),
        Reason::fail("servfail"),
        Reason::fail("other-rcode"),
        Reason::fail("malformed"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(
        include_str!("dns_ns_ipv4_answers.en.md"),
        include_str!("dns_ns_ipv4_answers.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

/// One server that answers is enough: the subjects show which of the others don't.
fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let answering = zone.authority.of(Family::Ipv4).map(|at| answering_subject(&zone.apex, at));
    let subjects: Vec<Subject> = answering.chain(zone.unknown_servers(&[Family::Ipv4])).collect();
    let first = |outcome| subjects.iter().find(|s| s.outcome == outcome).map(|s| s.reason);
    let (outcome, reason) = match (first(Outcome::Pass), first(Outcome::Inconclusive)) {
        (Some(_), _) => (Outcome::Pass, "answers-over-ipv4"),
        (None, Some(reason)) => (Outcome::Inconclusive, reason),
        // IPv6 is asked first, so that it is IPv4 that a limit leaves out.
        (None, None) if zone.authority.is_cut => (Outcome::Inconclusive, common::LIMIT),
        (None, None) => (Outcome::Fail, first(Outcome::Fail).unwrap_or("no-ipv4-servers")),
    };
    let verdict = Verdict { outcome, reason, subjects, observations: Vec::new() };
    Ok(zone.citing_answers(verdict, Some(Family::Ipv4)))
}
