//! Failures and unknowns grouped by their cause: one remedy per cause.

use crate::check::{Check, common};
use crate::judge::{Finding, RunResult, ServiceResult};
use crate::model::{Outcome, Severity, Subject};

/// A cause and the services that it concerns.
pub struct Cause<'a> {
    /// The check.
    pub check: &'static Check,
    /// Its reason.
    pub reason: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Whether the check fails or is inconclusive.
    pub outcome: Outcome,
    /// The services in the inventory's order, each with the subjects that have this outcome.
    pub services: Vec<(&'a ServiceResult, Vec<Subject>)>,
}

/// All causes of one outcome, the most severe first, then those that concern most services. What
/// only follows from another check's failure is no cause of its own.
pub fn causes(result: &RunResult, outcome: Outcome) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for service in &result.services {
        let findings = service.verdicts.findings();
        let is_cause = |check: &Check, finding: &Finding| {
            finding.outcome == outcome
                && !follows_from_another(&findings, check.id, finding.reason)
                && !is_explained(&findings, check, finding)
        };
        // Most services have nothing worth unpacking.
        if !findings.iter().any(|(check, finding)| is_cause(check, finding)) {
            continue;
        }
        for judged in service.verdicts.unpack() {
            let (check, finding) = (judged.check, Finding::of(&judged));
            if !is_cause(check, &finding) {
                continue;
            }
            let Finding { reason, severity, .. } = finding;
            let known =
                causes.iter().position(|c| std::ptr::eq(c.check, check) && c.reason == reason);
            let cause = match known {
                Some(at) => &mut causes[at],
                None => {
                    causes.push(Cause { check, reason, severity, outcome, services: vec![] });
                    let last = causes.len() - 1;
                    &mut causes[last]
                }
            };
            let mut subjects = judged.verdict.subjects;
            subjects.retain(|subject| subject.outcome == outcome);
            cause.services.push((service, subjects));
        }
    }
    // Stable, so that equals stay in the catalogue's and the inventory's order.
    causes.sort_by_key(|cause| (cause.severity, std::cmp::Reverse(cause.services.len())));
    causes
}

/// What the checks of one service found.
type Findings = [(&'static Check, Finding)];

/// Whether a failure of the whole is explained by that of a part, which has the remedy.
fn is_explained(findings: &Findings, check: &Check, finding: &Finding) -> bool {
    let explains = |(other, found): &(&'static Check, Finding)| {
        !other.composes_others() && found.fails_at(Severity::Error)
    };
    check.composes_others() && finding.outcome == Outcome::Fail && findings.iter().any(explains)
}

/// Whether a reason only says that a check could not look, because of what another check found.
pub fn follows_from_another(findings: &Findings, check: &str, reason: &str) -> bool {
    let name_is_found = || {
        findings
            .iter()
            .any(|(check, found)| check.id == "dns-aaaa" && found.outcome == Outcome::Pass)
    };
    match reason {
        common::LOWER_LAYER => true,
        common::UNRESOLVED => !name_is_found(),
        // Reported once, by the check that would have connected.
        common::NOT_VISITED => check != "reach-port",
        _ => false,
    }
}
