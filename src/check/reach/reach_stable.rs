//! Does each IPv6 address take a connection every time, or only now and then?

use super::helpers::{ROUNDS_MIN, rounds, rounds_gap, socket};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::reach::Rounds;
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-stable",
    sources: &["RFC 2678"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("stable"),
        Reason::fail("flapping"),
        Reason::inconclusive("too-few-attempts"),
        Reason::not_applicable("down"),
    ],
    doc: Doc::new(include_str!("reach_stable.en.md"), include_str!("reach_stable.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let rounds = rounds(context, Family::Ipv6)?;
    let subjects: Vec<Subject> = rounds.iter().map(subject).collect();
    // Where every address is down, that is the reason.
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    Ok(Verdict::worst_of(subjects, "stable", nothing)
        .citing(rounds.iter().flat_map(|rounds| rounds.observations.iter().copied())))
}

fn subject(rounds: &Rounds) -> Subject {
    let (counted, answered) = (rounds.counted(), rounds.answered());
    let (outcome, reason) = match rounds_gap(rounds) {
        Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
        None if answered == 0 && rounds.is_our_fault => (Outcome::Inconclusive, common::OUR_FAULT),
        None if answered == 0 => (Outcome::NotApplicable, "down"),
        None if answered < counted => (Outcome::Fail, "flapping"),
        None if counted >= ROUNDS_MIN => (Outcome::Pass, "stable"),
        None if counted < rounds.outcomes.len() => (Outcome::Inconclusive, common::OUR_FAULT),
        None => (Outcome::Inconclusive, "too-few-attempts"),
    };
    let detail = match counted {
        0 => Vec::new(),
        _ => vec![("lost", format!("{}/{counted}", counted - answered))],
    };
    socket(rounds.address, outcome, reason, detail)
}
