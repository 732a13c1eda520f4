//! Does every name server of the zone answer over IPv6?

use super::helpers::{answers, known};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule};
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

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let known = match known(case) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let answering = known.authority.of(Family::Ipv6).map(|at| answers(&known.apex, at));
    let subjects = answering.chain(known.unknown(&[Family::Ipv6])).collect();
    let verdict = Verdict::worst_of(subjects, "all-answer", "no-ipv6-servers");
    known.cite(known.within_limits(verdict), Some(Family::Ipv6))
}
