//! What changed between two judged runs, which must have been judged by the same rules.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Finding, Lineage, Root, Roots, RunResult, ServiceResult, Standing};
use crate::check::Check;
use crate::model::{Outcome, Service, ServiceId};

/// The reason of a check for which the run made too few rounds, as a quick one does: it was not to look.
const NOT_ASKED: &str = "too-few-attempts";

/// The direction of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// It got worse.
    Worse,
    /// It was known and isn't any more. Never neutral: what can't be seen may be broken.
    Unknown,
    /// It got better.
    Better,
    /// It was unknown and is known now; that says nothing about how it was before.
    Known,
    /// It wasn't there (or wasn't counted) before.
    New,
    /// It isn't there (or isn't counted) any more.
    Gone,
    /// Another reason of the same weight, or a check that began or ceased to concern the service.
    Otherwise,
    /// Nothing changed.
    Same,
}

impl Change {
    /// Every direction, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::Worse,
        Self::Unknown,
        Self::Better,
        Self::Known,
        Self::New,
        Self::Gone,
        Self::Otherwise,
        Self::Same,
    ];

    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Unknown => "unknown",
            Self::Better => "better",
            Self::Known => "known",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Otherwise => "otherwise",
            Self::Same => "same",
        }
    }

    /// The change of a service's stage. A service that is retired counts as gone.
    pub fn of_standings(before: Standing, after: Standing) -> Self {
        use std::cmp::Ordering::{Greater, Less};
        match (before, after) {
            (Standing::NotCounted, Standing::NotCounted) => Self::Same,
            (Standing::NotCounted, _) => Self::New,
            (_, Standing::NotCounted) => Self::Gone,
            (Standing::Unknown { at_least: a }, Standing::Unknown { at_least: b }) => {
                match b.cmp(&a) {
                    Greater => Self::Known,
                    Less => Self::Unknown,
                    _ => Self::Same,
                }
            }
            // What is known at least may be enough to tell.
            (known, Standing::Unknown { at_least }) if known.stage() < Some(at_least) => {
                Self::Better
            }
            (_, Standing::Unknown { .. }) => Self::Unknown,
            (Standing::Unknown { at_least }, known) if known.stage() < Some(at_least) => {
                Self::Worse
            }
            (Standing::Unknown { .. }, _) => Self::Known,
            (before, after) => match after.rank().cmp(&before.rank()) {
                Greater => Self::Better,
                Less => Self::Worse,
                _ => Self::Same,
            },
        }
    }

    /// The change of one check's finding.
    pub fn of_findings(before: &Finding, after: &Finding) -> Self {
        use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
        let was_not_asked =
            |finding: &Finding| finding.outcome == Inconclusive && finding.reason == NOT_ASKED;
        match (before.outcome, after.outcome) {
            // Nothing was looked for, so nothing was lost from sight.
            (Pass, Inconclusive) if was_not_asked(after) => Self::Otherwise,
            (Inconclusive, Pass) if was_not_asked(before) => Self::Otherwise,
            (Fail, Fail) if after.severity < before.severity => Self::Worse,
            (Fail, Fail) if after.severity > before.severity => Self::Better,
            (Fail, Fail) if after.reason != before.reason => Self::Otherwise,
            (a, b) if a == b => Self::Same,
            (NotApplicable, _) | (_, NotApplicable) => Self::Otherwise,
            (_, Inconclusive) => Self::Unknown,
            (Inconclusive, _) => Self::Known,
            (Fail, Pass) => Self::Better,
            _ => Self::Worse,
        }
    }
}

/// A check of a service whose finding changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckChange {
    /// The check's id.
    pub check: &'static str,
    /// The direction.
    pub change: Change,
    /// What it found before.
    pub before: Finding,
    /// What it finds now.
    pub after: Finding,
    /// What explains the change: another check of the service that changed, or our own side.
    pub root: Root,
}

