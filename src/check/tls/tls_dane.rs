//! Where TLSA records are published: do they name the certificates that the addresses show?

use super::helpers::of_sessions;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{contacts, socket};
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::LookupFailure;
use crate::evidence::dns::dnssec::{Security, Unknown};
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls::certificate::Association;
use crate::evidence::tls::{self, TlsaRecords, certificate, tlsa_records};
use crate::model::{
    Family, Host, Name, ObservationId, Outcome, Severity, State, Subject, Target, TlsSession,
    Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-dane",
    sources: &["RFC 6698 §2.1", "RFC 7671 §4, §5", "RFC 7672 §2.2, §3.1"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("matches"),
        Reason::fail("mismatch"),
        Reason::fail("untrusted"),
        Reason::fail("unusable"),
        Reason::fail("bogus"),
        Reason::inconclusive("root-not-seen"),
        Reason::inconclusive("not-validated"),
        Reason::not_applicable("no-tlsa"),
        Reason::not_applicable("not-signed"),
        Reason::not_applicable("no-tls"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("tls_dane.en.md"), include_str!("tls_dane.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    let is_mail = matches!(case.service.target, Target::Mail(_));
    match service::declared_ports(&case.view, case.service).first() {
        None if !is_mail => return Verdict::not_applicable(common::OTHER_KIND),
        Some(port) if !port.has_tls() => return Verdict::not_applicable("no-tls"),
        _ => {}
    }
    let contacts = match contacts(case, Family::Ipv6) {
        Ok(contacts) => contacts,
        Err(verdict) => return verdict,
    };
    let mut cite = Vec::new();
    let subjects: Vec<Subject> =
        contacts.iter().map(|contact| subject(case, contact, &mut cite)).collect();
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    Verdict::worst_of(subjects, "matches", nothing)
        .citing(contacts.iter().flat_map(|contact| contact.talk.observations()))
        .citing(cite)
}

fn subject(
    case: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    cite: &mut Vec<ObservationId>,
) -> Subject {
    let said = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    let Some(host) = tls::tlsa_host(case.service, contact) else {
        return said(Outcome::NotApplicable, "address-literal");
    };
    let published = tlsa_records(&case.view, &host, contact.address.port());
    cite.extend(&published.observations);
    if let Some((outcome, reason)) = not_published(&published) {
        return said(outcome, reason);
    }
    of_sessions(contact, |session, _| matched(case, contact, host.clone(), &published, session))
}

/// Whether the certificates of a session are those that the records name.
fn matched(
    case: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    host: Name,
    published: &TlsaRecords,
    session: &TlsSession,
) -> Subject {
    let pkix = !matches!(case.service.target, Target::Mail(_));
    let host = Host::Name(host);
    let (outcome, reason) =
        match certificate::association(&session.chain, &published.records, &host, pkix, case.trust)
        {
            Association::Matches => (Outcome::Pass, "matches"),
            // One that is not looked at may be the one that matches.
            _ if published.is_cut => (Outcome::Inconclusive, common::LIMIT),
            Association::RootNotSeen => (Outcome::Inconclusive, "root-not-seen"),
            Association::Untrusted => (Outcome::Fail, "untrusted"),
            Association::Mismatch => (Outcome::Fail, "mismatch"),
            Association::Unusable => (Outcome::Fail, "unusable"),
        };
    let detail = vec![("host", host.to_string()), ("tlsa-at", published.owner.to_string())];
    socket(contact.address, outcome, reason, detail)
}

/// What is to be said where there is nothing to compare with.
fn not_published(tlsa: &TlsaRecords) -> Option<(Outcome, &'static str)> {
    use Outcome::{Fail, Inconclusive, NotApplicable};
    match &tlsa.security {
        _ if tlsa.is_pending => Some((Inconclusive, common::NOT_OBSERVED)),
        Security::Secure if tlsa.records.is_empty() => Some((NotApplicable, "no-tlsa")),
        Security::Secure => None,
        // Without authentic records nobody uses DANE, whatever is published.
        Security::Insecure(_) => Some((NotApplicable, "not-signed")),
        // That nothing verifies is what dns-dnssec says.
        Security::Bogus(_) if tlsa.records.is_empty() => Some((Inconclusive, common::LOWER_LAYER)),
        Security::Bogus(_) => Some((Fail, "bogus")),
        Security::Unknown(Unknown::NotObserved) => Some((Inconclusive, common::NOT_OBSERVED)),
        Security::Unknown(Unknown::LimitReached) => Some((Inconclusive, common::LIMIT)),
        Security::Unknown(Unknown::Failed(LookupFailure::Net(failure))) if failure.is_ours() => {
            Some((Inconclusive, common::OUR_FAULT))
        }
        Security::Unknown(Unknown::Failed(_)) => Some((Inconclusive, common::UNRESOLVED)),
        Security::Unknown(_) => Some((Inconclusive, "not-validated")),
    }
}
