//! Can the name be found from the root with IPv6 alone?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::delegation::{Cut, DelegationFailure, End, Reach, Resolution};
use crate::evidence::dns::{LookupStatus, authority};
use crate::evidence::service;
use crate::model::{
    Detail, Family, ObservationId, Outcome, Severity, Subject, SubjectName, Verdict,
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    if context.service.target.host().is_none() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    let Some(path) = authority::resolution_path(&context.view, context.service, Reach::Ipv6Only)
    else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let mut cite = path.observations.clone();
    let (outcome, reason) = match &path.end {
        End::Pending => (Outcome::Inconclusive, common::NOT_OBSERVED),
        End::Found(_) => (Outcome::Pass, "resolves"),
        End::NoData => (Outcome::Pass, "resolves-without-address"),
        End::NxDomain => outcome_of_absence(context, &mut cite),
        End::AliasLoop => (Outcome::Fail, "alias-loop"),
        End::AliasTooLong | End::Alias(_) => (Outcome::Fail, "alias-too-long"),
        End::Stopped(DelegationFailure::Ours) => (Outcome::Inconclusive, common::OUR_FAULT),
        End::Stopped(DelegationFailure::Limit) => (Outcome::Inconclusive, common::LIMIT),
        End::Stopped(DelegationFailure::Silent) => (Outcome::Fail, "servers-silent"),
        End::Stopped(DelegationFailure::Unusable) => (Outcome::Fail, "servers-unusable"),
        End::Stopped(DelegationFailure::Loop) => (Outcome::Fail, "name-server-loop"),
        End::Stopped(DelegationFailure::NoAddress) => {
            outcome_without_address(context, &path, &mut cite)
        }
    };
    let subjects = zone_subjects(&path, outcome, reason);
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

/// Whether the name is absent: servers that deny it when they are asked for AAAA may know its A
/// records (RFC 4074 §4.2).
fn outcome_of_absence(
    context: &CheckContext<'_>,
    cite: &mut Vec<ObservationId>,
) -> (Outcome, &'static str) {
    let addresses = service::published_addresses(&context.view, context.service);
    let Some(a) = addresses.as_ref().and_then(|all| all.lookup(Family::Ipv4)) else {
        return (Outcome::NotApplicable, "name-absent");
    };
    cite.extend(&a.observations);
    match (&a.status, a.gap()) {
        (LookupStatus::Found, _) => (Outcome::Pass, "resolves-without-address"),
        (_, Some(gap)) => (Outcome::Inconclusive, common::reason_of(gap)),
        (_, None) => (Outcome::NotApplicable, "name-absent"),
    }
}

/// Whether only the delegation lacks the IPv6 address, or there is none at all.
fn outcome_without_address(
    context: &CheckContext<'_>,
    path: &Resolution,
    cite: &mut Vec<ObservationId>,
) -> (Outcome, &'static str) {
    let lookups = authority::without_glue(&context.view, path);
    cite.extend(lookups.iter().flat_map(|lookup| lookup.observations.iter().copied()));
    if lookups.iter().any(|lookup| lookup.status == LookupStatus::Found) {
        (Outcome::Fail, "glue-missing")
    } else if let Some(gap) = lookups.iter().find_map(|lookup| lookup.gap()) {
        // Which of the two holds is not known.
        (Outcome::Inconclusive, common::reason_of(gap))
    } else {
        (Outcome::Fail, "no-ipv6-server")
    }
}

/// Each zone on the path, and at the last of them how the path ends.
fn zone_subjects(path: &Resolution, outcome: Outcome, reason: &'static str) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = Vec::new();
    for cut in path.paths.iter().flat_map(|part| &part.cuts) {
        let name = SubjectName::Host(cut.zone.clone());
        if !subjects.iter().any(|known| known.name == name) {
            let detail = detail(cut);
            subjects.push(Subject { name, outcome: Outcome::Pass, reason: "passed", detail });
        }
    }
    if let Some(last) = path.last_cut()
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
