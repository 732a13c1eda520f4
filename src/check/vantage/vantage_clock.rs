//! Did the vantage point's own clock show the time on which others agree?

use crate::check::common;
use crate::check::context::VantageContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::own_clock::agrees_on;
use crate::model::{ClockState, ClockWitness, Outcome, Severity, Subject, SubjectName, Verdict};

/// Witnesses that are shown.
const SHOWN_MAX: usize = 8;

/// The rule.
pub static CHECK: Check = Check {
    id: "vantage-clock",
    sources: &["RFC 9110 §6.6.1", "RFC 4034 §3.1.5", "RFC 5280 §4.1.2.5", "RFC 5905 §11.2.1"],
    severity: Severity::Error,
    revision: 1,
    reasons: &[
        Reason::pass("agrees"),
        Reason::fail("wrong"),
        Reason::fail("contradicts"),
        Reason::fail("changed"),
        Reason::inconclusive("too-few-witnesses"),
    ],
    doc: Doc::new(include_str!("vantage_clock.en.md"), include_str!("vantage_clock.vi.md")),
    rule: Rule::Vantage(evaluate),
};

fn evaluate(context: &VantageContext<'_>) -> Result<Verdict, Verdict> {
    // Runs of earlier versions did not look.
    let Some(clock) = &context.vantage.clock else {
        return Err(Verdict::inconclusive(common::NOT_OBSERVED));
    };
    let (outcome, reason) = match clock.state {
        ClockState::Right => (Outcome::Pass, "agrees"),
        ClockState::Wrong => (Outcome::Fail, "wrong"),
        ClockState::Changed => (Outcome::Fail, "changed"),
        ClockState::Unknown => (Outcome::Inconclusive, "too-few-witnesses"),
    };
    let mut shown: Vec<&ClockWitness> = clock.witnesses.iter().collect();
    // Those who say most come first: a wrong clock's are those who contradict it.
    shown.sort_by_key(|witness| agrees_on(witness, 0) == clock.is_wrong());
    shown.truncate(SHOWN_MAX);
    let cite = shown.iter().map(|witness| witness.observation).collect::<Vec<_>>();
    let mut subjects: Vec<Subject> = shown.into_iter().map(subject).collect();
    let run_detail = [("behind-seconds", clock.behind_s), ("set-by-seconds", clock.set_by_s)];
    if let Some(first) = subjects.first_mut() {
        let known =
            run_detail.iter().filter_map(|(key, value)| Some((*key, (*value)?.to_string())));
        first.detail.extend(known);
    }
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

fn subject(witness: &ClockWitness) -> Subject {
    let (outcome, reason) = match agrees_on(witness, 0) {
        true => (Outcome::Pass, "agrees"),
        false => (Outcome::Fail, "contradicts"),
    };
    let detail = vec![
        ("witness", witness.kind.id().to_owned()),
        ("of", witness.name.clone()),
        ("behind-from-seconds", witness.behind_from_s.to_string()),
        ("behind-to-seconds", witness.behind_to_s.to_string()),
    ];
    Subject { name: SubjectName::Address(witness.address), outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use super::*;
    use crate::check::testing::reasons::record_reasons;
    use crate::check::testing::vantage::settings;
    use crate::evidence::vantage;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Digest, Evidence, Networks, ObservationId, OwnClock, WitnessKind};

    pub(in crate::check) const CASES: &[fn()] = &[states_of_a_clock];

    fn witness(behind_s: i64) -> ClockWitness {
        ClockWitness {
            kind: WitnessKind::Time,
            name: "2001:db8::/48".to_owned(),
            address: "2001:db8::1".parse().unwrap(),
            behind_from_s: behind_s,
            behind_to_s: behind_s + 1,
            observation: ObservationId(Digest::of(&behind_s.to_be_bytes())),
        }
    }

    fn verdict(clock: Option<OwnClock>) -> Verdict {
        let (settings, networks, evidence) = (settings(), Networks::default(), Evidence::new());
        let mut vantage = vantage::state("v", &evidence, &settings);
        vantage.clock = clock;
        let context = VantageContext {
            evidence: &evidence,
            settings: &settings,
            networks: &networks,
            vantage: &vantage,
        };
        let verdict = crate::check::rule::verdict_of(evaluate(&context));
        record_reasons(&CHECK, &verdict);
        verdict
    }

    #[test]
    fn states_of_a_clock() {
        let clock = |state, behind: &[i64]| OwnClock {
            state,
            behind_s: None,
            set_by_s: None,
            witnesses: behind.iter().map(|behind| witness(*behind)).collect(),
        };
        for (seen, expected) in [
            (Some(clock(ClockState::Right, &[0, 9])), (Pass, "agrees")),
            (Some(clock(ClockState::Wrong, &[0, 25_200, 25_200, 25_200])), (Fail, "wrong")),
            (Some(clock(ClockState::Changed, &[0])), (Fail, "changed")),
            (Some(clock(ClockState::Unknown, &[])), (Inconclusive, "too-few-witnesses")),
            (None, (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let verdict = verdict(seen);
            assert_eq!((verdict.outcome, verdict.reason), expected);
        }
        let wrong = OwnClock { behind_s: Some(25_200), ..clock(ClockState::Wrong, &[0, 25_200]) };
        let verdict = verdict(Some(wrong));
        let shown: Vec<_> = verdict.subjects.iter().map(|subject| subject.reason).collect();
        assert_eq!(shown, ["contradicts", "agrees"]);
        assert!(verdict.subjects[0].detail.contains(&("behind-seconds", "25200".to_owned())));
        assert_eq!(verdict.observations.len(), 2);
    }
}
