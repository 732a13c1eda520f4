//! Does every mail exchanger greet at each of its IPv6 addresses?

use super::helpers::over_ipv6_contacts;
use crate::check::doc::Doc;
use crate::check::reach::greetings::{self, Said, banner, hello};
use crate::check::reach::helpers::socket;
use crate::check::{Check, CheckContext, Reason, Rule};
use crate::evidence::service::EndpointContact;
use crate::model::{Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-banner",
    sources: &["RFC 5321 §3.1", "RFC 5321 §4.2.1", "RFC 5321 §4.3.2"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("greets"),
        Reason::fail("refuses"),
        Reason::fail("later"),
        Reason::fail("silent"),
        Reason::fail("broken-off"),
        Reason::fail("tarpit"),
        Reason::fail("too-long"),
        Reason::fail("not-smtp"),
        Reason::fail("hello-refused"),
        Reason::fail("hello-later"),
        Reason::fail("hello-unanswered"),
    ],
    doc: Doc::new(include_str!("mail_banner.en.md"), include_str!("mail_banner.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    over_ipv6_contacts(case, subject, "greets")
}

/// What an exchanger says at one address.
pub(in crate::check) fn subject(contact: &EndpointContact<'_>) -> Subject {
    greetings::judged(contact, |greeting| {
        match banner(greeting)? {
            Said::Well => {}
            Said::Badly(reason) => return Some((Outcome::Fail, words(reason))),
        }
        match hello(greeting)? {
            Said::Well => Some((Outcome::Pass, "greets")),
            Said::Badly("refuses") => Some((Outcome::Fail, "hello-refused")),
            Said::Badly("later") => Some((Outcome::Fail, "hello-later")),
            Said::Badly(_) => Some((Outcome::Fail, "hello-unanswered")),
        }
    })
    .unwrap_or_else(|(outcome, reason)| socket(contact.address, outcome, reason, Vec::new()))
}

/// Another protocol has this check's own word.
fn words(reason: &'static str) -> &'static str {
    if reason == "not-protocol" { "not-smtp" } else { reason }
}