/// One service before and after.
#[derive(Clone)]
pub struct ServiceChange {
    /// The service, as it is now; as it was, when it is gone.
    pub service: Arc<Service>,
    /// The id that it had before, where it was renamed or moved.
    pub formerly: Option<ServiceId>,
    /// The direction of its stage.
    pub change: Change,
    /// The stage that it had; `None` when it was not in the inventory.
    pub before: Option<Standing>,
    /// The stage that it has; `None` when it is no longer in the inventory.
    pub after: Option<Standing>,
    /// The checks whose finding changed, in the catalogue's order. Empty for a service that is new
    /// or gone: there is nothing to compare with.
    pub checks: Vec<CheckChange>,
}

impl ServiceChange {
    /// Whether anything about it changed.
    pub fn is_change(&self) -> bool {
        self.change != Change::Same || !self.checks.is_empty()
    }

    /// Whether there is anything to tell of it: a change, or another id.
    pub fn is_news(&self) -> bool {
        self.is_change() || self.formerly.is_some()
    }

    /// Whether its stage or any of its checks is worse than it was, or no longer known.
    pub fn is_worse(&self) -> bool {
        let mut all = self.checks.iter().map(|check| check.change).chain([self.change]);
        all.any(|change| matches!(change, Change::Worse | Change::Unknown))
    }

    /// The changes that are causes, each with those that only follow from it. Where our own side kept
    /// several checks from finding anything out, the first of them stands for it.
    pub fn causes(&self) -> impl Iterator<Item = (&CheckChange, Vec<&CheckChange>)> {
        let is_first_of_ours = |at: usize, check: &CheckChange| {
            matches!(check.root, Root::Ours(_))
                && self.checks[..at].iter().all(|before| before.root != check.root)
        };
        let all = self.checks.iter().enumerate();
        let causes = all
            .filter(move |(at, check)| check.root == Root::Itself || is_first_of_ours(*at, check));
        causes.map(|(at, cause)| {
            let follows = |other: &(usize, &CheckChange)| match cause.root {
                Root::Ours(_) => other.0 != at && other.1.root == cause.root,
                _ => other.1.root == Root::Check(cause.check),
            };
            let all = self.checks.iter().enumerate().filter(follows);
            (cause, all.map(|(_, check)| check).collect())
        })
    }

    /// The reason for which all of it lies on our own side, beside what changed for neither better nor
    /// worse.
    pub fn outage(&self) -> Option<&'static str> {
        let mut roots = self
            .checks
            .iter()
            .filter(|check| check.change != Change::Otherwise)
            .map(|one| one.root);
        match roots.next()? {
            Root::Ours(reason) if roots.all(|root| root == Root::Ours(reason)) => Some(reason),
            _ => None,
        }
    }

    /// A service that is no longer in the inventory.
    pub fn gone(before: &ServiceResult) -> Self {
        Self::gone_from(&before.service, before.standing)
    }

    /// A service that is no longer in the inventory, by where it stood.
    pub fn gone_from(service: &Arc<Service>, standing: Standing) -> Self {
        Self {
            service: Arc::clone(service),
            formerly: None,
            change: Change::Gone,
            before: Some(standing),
            after: None,
            checks: Vec::new(),
        }
    }
}

/// Every service of both runs: those of the later run in its order, then those that are gone.
pub fn changes(before: &RunResult, after: &RunResult) -> Vec<ServiceChange> {
    let earlier: HashMap<&ServiceId, &ServiceResult> =
        before.services.iter().map(|result| (&result.service.id, result)).collect();
    let later: HashSet<&ServiceId> = after.services.iter().map(|one| &one.service.id).collect();
    let lineage = Lineage::between(before, after);
    let is_there = |id: &ServiceId| lineage.now(id).is_some_and(|now| later.contains(now));
    let gone = before.services.iter().filter(|result| !is_there(&result.service.id));
    let mut changes: Vec<_> = after
        .services
        .iter()
        .map(|result| {
            let then = lineage.then(&result.service.id);
            service_change(then.and_then(|id| earlier.get(id)).copied(), result)
        })
        .collect();
    changes.extend(gone.map(ServiceChange::gone));
    changes
}

