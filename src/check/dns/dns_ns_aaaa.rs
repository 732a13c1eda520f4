//! Can the zone's name servers be reached by a resolver that has only IPv6?

use std::net::IpAddr;

use super::helpers::known;
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::{self, Lookup, LookupStatus};
use crate::model::{Name, Outcome, Severity, State, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ns-aaaa",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 3901"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("enough"),
        Reason::pass("has-ipv6"),
        Reason::fail("none"),
        Reason::fail("only-one"),
        Reason::fail("no-ipv6"),
        Reason::fail("not-global"),
        Reason::inconclusive("zone-not-found"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_ns_aaaa.en.md"), include_str!("dns_ns_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

/// Name servers with IPv6 that a zone needs.
const NEEDED: usize = 2;

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    let Some(host) = case.service.target.host() else {
        return Verdict::not_applicable(common::OTHER_KIND);
    };
    let Some(name) = host.name() else { return Verdict::not_applicable("address-literal") };
    let zone = dns::zone(&case.view, name);
    let mut cite = zone.observations();
    if zone.is_pending() && zone.name_servers.is_empty() {
        return Verdict::inconclusive(common::NOT_OBSERVED).citing(cite);
    }
    let mut is_cut = zone.is_cut;
    let servers = zone.name_servers.iter().map(|server| (&server.name, &server.aaaa, &[][..]));
    let mut subjects: Vec<Subject> = servers.map(|server| subject(case, server)).collect();
    // Where the resolver finds no zone, the way from the root may.
    if subjects.is_empty() {
        let known = match known(case) {
            Ok(known) => known,
            Err(verdict) => return verdict.citing(cite),
        };
        let servers = known.authority.servers.iter();
        let servers = servers.map(|server| (&server.name, &server.aaaa, &server.glue[..]));
        subjects = servers.map(|server| subject(case, server)).collect();
        is_cut = known.authority.is_cut;
        cite.extend(&known.authority.observations);
    }
    let count = |outcome| subjects.iter().filter(|s| s.outcome == outcome).count();
    let (good, unknown) = (count(Outcome::Pass), count(Outcome::Inconclusive));
    let (outcome, reason) = match good {
        NEEDED.. => (Outcome::Pass, "enough"),
        // Which reason holds is known only when no server is left unresolved.
        _ if is_cut => (Outcome::Inconclusive, common::LIMIT),
        _ if unknown > 0 => (Outcome::Inconclusive, common::UNRESOLVED),
        0 => (Outcome::Fail, "none"),
        _ => (Outcome::Fail, "only-one"),
    };
    Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite)
}

/// A name server: its name, its AAAA records, and the addresses that came with the delegation, which
/// stand in for a look-up that failed.
fn subject(case: &CheckContext<'_>, (name, aaaa, glue): (&Name, &Lookup, &[IpAddr])) -> Subject {
    let mut addresses = aaaa.addresses();
    if matches!(aaaa.status, LookupStatus::Failed(_)) {
        addresses.extend(glue.iter().filter(|address| address.is_ipv6()));
    }
    let global = addresses.iter().copied().find(|a| case.view.networks.counts_as_global(*a));
    let (outcome, reason) = match &aaaa.status {
        LookupStatus::Found | LookupStatus::Failed(_) if global.is_some() => {
            (Outcome::Pass, "has-ipv6")
        }
        LookupStatus::Found => (Outcome::Fail, "not-global"),
        LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => {
            (Outcome::Fail, "no-ipv6")
        }
        LookupStatus::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
        _ => (Outcome::Inconclusive, common::UNRESOLVED),
    };
    let address = global.or_else(|| addresses.first().copied());
    Subject {
        name: SubjectName::NameServer(name.clone(), address),
        outcome,
        reason,
        detail: Vec::new(),
    }
}
