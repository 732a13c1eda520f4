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

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::rr::rdata::AAAA;
    use hickory_proto::rr::{Name as WireName, RData, Record};

    use crate::check::common;
    use crate::check::testing::vantage::{
        ALL, Works, outcome_after, outcome_over, resolver_message, settings,
    };
    use crate::model::Outcome::{Fail, Inconclusive, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[tests_one_after_the_other];

    #[test]
    fn tests_one_after_the_other() {
        let id = "vantage-resolver";
        let deaf = Works { resolver: false, ..ALL };
        for (tests, expected) in [
            (&[ALL, ALL][..], (Pass, "answers")),
            (&[ALL, deaf, ALL], (Fail, "lost")),
            (&[deaf], (Fail, "silent")),
            (&[], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            assert_eq!(outcome_after(id, &settings(), tests), expected);
        }
        let mut unconfigured = settings();
        unconfigured.resolvers.clear();
        assert_eq!(outcome_after(id, &unconfigured, &[ALL]), (Fail, "none-configured"));
        // An address for a name that has only IPv4 (RFC 7050).
        let name = WireName::from_ascii("ipv4only.arpa.").unwrap();
        let made_up = AAAA("64:ff9b::c000:aa".parse().unwrap());
        let made_up = resolver_message(&[Record::from_rdata(name, 60, RData::AAAA(made_up))]);
        assert_eq!(outcome_over(id, &settings(), &[ALL], &made_up), (Pass, "synthesises-aaaa"));
    }
}
