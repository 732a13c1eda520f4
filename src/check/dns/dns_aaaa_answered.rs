//! Does every authoritative server treat the question for AAAA as it treats the one for A?

use super::helpers::{known, not_usable, server};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::authority;
use crate::evidence::dns::exchange::ExchangeOutcome;
use crate::model::{Family, Outcome, Rcode, RecordType, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-aaaa-answered",
    sources: &["RFC 4074", "Zonemaster NAMESERVER05"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("answered-by-all"),
        Reason::pass("answered"),
        Reason::fail("dropped"),
        Reason::fail("nxdomain"),
        Reason::fail("servfail"),
        Reason::fail("refuses"),
        Reason::fail("other-rcode"),
        Reason::fail("lame"),
        Reason::fail("malformed"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("no-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_aaaa_answered.en.md"), include_str!("dns_aaaa_answered.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let known = match known(case) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let Some((name, _)) = authority::subject(case.service) else {
        return Verdict::not_applicable("address-literal");
    };
    let mut cite = Vec::new();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in &known.authority.addresses {
        let ask = |record_type| at.ask(&case.view, &known.apex, &name, record_type);
        let (Some(a), Some(aaaa)) = (ask(RecordType::A), ask(RecordType::AAAA)) else {
            subjects.push(not_usable(&known.apex, at));
            continue;
        };
        cite.extend(a.observations.iter().chain(&aaaa.observations).copied());
        let (outcome, reason) = if a.is_pending() || aaaa.is_pending() {
            (Outcome::Inconclusive, common::NOT_OBSERVED)
        } else if a.is_ours() || aaaa.is_ours() {
            (Outcome::Inconclusive, common::OUR_FAULT)
        } else {
            as_properly(&a.heard, &aaaa.heard)
        };
        subjects.push(server(at, outcome, reason));
    }
    subjects.extend(known.unknown(&[Family::Ipv6, Family::Ipv4]));
    let verdict = Verdict::worst_of(subjects, "answered-by-all", "no-servers").citing(cite);
    known.cite(known.within_limits(verdict), None)
}

fn as_properly(a: &ExchangeOutcome, aaaa: &ExchangeOutcome) -> (Outcome, &'static str) {
    // Where A is not answered properly either, AAAA is not treated worse.
    let ExchangeOutcome::Message(a) = a else {
        return (Outcome::Inconclusive, common::LOWER_LAYER);
    };
    if !a.authoritative || !matches!(a.rcode, Rcode::NOERROR | Rcode::NXDOMAIN) {
        return (Outcome::Inconclusive, common::LOWER_LAYER);
    }
    let aaaa = match aaaa {
        ExchangeOutcome::Message(aaaa) => aaaa,
        ExchangeOutcome::Malformed => return (Outcome::Fail, "malformed"),
        _ => return (Outcome::Fail, "dropped"),
    };
    match aaaa.rcode {
        Rcode::NXDOMAIN if a.rcode != Rcode::NXDOMAIN => (Outcome::Fail, "nxdomain"),
        Rcode::NOERROR | Rcode::NXDOMAIN if !aaaa.authoritative => (Outcome::Fail, "lame"),
        Rcode::NOERROR | Rcode::NXDOMAIN => (Outcome::Pass, "answered"),
        Rcode::SERVFAIL => (Outcome::Fail, "servfail"),
        Rcode::REFUSED => (Outcome::Fail, "refuses"),
        _ => (Outcome::Fail, "other-rcode"),
    }
}
