//! Did the vantage point's own IPv6 work, before, during and after the run?

use crate::check::common;
use crate::check::context::VantageContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::vantage;
use crate::model::{Outcome, Severity, Subject, SubjectName, VantageIpv6, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "vantage-ipv6",
    sources: &["RFC 4443", "RFC 4861"],
    severity: Severity::Critical,
    revision: 1,
    reasons: &[
        Reason::pass("working"),
        Reason::pass("answers"),
        Reason::fail("no-route"),
        Reason::fail("control-targets-silent"),
        Reason::fail("silent"),
        Reason::fail("lost"),
    ],
    doc: Doc::new(include_str!("vantage_ipv6.en.md"), include_str!("vantage_ipv6.vi.md")),
    rule: Rule::Vantage(evaluate),
};

fn evaluate(context: &VantageContext<'_>) -> Result<Verdict, Verdict> {
    let tests = vantage::tests(context.evidence, context.settings);
    let Some(first) = tests.first() else {
        return Err(Verdict::inconclusive(common::NOT_OBSERVED));
    };
    // The first test that failed shows most; without one, the first of all.
    let shown = tests.iter().find(|test| !test.ipv6_works()).unwrap_or(first);
    let (outcome, reason) = if tests.iter().all(vantage::Reading::ipv6_works) {
        (Outcome::Pass, "working")
    } else if first.ipv6_works() && context.vantage.ipv6 != VantageIpv6::Absent {
        (Outcome::Fail, "lost")
    } else if !shown.route {
        (Outcome::Fail, "no-route")
    } else {
        (Outcome::Fail, "control-targets-silent")
    };
    let subject = |outcome, reason| {
        move |target: &std::net::SocketAddr| Subject {
            name: SubjectName::Control(*target),
            outcome,
            reason,
            detail: Vec::new(),
        }
    };
    let subjects = shown
        .answering
        .iter()
        .map(subject(Outcome::Pass, "answers"))
        .chain(shown.silent.iter().map(subject(Outcome::Fail, "silent")))
        .collect();
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }
        .citing(tests.iter().flat_map(|test| test.observations.iter().copied())))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::vantage::{ALL, Works, outcome_after, settings};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};

    pub(in crate::check) const CASES: &[fn()] = &[tests_one_after_the_other];

    #[test]
    fn tests_one_after_the_other() {
        let deaf = Works { targets: 0, ..ALL };
        let cut_off = Works { route: false, targets: 0, ..ALL };
        for (tests, expected) in [
            (&[ALL, ALL][..], (Pass, "working")),
            // Two targets that answer are enough.
            (&[Works { targets: 2, ..ALL }], (Pass, "working")),
            (&[ALL, deaf, ALL], (Fail, "lost")),
            (&[deaf], (Fail, "control-targets-silent")),
            (&[cut_off], (Fail, "no-route")),
            (&[], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            assert_eq!(outcome_after("vantage-ipv6", &settings(), tests), expected);
        }
    }
}
