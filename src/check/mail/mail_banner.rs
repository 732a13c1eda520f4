//! Does every mail exchanger greet at each of its IPv6 addresses?

use super::helpers::{greeting_subject, verdict_over_ipv6_contacts};
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Severity, Verdict};

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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    verdict_over_ipv6_contacts(context, greeting_subject, "greets")
}
