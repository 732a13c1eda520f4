//! Failures and unknowns grouped by their cause, so that one mend stands once.

use crate::check::{Check, common};
use crate::judge::{Judged, RunResult, ServiceResult};
use crate::model::{Outcome, Severity};

/// A cause and whom it concerns.
pub struct Cause<'a> {
    /// The check.
    pub check: &'static Check,
    /// Its reason.
    pub reason: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The services, each with its verdict, in the inventory's order.
    pub services: Vec<(&'a ServiceResult, &'a Judged)>,
}

/// All causes of one outcome, the most severe first, then those that concern most services. What
/// only follows from another check's failure is no cause of its own.
pub fn causes(result: &RunResult, outcome: Outcome) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for service in &result.services {
        for judged in service.verdicts.iter().filter(|j| j.verdict.outcome == outcome) {
            let reason = judged.verdict.reason;
            if follows(service, judged.check.id, reason) || is_explained(service, judged) {
                continue;
            }
            let known = causes
                .iter()
                .position(|c| std::ptr::eq(c.check, judged.check) && c.reason == reason);
            let cause = match known {
                Some(at) => &mut causes[at],
                None => {
                    let severity = judged.severity;
                    causes.push(Cause { check: judged.check, reason, severity, services: vec![] });
                    let last = causes.len() - 1;
                    &mut causes[last]
                }
            };
            cause.services.push((service, judged));
        }
    }
    // Stable, so that equals stay in the catalogue's and the inventory's order.
    causes.sort_by_key(|cause| (cause.severity, std::cmp::Reverse(cause.services.len())));
    causes
}

/// Whether a failure of the whole is explained by that of a part, where the mend stands.
fn is_explained(service: &ServiceResult, judged: &Judged) -> bool {
    let explains = |other: &Judged| {
        !other.check.composes_others()
            && other.verdict.outcome == Outcome::Fail
            && other.severity <= Severity::Error
    };
    judged.check.composes_others()
        && judged.verdict.outcome == Outcome::Fail
        && service.verdicts.iter().any(explains)
}

/// Whether a reason only says that a check could not look, because of what another check says.
pub fn follows(service: &ServiceResult, check: &str, reason: &str) -> bool {
    let name_is_found = || {
        service
            .verdicts
            .iter()
            .any(|judged| judged.check.id == "dns-aaaa" && judged.verdict.outcome == Outcome::Pass)
    };
    match reason {
        common::LOWER_LAYER => true,
        common::UNRESOLVED => !name_is_found(),
        // Said once, by the check that would have knocked.
        common::NOT_VISITED => check != "reach-port",
        _ => false,
    }
}
