//! Do the CAA records allow the authority that issued the certificate?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::check::tls::helpers::{session_of, tls_contacts};
use crate::evidence::dns::{Caa, LookupStatus, Permission, caa};
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls::certificate::{self, Path};
use crate::model::{Host, Name, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-caa",
    sources: &["RFC 8659 §3, §4", "CA/Browser Forum Baseline Requirements §3.2.2.8"],
    severity: Severity::Info,
    revision: 1,
    reasons: &[
        Reason::pass("allowed"),
        Reason::fail("none"),
        Reason::fail("unrestricted"),
        Reason::fail_as("forbidden", Severity::Warning),
        Reason::fail_as("critical-unknown", Severity::Warning),
        Reason::inconclusive("unknown-authority"),
        Reason::not_applicable("no-tls"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_caa.en.md"), include_str!("dns_caa.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let Some(Host::Name(host)) = service::tls_host(context.service) else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let own = caa(&context.view, &host);
    if let Some(reason) = unknown_reason(&own) {
        return Err(Verdict::inconclusive(reason).citing(own.observations));
    }
    if own.found_at.is_none() {
        return Err(Verdict::plain(Outcome::Fail, "none").citing(own.observations));
    }
    let mut cite = own.observations.clone();
    let subjects =
        contacts.iter().map(|contact| subject(context, &host, &own, contact, &mut cite)).collect();
    Ok(verdict_over_contacts(subjects, "allowed", &contacts).citing(cite))
}

/// Why nothing follows from a climb, when nothing does.
fn unknown_reason(caa: &Caa) -> Option<&'static str> {
    match &caa.stopped {
        None => None,
        Some(LookupStatus::NotObserved) => Some(common::NOT_OBSERVED),
        Some(_) => Some(common::UNRESOLVED),
    }
}

fn subject(
    context: &CheckContext<'_>,
    host: &Name,
    own: &Caa,
    contact: &EndpointContact<'_>,
    cite: &mut Vec<crate::model::ObservationId>,
) -> Subject {
    let subject = |outcome, reason, detail| socket(contact.address, outcome, reason, detail);
    let session = match session_of(contact) {
        Ok((session, _)) => session,
        Err(subject) => return subject,
    };
    let lower = || subject(Outcome::Inconclusive, common::LOWER_LAYER, Vec::new());
    let Some(leaf) = certificate::leaf(&session.chain) else { return lower() };
    // A certificate that no client trusts, or that is for another name, is another check's failure,
    // and what it calls its issuer proves nothing.
    if certificate::path(&session.chain, context.trust) != Path::Trusted
        || !leaf.is_for(&Host::Name(host.clone()))
    {
        return lower();
    }
    let is_wildcard = !leaf.dns_names.iter().any(|name| name == host.as_str());
    // A wildcard is asked for at the name below which it is (RFC 8659 §3).
    let above = host.parent().filter(|_| is_wildcard).map(|parent| caa(&context.view, &parent));
    let relevant = above.as_ref().unwrap_or(own);
    cite.extend(&relevant.observations);
    if let Some(reason) = unknown_reason(relevant) {
        return subject(Outcome::Inconclusive, reason, Vec::new());
    }
    let mut detail = vec![("issuer", leaf.issuer.clone())];
    detail.extend(relevant.found_at.iter().map(|name| ("caa-at", name.to_string())));
    let declared = &context.view.settings.caa_issuers;
    let (outcome, reason) = match relevant.permission(is_wildcard, &leaf.issuer_names, declared) {
        _ if relevant.found_at.is_none() => (Outcome::Fail, "none"),
        Permission::Allowed(domain) => {
            detail.push(("caa", domain));
            (Outcome::Pass, "allowed")
        }
        Permission::Unrestricted => (Outcome::Fail, "unrestricted"),
        Permission::Forbidden => (Outcome::Fail, "forbidden"),
        Permission::CriticalUnknown => (Outcome::Fail, "critical-unknown"),
        Permission::Unknown => (Outcome::Inconclusive, "unknown-authority"),
    };
    subject(outcome, reason, detail)
}
