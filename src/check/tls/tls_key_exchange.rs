//! Which key exchange is agreed on every IPv6 address, and does it withstand a quantum computer?

use super::helpers::{subject_of_agreeing_sessions, tls_contacts};
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{Outcome, Severity, Subject, TlsSession, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-key-exchange",
    sources: &["RFC 8446 §4.2.7", "draft-ietf-tls-ecdhe-mlkem", "RFC 9325 §4.1"],
    severity: Severity::Info,
    revision: 2,
    reasons: &[
        Reason::pass("post-quantum"),
        Reason::pass("classical"),
        Reason::inconclusive("unknown-group"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_key_exchange.en.md"), include_str!("tls_key_exchange.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let subjects: Vec<Subject> = contacts.iter().map(subject).collect();
    // The weakest address speaks for all.
    let pass = match subjects.iter().any(|subject| subject.reason == "classical") {
        true => "classical",
        false => "post-quantum",
    };
    Ok(verdict_over_contacts(subjects, pass, &contacts))
}

fn subject(contact: &EndpointContact<'_>) -> Subject {
    subject_of_agreeing_sessions(contact, |session, _| subject_of_session(contact, session))
}

fn subject_of_session(contact: &EndpointContact<'_>, session: &TlsSession) -> Subject {
    let (outcome, reason) = match session.group.as_deref() {
        None => (Outcome::Inconclusive, "unknown-group"),
        Some(group) if group.contains("MLKEM") => (Outcome::Pass, "post-quantum"),
        Some(_) => (Outcome::Pass, "classical"),
    };
    let group = session.group.clone().unwrap_or_else(|| session.cipher_suite.clone());
    socket(contact.address, outcome, reason, vec![("group", group)])
}
