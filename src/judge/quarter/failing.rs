//! What fails of a service, by its roots, and what would be if some of it were mended.

use std::collections::HashMap;

use crate::check::Check;
use crate::judge::{
    Finding, RootFinding, RootedFindings, RunResult, ServiceResult, Standing, stage,
};
use crate::model::{Outcome, Severity, Subject};

/// A failure that nothing else of its service explains.
pub(super) struct FailingRoot {
    /// The check.
    pub check: &'static Check,
    /// Its reason.
    pub reason: &'static str,
    /// How much it matters, with all that follows from it.
    pub severity: Severity,
    /// What it names, be it failing or not.
    pub subjects: Vec<Subject>,
    /// The checks that fail only because of it.
    pub beneath: Vec<&'static str>,
    /// Whether it, or what follows from it, holds the service at its stage.
    pub holds: bool,
}

impl FailingRoot {
    /// The things on which it fails.
    pub fn failing(&self) -> impl Iterator<Item = &Subject> {
        self.subjects.iter().filter(|subject| subject.outcome == Outcome::Fail)
    }
}

/// The failing roots of each service, by its number; services that aren't counted have none.
pub(super) fn failing_roots(result: &RunResult) -> Vec<Vec<FailingRoot>> {
    result.services.iter().map(of_service).collect()
}

fn of_service(service: &ServiceResult) -> Vec<FailingRoot> {
    let fails = |(_, found): &(_, Finding)| found.outcome == Outcome::Fail;
    if service.standing == Standing::NotCounted || !service.verdicts.findings().iter().any(fails) {
        return Vec::new();
    }
    let is_blocker = |check: &str| {
        service.blockers.iter().any(|by| by.check == check && by.outcome == Outcome::Fail)
    };
    let found = RootedFindings::of(service.verdicts.unpack());
    let failing = found.roots.into_iter().filter(|one| one.root.verdict.outcome == Outcome::Fail);
    failing
        .map(|RootFinding { root, beneath }| {
            let failing = || beneath.iter().filter(|one| one.verdict.outcome == Outcome::Fail);
            let checks: Vec<&'static str> = failing().map(|one| one.check.id).collect();
            FailingRoot {
                severity: failing().map(|one| one.severity).fold(root.severity, Ord::min),
                holds: is_blocker(root.check.id) || checks.iter().any(|check| is_blocker(check)),
                beneath: checks,
                check: root.check,
                reason: root.verdict.reason,
                subjects: root.verdict.subjects,
            }
        })
        .collect()
}

/// Whether a service climbs at least one stage when its failures are mended where `is_mended` says so: of
/// a root on one of the things that it names, or as a whole where it names none.
pub(super) fn lifts(
    result: &RunResult,
    service: &ServiceResult,
    roots: &[FailingRoot],
    is_mended: impl Fn(&FailingRoot, Option<&Subject>) -> bool,
) -> bool {
    let mut outcomes: HashMap<&'static str, Outcome> = HashMap::new();
    for root in roots {
        let outcome = outcome_after(root, &is_mended);
        outcomes.insert(root.check.id, outcome);
        if outcome != Outcome::Fail {
            outcomes.extend(root.beneath.iter().map(|check| (*check, Outcome::Pass)));
        }
    }
    let outcome =
        |check: &Check, found: &Finding| outcomes.get(check.id).copied().unwrap_or(found.outcome);
    let findings = service.verdicts.findings();
    let (after, _) = stage::standing_if(&service.service, &findings, &result.policy, outcome);
    after.at_least() > service.standing.at_least()
}

fn outcome_after(
    root: &FailingRoot,
    is_mended: impl Fn(&FailingRoot, Option<&Subject>) -> bool,
) -> Outcome {
    let mut failing = root.failing().peekable();
    let is_whole = match failing.peek() {
        None => is_mended(root, None),
        Some(_) => failing.all(|subject| is_mended(root, Some(subject))),
    };
    let is_unknown = root.subjects.iter().any(|one| one.outcome == Outcome::Inconclusive);
    match (is_whole, is_unknown) {
        (false, _) => Outcome::Fail,
        (true, true) => Outcome::Inconclusive,
        (true, false) => Outcome::Pass,
    }
}
