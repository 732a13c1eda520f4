//! Do the name servers lie in more than one IPv6 network?

use std::net::{IpAddr, Ipv6Addr};

use ipnet::Ipv6Net;

use super::name_servers::{known, server};
use super::{Case, Check, Doc, Reason, Rule};
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-diversity",
    sources: &["RFC 2182 §3.1", "Zonemaster CONNECTIVITY03"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("several-prefixes"),
        Reason::pass("in-prefix"),
        Reason::fail("one-prefix"),
        Reason::fail("one-address"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_ns_diversity.en.md"), include_str!("dns_ns_diversity.vi.md")),
    rule: Rule::Service(evaluate),
};

/// What one network gets from its provider, as a rule (RFC 6177).
const PREFIX_LENGTH: u8 = 48;

fn evaluate(case: &Case<'_>) -> Verdict {
    let known = match known(case) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let mut prefixes = Vec::new();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in known.authority.of(Family::Ipv6) {
        let IpAddr::V6(address) = at.address else { continue };
        let prefix = prefix(address);
        let mut subject = server(at, Outcome::Pass, "in-prefix");
        subject.detail.push(("prefix", prefix.to_string()));
        subjects.push(subject);
        if !prefixes.contains(&prefix) {
            prefixes.push(prefix);
        }
    }
    let unresolved = known.authority.servers.iter().any(|server| {
        matches!(
            server.aaaa.status,
            crate::facts::Status::Failed(_) | crate::facts::Status::NotObserved
        )
    });
    let (outcome, reason) = match (prefixes.len(), subjects.len()) {
        (2.., _) => (Outcome::Pass, "several-prefixes"),
        _ if unresolved => (Outcome::Inconclusive, super::common::UNRESOLVED),
        (_, 0) => (Outcome::NotApplicable, "no-ipv6-servers"),
        (_, 1) => (Outcome::Fail, "one-address"),
        _ => (Outcome::Fail, "one-prefix"),
    };
    let cite = known.authority.observations.iter().copied();
    Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite)
}

fn prefix(address: Ipv6Addr) -> Ipv6Net {
    // A length of 48 is within 128: the other arm is never taken.
    Ipv6Net::new(address, PREFIX_LENGTH).map_or(Ipv6Net::from(address), |net| net.trunc())
}
