//! Does STARTTLS work at each IPv6 address of each mail exchanger?

use super::subjects::{contacts, mail_exchangers, not_seen, over_contacts, socket};
use super::{Case, Check, Doc, Reason, Rule, common};
use crate::facts::Contact;
use crate::model::{Detail, Family, Greeting, Outcome, Severity, Starttls, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-starttls",
    sources: &["RFC 3207", "RFC 8314", "RFC 7435"],
    severity: Severity::Warning,
    revision: 1,
    reasons: &[
        Reason::pass("completes"),
        Reason::fail("not-offered"),
        Reason::fail("denied"),
        Reason::fail("unanswered"),
        Reason::fail("injected"),
        Reason::fail("no-handshake"),
    ],
    doc: Doc::new(include_str!("mail_starttls.en.md"), include_str!("mail_starttls.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &Case<'_>) -> Verdict {
    let met = mail_exchangers(case).and_then(|_| contacts(case, Family::Ipv6));
    match met {
        Ok(contacts) => {
            over_contacts(contacts.iter().map(subject).collect(), "completes", &contacts)
        }
        Err(verdict) => verdict,
    }
}

fn subject(contact: &Contact<'_>) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return unknown(reason);
    }
    // The attempt that came furthest speaks: a later one is only made after a network failure.
    let seen = contact.greetings.iter().rev().find_map(|(greeting, _)| read(greeting));
    match seen {
        Some((outcome, reason, detail)) => socket(contact.address, outcome, reason, detail),
        None => unknown(common::LOWER_LAYER),
    }
}

fn read(greeting: &Greeting) -> Option<(Outcome, &'static str, Vec<Detail>)> {
    Some(match (greeting.starttls.as_ref()?, &greeting.conversation.tls) {
        (Starttls::NotOffered, _) => (Outcome::Fail, "not-offered", Vec::new()),
        (Starttls::Denied { answer }, _) => {
            let said = answer.lines.iter().take(1).map(|line| ("said", line.clone()));
            (Outcome::Fail, "denied", said.collect())
        }
        (Starttls::Unanswered { .. }, _) if greeting.our_fault().is_some() => return None,
        (Starttls::Unanswered { .. }, _) => (Outcome::Fail, "unanswered", Vec::new()),
        (Starttls::Injected, _) => (Outcome::Fail, "injected", Vec::new()),
        (Starttls::Begun, Some(Ok(session))) => {
            (Outcome::Pass, "completes", vec![("version", session.version.clone())])
        }
        (Starttls::Begun, Some(Err(_))) if greeting.our_fault().is_none() => {
            (Outcome::Fail, "no-handshake", Vec::new())
        }
        (Starttls::Begun, _) => return None,
    })
}
