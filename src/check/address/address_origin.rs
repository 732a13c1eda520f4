//! Are the addresses announced by the declared AS, and does the RPKI agree?

use std::net::IpAddr;

use super::helpers::addresses;
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::reach::{self, RouteOrigin};
use crate::model::{
    Detail, Family, ObservationId, Outcome, Severity, State, Subject, SubjectName, Validity,
    Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "address-origin",
    sources: &["RFC 6811 §2", "RFC 7115"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("as-declared"),
        Reason::pass("none-declared"),
        Reason::fail("rpki-invalid"),
        Reason::fail("another-as"),
        Reason::inconclusive("not-in-table"),
        Reason::not_applicable("no-origin-data"),
    ],
    doc: Doc::new(include_str!("address_origin.en.md"), include_str!("address_origin.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    if !case.view.settings.has_origin_data {
        return Verdict::not_applicable("no-origin-data");
    }
    let found = match addresses(case, Family::Ipv6) {
        Ok(found) => found,
        Err(verdict) => return verdict,
    };
    let mut cite = Vec::new();
    let subjects: Vec<Subject> =
        found.into_iter().map(|address| subject(case, address, &mut cite)).collect();
    let passing = subjects.iter().find(|subject| subject.outcome == Outcome::Pass);
    let pass = passing.map_or("as-declared", |subject| subject.reason);
    Verdict::worst_of(subjects, pass, common::NO_IPV6).citing(cite)
}

fn subject(case: &CheckContext<'_>, address: IpAddr, cite: &mut Vec<ObservationId>) -> Subject {
    let origin = reach::route_origin(&case.view, address);
    cite.extend(origin.iter().flat_map(|origin| origin.observations.iter().copied()));
    let (outcome, reason, detail) = match origin {
        Some(origin) => judged(case, address, &origin),
        None => (Outcome::NotApplicable, "no-origin-data", Vec::new()),
    };
    Subject { name: SubjectName::Address(address), outcome, reason, detail }
}

fn judged(
    case: &CheckContext<'_>,
    address: IpAddr,
    origin: &RouteOrigin<'_>,
) -> (Outcome, &'static str, Vec<Detail>) {
    if origin.is_pending {
        return (Outcome::Inconclusive, common::NOT_OBSERVED, Vec::new());
    }
    // A run was resumed where its tables are not at hand.
    let Some(found) = origin.found else {
        return (Outcome::Inconclusive, common::OUR_FAULT, Vec::new());
    };
    let Some(first) = found.routes.first() else {
        return (Outcome::Inconclusive, "not-in-table", Vec::new());
    };
    let mut detail = vec![("prefix", first.prefix.to_string())];
    for route in &found.routes {
        detail.push(("origin", format!("AS{}", route.asn)));
        if let Some(validity) = found.validity(route) {
            let word = match validity {
                Validity::Valid => "valid",
                Validity::Invalid => "invalid",
                Validity::NotFound => "not-found",
            };
            detail.push(("rpki", word.to_owned()));
        }
    }
    let is_invalid = |route| found.validity(route) == Some(Validity::Invalid);
    if found.routes.iter().any(is_invalid) {
        return (Outcome::Fail, "rpki-invalid", detail);
    }
    let declared = case.view.networks.owner(address).and_then(|network| network.asn);
    match declared {
        Some(asn) if found.routes.iter().any(|route| route.asn != asn) => {
            detail.push(("declared", format!("AS{asn}")));
            (Outcome::Fail, "another-as", detail)
        }
        // What RPKI says is the other half, and our own validator did not tell.
        _ if found.validator_failed.is_some() => {
            detail.extend(found.validator_failed.iter().map(|why| ("validator", why.clone())));
            (Outcome::Inconclusive, common::OUR_FAULT, detail)
        }
        None => (Outcome::Pass, "none-declared", detail),
        Some(_) => (Outcome::Pass, "as-declared", detail),
    }
}
