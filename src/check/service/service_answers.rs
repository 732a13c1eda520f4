//! Does the service greet in its own protocol at each IPv6 address?

use super::helpers::answer_subjects;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::model::{Severity, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "service-answers",
    sources: &[
        "RFC 1035 §4.2",
        "RFC 5905 §7.3",
        "RFC 9051 §7.1",
        "RFC 1939",
        "RFC 2449 §5",
        "RFC 6409",
        "RFC 4253 §4.2",
        "RFC 8446",
    ],
    severity: Severity::Critical,
    revision: 4,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("refuses"),
        Reason::fail("later"),
        Reason::fail("silent"),
        Reason::fail("broken-off"),
        Reason::fail("tarpit"),
        Reason::fail("too-long"),
        Reason::fail("not-protocol"),
        Reason::fail("no-connection"),
        Reason::fail("no-handshake"),
        Reason::fail("flapping"),
        Reason::fail("no-answer"),
        Reason::fail("only-udp"),
        Reason::fail("only-tcp"),
        Reason::fail("malformed"),
        Reason::fail("servfail"),
        Reason::fail("not-synchronised"),
        Reason::fail("kiss-of-death"),
    ],
    doc: Doc::new(include_str!("service_answers.en.md"), include_str!("service_answers.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let (subjects, cite) = answer_subjects(context)?;
    Ok(Verdict::worst_of(subjects, "answers", common::NO_IPV6).citing(cite))
}

#[cfg(test)]
pub(in crate::check) mod tests;
