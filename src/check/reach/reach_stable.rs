//! Does each IPv6 address take a connection every time, or only now and then?

use super::helpers::{rounds, socket};
use crate::check::doc::Doc;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::reach::Rounds;
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// Attempts from which something can be said.
pub(in crate::check) const ATTEMPTS_MIN: usize = 3;

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

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let rounds = match rounds(case, Family::Ipv6) {
        Ok(rounds) => rounds,
        Err(verdict) => return verdict,
    };
    let subjects: Vec<Subject> = rounds.iter().map(subject).collect();
    // Where every address is down, that is what is said.
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    Verdict::worst_of(subjects, "stable", nothing)
        .citing(rounds.iter().flat_map(|rounds| rounds.observations.iter().copied()))
}

fn subject(rounds: &Rounds) -> Subject {
    let (counted, answered) = (rounds.counted(), rounds.answered());
    let (outcome, reason) = match unknown(rounds) {
        Some(reason) => (Outcome::Inconclusive, reason),
        None if answered == 0 && rounds.is_our_fault => (Outcome::Inconclusive, common::OUR_FAULT),
        None if answered == 0 => (Outcome::NotApplicable, "down"),
        None if answered < counted => (Outcome::Fail, "flapping"),
        None if counted >= ATTEMPTS_MIN => (Outcome::Pass, "stable"),
        None if counted < rounds.outcomes.len() => (Outcome::Inconclusive, common::OUR_FAULT),
        None => (Outcome::Inconclusive, "too-few-attempts"),
    };
    let detail = match counted {
        0 => Vec::new(),
        _ => vec![("lost", format!("{}/{counted}", counted - answered))],
    };
    socket(rounds.address, outcome, reason, detail)
}

/// Why nothing can be said of an address's rounds, when that is our side's doing.
pub(in crate::check) fn unknown(rounds: &Rounds) -> Option<&'static str> {
    if let Some(gap) = rounds.missing {
        return Some(common::reason_of(gap));
    }
    if rounds.counted() == 0 {
        return Some(common::OUR_FAULT);
    }
    rounds.is_pending.then_some(common::NOT_OBSERVED)
}
