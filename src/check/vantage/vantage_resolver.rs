//! Does a resolver answer, and does it change what it is asked to look up?

use crate::check::common;
use crate::check::context::VantageContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::vantage;
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "vantage-resolver",
    sources: &["RFC 7050", "RFC 4035 §3.2.3"],
    severity: Severity::Critical,
    revision: 1,
    reasons: &[
        Reason::pass("answers"),
        Reason::pass("synthesises-aaaa"),
        Reason::fail("silent"),
        Reason::fail("none-configured"),
        Reason::fail("lost"),
    ],
    doc: Doc::new(include_str!("vantage_resolver.en.md"), include_str!("vantage_resolver.vi.md")),
    rule: Rule::Vantage(evaluate),
};

fn evaluate(context: &VantageContext<'_>) -> Result<Verdict, Verdict> {
    if context.settings.resolvers.is_empty() {
        return Err(Verdict::plain(Outcome::Fail, "none-configured"));
    }
    let tests = vantage::tests(context.evidence, context.settings);
    let Some(first) = tests.first() else {
        return Err(Verdict::inconclusive(common::NOT_OBSERVED));
    };
    let shown = tests.iter().find(|test| !test.resolver_works()).unwrap_or(first);
    let (outcome, reason) = if !first.resolver_works() {
        (Outcome::Fail, "silent")
    } else if !shown.resolver_works() {
        (Outcome::Fail, "lost")
    } else if tests.iter().any(|test| !test.dns64.is_empty()) {
        (Outcome::Pass, "synthesises-aaaa")
    } else {
        (Outcome::Pass, "answers")
    };
    let mut particulars: Vec<_> =
        shown.dns64.iter().map(|prefix| ("dns64", prefix.to_string())).collect();
    if let Some(validates) = shown.validates_dnssec {
        particulars.push(("validates-dnssec", validates.to_string()));
    }
    let subject = |target: &std::net::SocketAddr, outcome, reason, detail| Subject {
        name: SubjectName::Control(*target),
        outcome,
        reason,
        detail,
    };
    let answering = shown
        .resolvers
        .iter()
        .map(|target| subject(target, Outcome::Pass, "answers", particulars.clone()));
    let silent = shown
        .silent_resolvers
        .iter()
        .map(|target| subject(target, Outcome::Fail, "silent", Vec::new()));
    let subjects = answering.chain(silent).collect();
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }
        .citing(tests.iter().flat_map(|test| test.observations.iter().copied())))
}
