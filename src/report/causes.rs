//! Failures and unknowns grouped by their cause: one remedy per cause. What follows from another finding
//! of the same service, or from an outage of our own side, is counted with it.

use std::cmp::Reverse;

use super::texts;
use crate::check::Check;
use crate::check::common::{COMMON_REASONS, CommonReason};
use crate::judge::{Finding, RootFinding, RootedFindings, Roots, RunResult, ServiceResult};
use crate::model::{Lang, Outcome, Severity, Subject};

/// A cause and the services that it concerns.
pub struct Cause<'a> {
    /// The check that finds it; `None` where our own side kept us from finding anything out.
    pub check: Option<&'static Check>,
    /// Its reason.
    pub reason: &'static str,
    /// How much it matters, with all that follows from it.
    pub severity: Severity,
    /// Whether the check fails or is inconclusive.
    pub outcome: Outcome,
    /// The services in the inventory's order.
    pub services: Vec<Concerned<'a>>,
}

/// A service that a cause concerns.
pub struct Concerned<'a> {
    /// The service.
    pub service: &'a ServiceResult,
    /// The things that the check names with this outcome.
    pub subjects: Vec<Subject>,
    /// The other checks of the service that say no more than this.
    pub beneath: Vec<(&'static Check, Finding)>,
}

impl Cause<'_> {
    /// The check's id; for an outage of our own side its reason.
    pub fn name(&self) -> &'static str {
        self.check.map_or(self.reason, |check| check.id)
    }

    /// One sentence that says what it is.
    pub fn message(&self, lang: Lang) -> &'static str {
        match self.check {
            Some(check) => check.message(self.reason, lang),
            None => self.common_reason().map_or("", |common| common.message.get(lang)),
        }
    }

    /// How to fix it, or what would let us find out.
    pub fn remedy(&self, lang: Lang) -> Option<&'static str> {
        match self.check {
            Some(check) => check.remedy(self.reason, lang),
            None => self.common_reason().map(|common| common.remedy.get(lang)),
        }
    }

    fn common_reason(&self) -> Option<&'static CommonReason> {
        COMMON_REASONS.iter().find(|common| common.id == self.reason)
    }

    /// Whether it lies on our own side, and says nothing of the services.
    pub fn is_ours(&self) -> bool {
        self.check.is_none()
    }

    /// How many findings follow from it, over all services.
    pub fn beneath_count(&self) -> usize {
        self.services.iter().map(|concerned| concerned.beneath.len()).sum()
    }

    /// The checks that follow from it in any service: those that fail first, else in the order in which
    /// they are met.
    pub fn beneath_checks(&self) -> Vec<&'static str> {
        let mut checks: Vec<&'static str> = Vec::new();
        for outcome in [Outcome::Fail, Outcome::Inconclusive] {
            let all = self.services.iter().flat_map(|concerned| &concerned.beneath);
            for (check, _) in all.filter(|(_, finding)| finding.outcome == outcome) {
                if !checks.contains(&check.id) {
                    checks.push(check.id);
                }
            }
        }
        checks
    }
}

/// All causes of one outcome: outages of our own side, then the most severe first, then those that
/// concern most services.
pub fn causes(result: &RunResult, outcome: Outcome) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for service in &result.services {
        // Most services have nothing worth unpacking.
        if !service.verdicts.findings().iter().any(|(_, finding)| finding.outcome == outcome) {
            continue;
        }
        let found = RootedFindings::of(service.verdicts.unpack());
        for RootFinding { root, beneath } in found.roots {
            if root.verdict.outcome != outcome {
                continue;
            }
            let beneath = Finding::of_all(&beneath);
            let failing = beneath.iter().filter(|(_, found)| found.outcome == Outcome::Fail);
            let severity = failing.map(|(_, found)| found.severity).fold(root.severity, Ord::min);
            let mut subjects = root.verdict.subjects;
            subjects.retain(|subject| subject.outcome == outcome);
            let concerned = Concerned { service, subjects, beneath };
            add(&mut causes, Some(root.check), root.verdict.reason, severity, outcome, concerned);
        }
        if outcome == Outcome::Inconclusive {
            for (reason, all) in found.ours {
                let severity = all.iter().map(|judged| judged.severity).min();
                let (beneath, subjects) = (Finding::of_all(&all), Vec::new());
                let concerned = Concerned { service, subjects, beneath };
                let severity = severity.unwrap_or(Severity::Info);
                add(&mut causes, None, reason, severity, outcome, concerned);
            }
        }
    }
    // Stable, so that equals stay in the catalogue's and the inventory's order.
    causes.sort_by_key(|cause| (!cause.is_ours(), cause.severity, Reverse(cause.services.len())));
    causes
}

fn add<'a>(
    causes: &mut Vec<Cause<'a>>,
    check: Option<&'static Check>,
    reason: &'static str,
    severity: Severity,
    outcome: Outcome,
    concerned: Concerned<'a>,
) {
    let is_it = |cause: &&mut Cause<'a>| {
        cause.check.map(|check| check.id) == check.map(|check| check.id) && cause.reason == reason
    };
    match causes.iter_mut().find(is_it) {
        Some(cause) => {
            cause.severity = cause.severity.min(severity);
            cause.services.push(concerned);
        }
        None => causes.push(Cause { check, reason, severity, outcome, services: vec![concerned] }),
    }
}

/// The gates that keep a service from its next stage, without those that only follow from another one.
pub fn root_blockers(service: &ServiceResult) -> Vec<&'static str> {
    let blockers: Vec<&'static str> =
        service.blockers.iter().map(|blocker| blocker.check).collect();
    if blockers.len() < 2 {
        return blockers;
    }
    let verdicts = service.verdicts.unpack();
    let roots = Roots::of(&verdicts);
    let follows = |check: &str| {
        roots.by_check(&verdicts).any(|(of, root)| {
            of == check && root.id().is_some_and(|root| root != check && blockers.contains(&root))
        })
    };
    blockers.iter().copied().filter(|check| !follows(check)).collect()
}

/// How many findings follow from a cause and which checks they are of, in one phrase; `None` when none
/// does.
pub fn following(count: usize, checks: &[&str], lang: Lang) -> Option<String> {
    let number = texts::number(count, lang);
    let checks = checks.join(", ");
    match (count, lang) {
        (0, _) => None,
        (_, Lang::Vi) => Some(format!("Kéo theo {number} kết luận khác: {checks}")),
        (1, Lang::En) => Some(format!("1 more finding follows from it: {checks}")),
        (_, Lang::En) => Some(format!("{number} more findings follow from it: {checks}")),
    }
}

/// As [`following`], with the first checks alone: where the others open on demand.
pub fn following_first(count: usize, checks: &[&str], lang: Lang) -> Option<String> {
    const NAMED_MAX: usize = 4;
    let more = (checks.len() > NAMED_MAX).then_some("…");
    let named: Vec<&str> = checks.iter().copied().take(NAMED_MAX).chain(more).collect();
    following(count, &named, lang)
}

/// How far an outage of our own side reaches.
pub fn extent(cause: &Cause<'_>, lang: Lang) -> String {
    extent_of(&cause.services, lang)
}

/// How far an outage of our own side reaches that concerns these services.
pub fn extent_of(services: &[Concerned<'_>], lang: Lang) -> String {
    let findings: usize = services.iter().map(|concerned| concerned.beneath.len()).sum();
    let (services, findings) = (texts::number(services.len(), lang), texts::number(findings, lang));
    match lang {
        Lang::Vi => format!("{services} dịch vụ, {findings} kết luận"),
        Lang::En => format!("services: {services}, findings: {findings}"),
    }
}
