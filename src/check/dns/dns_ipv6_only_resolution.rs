//! Can the name be found from the root with IPv6 alone?

use crate::check::doc::Doc;
use crate::check::unknown::unknown_lookup;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::delegation::{Cut, DelegationFailure, End, Reach, Resolution};
use crate::evidence::dns::{LookupStatus, authority};
use crate::evidence::service;
use crate::model::{
    Detail, Family, ObservationId, Outcome, Severity, State, Subject, SubjectName, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ipv6-only-resolution",
    sources: &["draft-ietf-dnsop-3901bis", "RFC 3901 §3", "PAM 2023, IPv6-only DNS"],
    severity: Severity::Critical,
    revision: 2,
    reasons: &[
        Reason::pass("resolves"),
        Reason::pass("resolves-without-address"),
        Reason::pass("passed"),
        Reason::fail("no-ipv6-server"),
        Reason::fail("glue-missing"),
        Reason::fail("servers-silent"),
        Reason::fail("servers-unusable"),
        Reason::fail("name-server-loop"),
        Reason::fail("alias-loop"),
        Reason::fail("alias-too-long"),
        Reason::not_applicable("name-absent"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(
        include_str!("dns_ipv6_only_resolution.en.md"),
        include_str!("dns_ipv6_only_resolution.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    if case.service.target.host().is_none() {
        return Verdict::not_applicable(common::OTHER_KIND);
    }
    let Some(way) = authority::resolution_path(&case.view, case.service, Reach::Ipv6Only) else {
        return Verdict::not_applicable("address-literal");
    };
    let mut cite = way.observations.clone();
    let (outcome, reason) = match &way.end {
        End::Pending => (Outcome::Inconclusive, common::NOT_OBSERVED),
        End::Found(_) => (Outcome::Pass, "resolves"),
        End::NoData => (Outcome::Pass, "resolves-without-address"),
        End::NxDomain => absent(case, &mut cite),
        End::AliasLoop => (Outcome::Fail, "alias-loop"),
        End::AliasTooLong | End::Alias(_) => (Outcome::Fail, "alias-too-long"),
        End::Stopped(DelegationFailure::Ours) => (Outcome::Inconclusive, common::OUR_FAULT),
        End::Stopped(DelegationFailure::Limit) => (Outcome::Inconclusive, common::LIMIT),
        End::Stopped(DelegationFailure::Silent) => (Outcome::Fail, "servers-silent"),
        End::Stopped(DelegationFailure::Unusable) => (Outcome::Fail, "servers-unusable"),
        End::Stopped(DelegationFailure::Loop) => (Outcome::Fail, "name-server-loop"),
        End::Stopped(DelegationFailure::NoAddress) => no_address(case, &way, &mut cite),
    };
    let subjects = subjects(&way, outcome, reason);
    Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite)
}

/// Whether the name is absent: servers that deny it when they are asked for AAAA may know its A
/// records (RFC 4074 §4.2).
fn absent(case: &CheckContext<'_>, cite: &mut Vec<ObservationId>) -> (Outcome, &'static str) {
    let addresses = service::published_addresses(&case.view, case.service);
    let Some(a) = addresses.as_ref().and_then(|all| all.lookup(Family::Ipv4)) else {
        return (Outcome::NotApplicable, "name-absent");
    };
    cite.extend(&a.observations);
    match (&a.status, unknown_lookup(a)) {
        (LookupStatus::Found, _) => (Outcome::Pass, "resolves-without-address"),
        (_, Some(reason)) => (Outcome::Inconclusive, reason),
        (_, None) => (Outcome::NotApplicable, "name-absent"),
    }
}

/// Whether only the delegation lacks the IPv6 address, or there is none at all.
fn no_address(
    case: &CheckContext<'_>,
    way: &Resolution,
    cite: &mut Vec<ObservationId>,
) -> (Outcome, &'static str) {
    let lookups = authority::without_glue(&case.view, way);
    cite.extend(lookups.iter().flat_map(|lookup| lookup.observations.iter().copied()));
    if lookups.iter().any(|lookup| lookup.status == LookupStatus::Found) {
        (Outcome::Fail, "glue-missing")
    } else if let Some(reason) = lookups.iter().find_map(unknown_lookup) {
        // Which of the two holds is not known.
        (Outcome::Inconclusive, reason)
    } else {
        (Outcome::Fail, "no-ipv6-server")
    }
}

/// Each zone on the way, and at the last of them how the way ends.
fn subjects(way: &Resolution, outcome: Outcome, reason: &'static str) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for cut in way.paths.iter().flat_map(|path| &path.cuts) {
        let name = SubjectName::Host(cut.zone.clone());
        if !subjects.iter().any(|known| known.name == name) {
            let detail = detail(cut);
            subjects.push(Subject { name, outcome: Outcome::Pass, reason: "passed", detail });
        }
    }
    if let Some(last) = way.last_cut()
        && !matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
        && let Some(subject) =
            subjects.iter_mut().find(|s| s.name == SubjectName::Host(last.zone.clone()))
    {
        (subject.outcome, subject.reason) = (outcome, reason);
    }
    subjects
}

fn detail(cut: &Cut) -> Vec<Detail> {
    match cut.led_on {
        Some(server) => vec![("by", server.ip().to_string())],
        None => cut.servers.iter().map(|server| ("ns", server.name.to_string())).collect(),
    }
}