/// One service as it is now beside what it was; `None` when it wasn't in the inventory.
pub fn service_change(before: Option<&ServiceResult>, after: &ServiceResult) -> ServiceChange {
    let change = match before {
        Some(before) => Change::of_standings(before.standing, after.standing),
        None => Change::New,
    };
    let comparable = before.filter(|_| !matches!(change, Change::New | Change::Gone));
    let checks = comparable.map(|before| check_changes(before, after)).unwrap_or_default();
    ServiceChange {
        service: Arc::clone(&after.service),
        formerly: before
            .map(|before| &before.service.id)
            .filter(|id| **id != after.service.id)
            .cloned(),
        change,
        before: before.map(|before| before.standing),
        after: Some(after.standing),
        checks,
    }
}

/// What a run found of a service, without the verdicts themselves.
#[derive(Clone)]
pub struct SeenService {
    /// The service.
    pub service: Arc<Service>,
    /// Where it stood.
    pub standing: Standing,
    /// What each check found, and what explains that.
    pub findings: Vec<(&'static Check, Finding, Root)>,
}

/// As [`service_change`], of what is kept of two runs.
pub fn seen_change(before: Option<&SeenService>, after: &SeenService) -> ServiceChange {
    let change = match before {
        Some(before) => Change::of_standings(before.standing, after.standing),
        None => Change::New,
    };
    let comparable = before.filter(|_| !matches!(change, Change::New | Change::Gone));
    let checks = comparable.map(|before| {
        let findings = |seen: &SeenService| -> Vec<(&'static Check, Finding)> {
            seen.findings.iter().map(|(check, finding, _)| (*check, *finding)).collect()
        };
        let roots = |seen: &SeenService| -> RootsByCheck {
            seen.findings.iter().map(|(check, _, root)| (check.id, *root)).collect()
        };
        let mut changes = finding_changes(findings(before), findings(after));
        if !changes.is_empty() {
            explain(&mut changes, &roots(before), &roots(after));
        }
        changes
    });
    ServiceChange {
        service: Arc::clone(&after.service),
        formerly: before
            .map(|before| &before.service.id)
            .filter(|id| **id != after.service.id)
            .cloned(),
        change,
        before: before.map(|before| before.standing),
        after: Some(after.standing),
        checks: checks.unwrap_or_default(),
    }
}

fn check_changes(before: &ServiceResult, after: &ServiceResult) -> Vec<CheckChange> {
    let mut changes = finding_changes(before.verdicts.findings(), after.verdicts.findings());
    // Most services have nothing worth unpacking.
    if !changes.is_empty() {
        explain(&mut changes, &roots_of(before), &roots_of(after));
    }
    changes
}

/// The findings that changed, not yet explained.
fn finding_changes(
    before: Vec<(&'static Check, Finding)>,
    after: Vec<(&'static Check, Finding)>,
) -> Vec<CheckChange> {
    let earlier: HashMap<&str, Finding> =
        before.into_iter().map(|(check, found)| (check.id, found)).collect();
    let changed = after.into_iter().filter_map(|(check, after)| {
        let before = *earlier.get(check.id)?;
        let change = Change::of_findings(&before, &after);
        (change != Change::Same).then_some(CheckChange {
            check: check.id,
            change,
            before,
            after,
            root: Root::Itself,
        })
    });
    changed.collect()
}

type RootsByCheck = HashMap<&'static str, Root>;

fn roots_of(result: &ServiceResult) -> RootsByCheck {
    let verdicts = result.verdicts.unpack();
    Roots::of(&verdicts).by_check(&verdicts).collect()
}

/// Says of each change what explains it: what explains the finding that is the worse one, where that
/// changed too.
fn explain(changes: &mut [CheckChange], before: &RootsByCheck, after: &RootsByCheck) {
    let changed: Vec<&'static str> = changes.iter().map(|change| change.check).collect();
    for change in changes {
        let root = |roots: &RootsByCheck| roots.get(change.check).copied().unwrap_or(Root::Itself);
        let (then, now) = (root(before), root(after));
        let root = match change.change {
            Change::Better | Change::Known => then,
            Change::Worse | Change::Unknown => now,
            _ if now == Root::Itself => then,
            _ => now,
        };
        change.root = match root {
            Root::Check(cause) if !changed.contains(&cause) => Root::Itself,
            root => root,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;
    use crate::model::Stage::{Addressed, AtParity, Ipv4Only, Reachable};

    #[test]
    fn stages_move() {
        use Standing::{Absent, At, NotCounted, Unknown};
        for (before, after, expected) in [
            (At(Addressed), At(Reachable), Change::Better),
            (At(Reachable), At(Addressed), Change::Worse),
            (At(Reachable), At(Reachable), Change::Same),
            (At(Reachable), Unknown { at_least: Ipv4Only }, Change::Unknown),
            (At(Reachable), Unknown { at_least: Reachable }, Change::Unknown),
            (At(Addressed), Unknown { at_least: Reachable }, Change::Better),
            (Unknown { at_least: Reachable }, At(Addressed), Change::Worse),
            (Unknown { at_least: Addressed }, At(AtParity), Change::Known),
            (Unknown { at_least: Ipv4Only }, At(Ipv4Only), Change::Known),
            (Unknown { at_least: Reachable }, Unknown { at_least: Addressed }, Change::Unknown),
            (Unknown { at_least: Addressed }, Unknown { at_least: Addressed }, Change::Same),
            // A name that ceases to exist is lost over IPv4 too.
            (At(Ipv4Only), Absent, Change::Worse),
            (At(AtParity), Absent, Change::Worse),
            (Absent, At(Ipv4Only), Change::Better),
            (Absent, At(Reachable), Change::Better),
            (Absent, Absent, Change::Same),
            (Absent, Unknown { at_least: Ipv4Only }, Change::Unknown),
            (Absent, Unknown { at_least: Addressed }, Change::Better),
            (Unknown { at_least: Ipv4Only }, Absent, Change::Known),
            (Unknown { at_least: Addressed }, Absent, Change::Worse),
            (Absent, NotCounted, Change::Gone),
            (NotCounted, Absent, Change::New),
            (At(AtParity), NotCounted, Change::Gone),
            (NotCounted, At(AtParity), Change::New),
            (NotCounted, NotCounted, Change::Same),
        ] {
            assert_eq!(Change::of_standings(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn findings_move() {
        use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
        let finding = |outcome, reason| Finding { outcome, reason, severity: Severity::Error };
        for (before, after, expected) in [
            (Pass, Fail, Change::Worse),
            (Fail, Pass, Change::Better),
            (Pass, Inconclusive, Change::Unknown),
            (Fail, Inconclusive, Change::Unknown),
            (Inconclusive, Pass, Change::Known),
            (Inconclusive, Fail, Change::Known),
            (Fail, NotApplicable, Change::Otherwise),
            (NotApplicable, Pass, Change::Otherwise),
            (Inconclusive, Inconclusive, Change::Same),
        ] {
            let change = Change::of_findings(&finding(before, "a"), &finding(after, "b"));
            assert_eq!(change, expected, "{before:?} {after:?}");
        }
        // A quick run doesn't look for what takes several rounds; a failure that it can't see again stays
        // in doubt.
        let quick = finding(Inconclusive, NOT_ASKED);
        for (before, after, expected) in [
            (finding(Pass, "a"), quick, Change::Otherwise),
            (quick, finding(Pass, "a"), Change::Otherwise),
            (finding(Fail, "a"), quick, Change::Unknown),
            (quick, finding(Fail, "a"), Change::Known),
        ] {
            assert_eq!(Change::of_findings(&before, &after), expected);
        }
        assert!(crate::check::CATALOGUE.iter().any(|check| {
            check.reasons.iter().any(|r| r.id == NOT_ASKED && r.outcome == Inconclusive)
        }));
        let mild = Finding { severity: Severity::Warning, ..finding(Fail, "a") };
        assert_eq!(Change::of_findings(&finding(Fail, "a"), &mild), Change::Better);
        assert_eq!(Change::of_findings(&mild, &finding(Fail, "a")), Change::Worse);
        let other = Change::of_findings(&finding(Fail, "a"), &finding(Fail, "b"));
        assert_eq!(other, Change::Otherwise);
    }
}
