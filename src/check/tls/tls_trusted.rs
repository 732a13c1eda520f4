//! Does the certificate chain lead to a trusted authority on every IPv6 address?

use jiff::Timestamp;

use super::helpers::{subject_of_agreeing_sessions, tls_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::evidence::tls::certificate::Staple;
use crate::evidence::tls::certificate::{self, Path};
use crate::model::{Outcome, Severity, Subject, TlsSession, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-trusted",
    sources: &["RFC 5280 §6", "RFC 8446 §4.4.2", "RFC 6960 §3.2"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("trusted"),
        Reason::fail("self-signed"),
        Reason::fail("missing-intermediate"),
        Reason::fail("unknown-root"),
        Reason::fail("invalid-chain"),
        Reason::fail("revoked-by-staple"),
        Reason::fail("unreadable"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_trusted.en.md"), include_str!("tls_trusted.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    Ok(verdict_over_contacts(
        contacts.iter().map(|contact| subject(context, contact)).collect(),
        "trusted",
        &contacts,
    ))
}

fn subject(context: &CheckContext<'_>, contact: &EndpointContact<'_>) -> Subject {
    subject_of_agreeing_sessions(contact, |session, seen_at| {
        subject_of_session(context, contact, session, seen_at)
    })
}

fn subject_of_session(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    session: &TlsSession,
    seen_at: Timestamp,
) -> Subject {
    let staple = session
        .ocsp
        .as_ref()
        .map_or(Staple::Nothing, |ocsp| certificate::staple(ocsp.bytes(), &session.chain, seen_at));
    let (outcome, reason) = match certificate::path(&session.chain, context.trust) {
        Path::Trusted if matches!(staple, Staple::Revoked(_)) => {
            (Outcome::Fail, "revoked-by-staple")
        }
        Path::Trusted => (Outcome::Pass, "trusted"),
        Path::SelfSigned => (Outcome::Fail, "self-signed"),
        Path::MissingIntermediate => (Outcome::Fail, "missing-intermediate"),
        Path::UnknownRoot => (Outcome::Fail, "unknown-root"),
        // Our library gave up on it.
        Path::TooIntricate => (Outcome::Inconclusive, common::LIMIT),
        Path::Invalid => (Outcome::Fail, "invalid-chain"),
        Path::Unreadable => (Outcome::Fail, "unreadable"),
    };
    let leaf = certificate::leaf(&session.chain);
    let stapled = match staple {
        Staple::Good => Some(("staple", "good".to_owned())),
        Staple::Revoked(at) => Some(("revoked", at.to_string())),
        Staple::Nothing => None,
    };
    let detail = leaf
        .map(|leaf| ("issuer", leaf.issuer))
        .into_iter()
        .chain([("certificates-sent", session.chain.len().to_string())])
        .chain(stapled)
        .collect();
    socket(contact.address, outcome, reason, detail)
}
