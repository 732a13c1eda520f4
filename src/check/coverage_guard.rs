//! What a verdict is worth when a rule looked at a part of a service's addresses only.

use std::net::IpAddr;

use super::common;
use super::context::CheckContext;
use crate::evidence::query::Gap;
use crate::evidence::{mail, service};
use crate::model::{Family, Host, Name, Outcome, Subject, SubjectName, Target, Verdict};

/// Keeps a verdict over some addresses of a service from counting for all of them: what was left
/// aside, read once for all its verdicts.
pub struct CoverageGuard {
    /// Why the addresses of some exchanger of a mail domain are unknown.
    exchanger_gap: Option<Gap>,
    /// The hosts with more addresses of a family than [`crate::model::Limits::addresses`].
    cut: Vec<(Name, Vec<IpAddr>)>,
    addresses_max: usize,
}

impl CoverageGuard {
    /// Reads what is left aside.
    pub fn new(context: &CheckContext<'_>) -> Self {
        let addresses_max = context.view.settings.limits.addresses;
        let hosts = hosts(context).into_iter();
        let all = hosts.flat_map(|(name, both)| both.map(|all| (name.clone(), all)));
        let cut = all.filter(|(_, all)| all.len() > addresses_max).collect();
        Self { exchanger_gap: exchanger_gap(context), cut, addresses_max }
    }

    /// A verdict of addresses that holds for all of them: where nothing is wrong with those that were
    /// looked at, and some were not, it is unknown.
    pub fn verdict_over_all(&self, mut verdict: Verdict) -> Verdict {
        if !matches!(verdict.outcome, Outcome::Pass | Outcome::NotApplicable) {
            return verdict;
        }
        // It says itself that not everything is known, and that this is enough.
        if verdict.reason == common::SOME_KNOWN {
            return verdict;
        }
        let named: Vec<IpAddr> = verdict.subjects.iter().filter_map(address_of).collect();
        if named.is_empty() {
            return verdict;
        }
        if let Some(gap) = self.exchanger_gap {
            return verdict.made_unknown(common::reason_of(gap));
        }
        let is_named = |all: &[IpAddr]| all.iter().any(|address| named.contains(address));
        let cut = self.cut.iter().filter(|(_, all)| is_named(all));
        let left_out: Vec<Subject> = cut
            .map(|(name, all)| beyond_limit_subject(name, all.len(), self.addresses_max))
            .collect();
        if left_out.is_empty() {
            return verdict;
        }
        verdict.subjects.extend(left_out);
        verdict.made_unknown(common::LIMIT)
    }
}

/// Why the addresses of some exchanger of a mail domain are not known, so that they are not among
/// those looked at.
fn exchanger_gap(context: &CheckContext<'_>) -> Option<Gap> {
    let Target::Mail(domain) = &context.service.target else { return None };
    let mail = mail::route(&context.view, domain);
    mail.unknown_exchangers(Family::Ipv6).map(|(_, gap)| gap).next()
}

fn address_of(subject: &Subject) -> Option<IpAddr> {
    match &subject.name {
        SubjectName::Socket(socket) => Some(socket.ip()),
        SubjectName::Address(address) => Some(*address),
        _ => None,
    }
}

fn beyond_limit_subject(name: &Name, found: usize, max: usize) -> Subject {
    Subject {
        name: SubjectName::Host(name.clone()),
        outcome: Outcome::Inconclusive,
        reason: common::LIMIT,
        detail: vec![("addresses", found.to_string()), ("looked-at", max.to_string())],
    }
}

/// The hosts of a service, each with all its addresses of either family.
fn hosts(context: &CheckContext<'_>) -> Vec<(Name, [Vec<IpAddr>; 2])> {
    if let Target::Mail(domain) = &context.service.target {
        let exchangers = mail::route(&context.view, domain).exchangers.into_iter();
        return exchangers
            .map(|host| (host.name, [host.aaaa.addresses(), host.a.addresses()]))
            .collect();
    }
    let all = |published: &service::PublishedAddresses, family| {
        published.lookup(family).map(|lookup| lookup.addresses()).unwrap_or_default()
    };
    match (
        context.service.target.host(),
        service::published_addresses(&context.view, context.service),
    ) {
        (Some(Host::Name(name)), Some(published)) => {
            vec![(name, [Family::Ipv6, Family::Ipv4].map(|family| all(&published, family)))]
        }
        _ => Vec::new(),
    }
}
