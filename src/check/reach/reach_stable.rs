//! Does each IPv6 address take a connection every time, or only now and then?

use super::helpers::{ROUNDS_MIN, rounds, socket};
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
    let (outcome, reason) = match rounds.gap() {
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

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::web::no_tls;
    use crate::check::testing::world::{URL, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{NetFailure, TlsFailure};

    pub(in crate::check) const CASES: &[fn()] = &[rounds_tell_flapping_from_down];

    #[test]
    fn rounds_tell_flapping_from_down() {
        let (up, away, ours) = (Ok(1), Err(NetFailure::TimedOut), Err(NetFailure::NoRoute));
        for (first, rounds, expected) in [
            (Ok(()), [up.clone(), up.clone()], (Pass, "stable")),
            (Ok(()), [away.clone(), up.clone()], (Fail, "flapping")),
            (Err(NetFailure::TimedOut), [up.clone(), up.clone()], (Fail, "flapping")),
            (Err(NetFailure::TimedOut), [away.clone(), away.clone()], (NotApplicable, "down")),
            (Err(NetFailure::TimedOut), [ours.clone(), ours.clone()], (NotApplicable, "down")),
            (Ok(()), [ours.clone(), up.clone()], (Inconclusive, common::OUR_FAULT)),
            (Err(NetFailure::NoRoute), [ours.clone(), ours], (Inconclusive, common::OUR_FAULT)),
        ] {
            let attempts = if first.is_ok() { vec![first] } else { vec![first.clone(), first] };
            let world = World::new("active").published().connects("[2001:db8::1]:443", &attempts);
            let world = world.later_connects("[2001:db8::1]:443", &rounds);
            assert_eq!(world.outcome_of("reach-stable"), expected, "{attempts:?} {rounds:?}");
        }
        // Connections that were taken one right after the other are no rounds.
        let ours = TlsFailure::Net { failure: NetFailure::NoRoute };
        let hasty = World::new("active").published();
        let hasty = hasty.visits(URL, "2001:db8::1", &[&no_tls(ours.clone()), &no_tls(ours)]);
        assert_eq!(hasty.outcome_of("reach-stable"), (Inconclusive, common::NOT_OBSERVED));
        let asked_once = World::new("active").published().connects("[2001:db8::1]:443", &[Ok(())]);
        assert_eq!(asked_once.outcome_of("reach-stable"), (Inconclusive, common::NOT_OBSERVED));
        let mut one_round = asked_once;
        one_round.inventory.settings.rounds = 1;
        assert_eq!(one_round.outcome_of("reach-stable"), (Inconclusive, "too-few-attempts"));
    }
}
