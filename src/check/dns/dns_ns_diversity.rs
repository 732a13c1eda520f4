//! Do the name servers lie in more than one IPv6 network?

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use ipnet::Ipv6Net;

use super::helpers::{known, server};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::reach;
use crate::model::{Detail, Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-diversity",
    sources: &["RFC 2182 §3.1", "Zonemaster CONNECTIVITY03, CONNECTIVITY04"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("several-prefixes"),
        Reason::pass("several-ases"),
        Reason::pass("in-prefix"),
        Reason::fail("one-prefix"),
        Reason::fail("one-as"),
        Reason::fail("one-address"),
        Reason::fail("not-global"),
        Reason::inconclusive("not-in-table"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("no-ipv6-servers"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_ns_diversity.en.md"), include_str!("dns_ns_diversity.vi.md")),
    rule: Rule::Service(evaluate),
};

/// What one network gets from its provider, as a rule (RFC 6177).
const PREFIX_LENGTH: u8 = 48;

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let known = match known(case) {
        Ok(known) => known,
        Err(verdict) => return verdict,
    };
    let mut cite = known.authority.observations.clone();
    let mut prefixes = BTreeSet::new();
    let mut origins = Origins::default();
    let mut subjects: Vec<Subject> = Vec::new();
    for at in known.authority.of(Family::Ipv6) {
        let IpAddr::V6(address) = at.address else { continue };
        if !case.view.networks.counts_as_global(at.address) {
            subjects.push(server(at, Outcome::Fail, "not-global"));
            continue;
        }
        let prefix = prefix(address);
        let mut subject = server(at, Outcome::Pass, "in-prefix");
        subject.detail.push(("prefix", prefix.to_string()));
        if let Some(origin) = reach::route_origin(&case.view, at.address) {
            cite.extend(&origin.observations);
            subject.detail.extend(origins.add(&origin));
        }
        subjects.push(subject);
        prefixes.insert(prefix);
    }
    let count = |outcome| subjects.iter().filter(|s| s.outcome == outcome).count();
    let (usable, unusable) = (count(Outcome::Pass), count(Outcome::Fail));
    let unknown = known.unknown(&[Family::Ipv6]);
    let (outcome, reason) = match prefixes.len() {
        2.. if !case.view.settings.has_origin_data => (Outcome::Pass, "several-prefixes"),
        2.. if origins.ases.len() >= 2 => (Outcome::Pass, "several-ases"),
        // What is not known could lie in another network.
        _ if !unknown.is_empty() => (Outcome::Inconclusive, unknown[0].reason),
        _ if known.authority.is_cut => (Outcome::Inconclusive, common::LIMIT),
        2.. => {
            origins.unknown.map_or((Outcome::Fail, "one-as"), |why| (Outcome::Inconclusive, why))
        }
        _ if usable > 1 => (Outcome::Fail, "one-prefix"),
        1 => (Outcome::Fail, "one-address"),
        _ if unusable > 0 => (Outcome::Fail, "not-global"),
        _ => (Outcome::NotApplicable, "no-ipv6-servers"),
    };
    subjects.extend(unknown);
    Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite)
}

/// The ASes that announce the addresses.
#[derive(Default)]
struct Origins {
    ases: BTreeSet<u32>,
    /// Why it is not known who announces some address.
    unknown: Option<&'static str>,
}

impl Origins {
    /// Adds those of one address; returns them as a particular of it.
    fn add(&mut self, origin: &reach::RouteOrigin<'_>) -> Vec<Detail> {
        let routes = origin.found.map_or(&[][..], |found| &found.routes);
        if routes.is_empty() {
            self.unknown = Some(match origin.found {
                _ if origin.is_pending => common::NOT_OBSERVED,
                // A run was resumed where its tables are not at hand.
                None => common::OUR_FAULT,
                Some(_) => "not-in-table",
            });
        }
        self.ases.extend(routes.iter().map(|route| route.asn));
        routes.iter().map(|route| ("origin", format!("AS{}", route.asn))).collect()
    }
}

fn prefix(address: Ipv6Addr) -> Ipv6Net {
    // A length of 48 is within 128: the other arm is never taken.
    Ipv6Net::new(address, PREFIX_LENGTH).map_or(Ipv6Net::from(address), |net| net.trunc())
}
