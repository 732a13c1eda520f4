//! The rules' words as numbers, as the view's file has them. They hold for one set of rules
//! ([`rules_digest`](super::rules_digest)), of which an edition has no other.

use crate::check::{CATALOGUE, COMMON_REASONS, Check};
use crate::judge::{Finding, Root, Standing};
use crate::model::{Outcome, Stage};
use crate::policy::Policy;

const OUTCOMES: [Outcome; 4] =
    [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable, Outcome::Inconclusive];

/// Where the parts of a finding's code begin.
const REASON: i64 = 4;
const ROOT: i64 = 4 << 12;

/// From this root on, common reasons of our own side are meant.
const OURS: i64 = 1 << 16;

/// The place of a check in the catalogue.
pub(super) fn place_of(check: &Check) -> Option<usize> {
    CATALOGUE.iter().position(|one| one.id == check.id)
}

/// The place of a reason in the check's list, behind which the common ones come.
pub(super) fn reason_code(check: &Check, reason: &str) -> Option<i64> {
    let own = check.reasons.iter().map(|one| one.id);
    let place = own.chain(COMMON_REASONS.iter().map(|one| one.id)).position(|one| one == reason)?;
    i64::try_from(place).ok()
}

/// The reason at this place.
pub(super) fn reason_of(check: &Check, code: i64) -> Option<&'static str> {
    let place = usize::try_from(code).ok()?;
    match check.reasons.get(place) {
        Some(own) => Some(own.id),
        None => COMMON_REASONS.get(place - check.reasons.len()).map(|one| one.id),
    }
}

/// The number of an outcome.
pub(super) fn outcome_code(outcome: Outcome) -> i64 {
    OUTCOMES.iter().position(|one| *one == outcome).map_or(0, |place| place as i64)
}

/// The outcome of this number.
pub(super) fn outcome_of(code: i64) -> Option<Outcome> {
    OUTCOMES.get(usize::try_from(code).ok()?).copied()
}

/// What a check found, with what explains it. Its severity is the policy's to say.
pub(super) fn finding_code(check: &Check, finding: &Finding, root: Root) -> Option<i64> {
    let root = match root {
        Root::Itself => 0,
        Root::Check(id) => 1 + CATALOGUE.iter().position(|one| one.id == id)? as i64,
        Root::Ours(reason) => OURS + COMMON_REASONS.iter().position(|one| one.id == reason)? as i64,
    };
    let reason = reason_code(check, finding.reason)?;
    Some(outcome_code(finding.outcome) + REASON * reason + ROOT * root)
}

/// What a code says, under a policy.
pub(super) fn finding_of(check: &'static Check, code: i64, policy: &Policy) -> Option<Finding> {
    let outcome = outcome_of(code % REASON)?;
    let reason = reason_of(check, code / REASON % (ROOT / REASON))?;
    let severity = policy.severity(check.id, reason).unwrap_or_else(|| check.severity_of(reason));
    Some(Finding { outcome, reason, severity })
}

/// What explains the finding of a code.
pub(super) fn root_of(code: i64) -> Option<Root> {
    let root = code / ROOT;
    match root {
        0 => Some(Root::Itself),
        ours @ OURS.. => {
            let place = usize::try_from(ours - OURS).ok()?;
            COMMON_REASONS.get(place).map(|one| Root::Ours(one.id))
        }
        check => {
            let place = usize::try_from(check - 1).ok()?;
            CATALOGUE.get(place).map(|one| Root::Check(one.id))
        }
    }
}

/// The number of a standing.
pub(super) fn standing_code(standing: Standing) -> i64 {
    match standing {
        Standing::At(stage) => i64::from(stage.number()),
        Standing::Absent => 5,
        Standing::Unknown { at_least } => 10 + i64::from(at_least.number()),
        Standing::NotCounted => 20,
    }
}

/// The standing of this number.
pub(super) fn standing_of(code: i64) -> Option<Standing> {
    let stage = |number: i64| Stage::try_from(u8::try_from(number).ok()?).ok();
    match code {
        5 => Some(Standing::Absent),
        20 => Some(Standing::NotCounted),
        10..=14 => Some(Standing::Unknown { at_least: stage(code - 10)? }),
        _ => Some(Standing::At(stage(code)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy;

    #[test]
    fn every_finding_and_standing_comes_back() {
        let yaml = policy::built_in(policy::DEFAULT).unwrap();
        let policy = Policy::parse("p", yaml, |_, _| true).unwrap();
        let ours = COMMON_REASONS.first().unwrap().id;
        for check in CATALOGUE.iter().copied() {
            let own = check.reasons.iter().map(|reason| (reason.id, reason.outcome));
            let common = COMMON_REASONS.iter().map(|common| (common.id, Outcome::Inconclusive));
            for (reason, outcome) in own.chain(common) {
                let severity =
                    policy.severity(check.id, reason).unwrap_or_else(|| check.severity_of(reason));
                let finding = Finding { outcome, reason, severity };
                for root in [Root::Itself, Root::Check(CATALOGUE[7].id), Root::Ours(ours)] {
                    let code = finding_code(check, &finding, root).unwrap();
                    assert_eq!(finding_of(check, code, &policy), Some(finding));
                    assert_eq!(root_of(code), Some(root));
                }
            }
        }
        let known = Stage::ALL.into_iter().map(Standing::At);
        let unknown = Stage::ALL.into_iter().map(|at_least| Standing::Unknown { at_least });
        for standing in known.chain(unknown).chain([Standing::Absent, Standing::NotCounted]) {
            assert_eq!(standing_of(standing_code(standing)), Some(standing));
        }
    }
}
