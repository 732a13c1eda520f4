//! What a rule says after it looked at a part of a service's addresses.

use std::net::IpAddr;

use super::subjects::unknown_lookup;
use super::{Case, common};
use crate::facts;
use crate::model::{Family, Host, Name, Outcome, Subject, SubjectName, Target, Verdict};

/// A verdict of addresses that holds for all of them: where a service has more than
/// [`crate::model::Limits::addresses`] and nothing is wrong with those that were looked at, the rest
/// is unknown; and so it is where some exchanger of a mail domain could not be looked up.
pub fn whole(case: &Case<'_>, mut verdict: Verdict) -> Verdict {
    if !matches!(verdict.outcome, Outcome::Pass | Outcome::NotApplicable) {
        return verdict;
    }
    let named: Vec<IpAddr> = verdict.subjects.iter().filter_map(address_of).collect();
    if named.is_empty() {
        return verdict;
    }
    if let Some(reason) = unknown_exchanger(case) {
        (verdict.outcome, verdict.reason) = (Outcome::Inconclusive, reason);
        return verdict;
    }
    let max = case.view.settings.limits.addresses;
    let left_out = hosts(case).into_iter().flat_map(|(name, both)| {
        let cut = both
            .into_iter()
            .filter(|all| all.len() > max && all.iter().any(|address| named.contains(address)));
        cut.map(|all| unlooked(&name, all.len(), max)).collect::<Vec<_>>()
    });
    let left_out: Vec<Subject> = left_out.collect();
    if !left_out.is_empty() {
        (verdict.outcome, verdict.reason) = (Outcome::Inconclusive, common::LIMIT);
        verdict.subjects.extend(left_out);
    }
    verdict
}

/// Why the addresses of some exchanger of a mail domain are not known, so that they are not among
/// those looked at.
fn unknown_exchanger(case: &Case<'_>) -> Option<&'static str> {
    let Target::Mail(domain) = &case.service.target else { return None };
    let exchangers = facts::mail(&case.view, domain).exchangers;
    exchangers.iter().find_map(|exchanger| unknown_lookup(&exchanger.aaaa))
}

fn address_of(subject: &Subject) -> Option<IpAddr> {
    match &subject.name {
        SubjectName::Socket(socket) => Some(socket.ip()),
        SubjectName::Address(address) => Some(*address),
        _ => None,
    }
}

fn unlooked(name: &Name, found: usize, max: usize) -> Subject {
    Subject {
        name: SubjectName::Host(name.clone()),
        outcome: Outcome::Inconclusive,
        reason: common::LIMIT,
        detail: vec![("addresses", found.to_string()), ("looked-at", max.to_string())],
    }
}

/// The hosts of a service, each with all its addresses of either family.
fn hosts(case: &Case<'_>) -> Vec<(Name, [Vec<IpAddr>; 2])> {
    if let Target::Mail(domain) = &case.service.target {
        let exchangers = facts::mail(&case.view, domain).exchangers.into_iter();
        return exchangers
            .map(|host| (host.name, [host.aaaa.addresses(), host.a.addresses()]))
            .collect();
    }
    let all = |published: &facts::Addresses, family| {
        published.lookup(family).map(|lookup| lookup.addresses()).unwrap_or_default()
    };
    match (case.service.target.host(), facts::addresses(&case.view, case.service)) {
        (Some(Host::Name(name)), Some(published)) => {
            vec![(name, [Family::Ipv6, Family::Ipv4].map(|family| all(&published, family)))]
        }
        _ => Vec::new(),
    }
}
