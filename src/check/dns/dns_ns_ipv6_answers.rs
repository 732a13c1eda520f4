//! Does every name server of the zone answer over IPv6?

use super::helpers::{answering_subject, known_zone};
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Family, Severity, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-ipv6-answers",
    sources: &["Zonemaster CONNECTIVITY01", "Zonemaster CONNECTIVITY02", "RFC 7766 §5"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("all-answer"),
        Reason::pass("answers"),
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
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(
        include_str!("dns_ns_ipv6_answers.en.md"),
        include_str!("dns_ns_ipv6_answers.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let zone = known_zone(context)?;
    let answering = zone.authority.of(Family::Ipv6).map(|at| answering_subject(&zone.apex, at));
    let subjects = answering.chain(zone.unknown_servers(&[Family::Ipv6])).collect();
    let verdict = Verdict::worst_of(subjects, "all-answer", "no-ipv6-servers");
    Ok(zone.citing_answers(zone.within_limits(verdict), Some(Family::Ipv6)))
}
