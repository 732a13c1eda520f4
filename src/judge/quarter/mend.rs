//! The work list: what is to be mended, and whom each mend lifts.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::{CATALOGUE, Check};
use crate::judge::{Judged, RunResult, ServiceResult, Standing, stage};
use crate::model::{Outcome, Service, Severity, SubjectName};

/// The check that only repeats what stops a client first. It is work of its own where it is what
/// holds a service; elsewhere the checks below it say what to do.
const COMPOSITE: &str = "ipv6-only-usable";

/// One mend: a check's reason, and the things on which it fails. Things that fail for exactly the
/// same services are mended together.
#[derive(Clone)]
pub struct Mend {
    /// The check.
    pub check: &'static Check,
    /// Its reason.
    pub reason: &'static str,
    /// The highest severity that it has for any service.
    pub severity: Severity,
    /// The addresses, hosts or name servers to be mended; empty when the check names none.
    pub subjects: Vec<SubjectName>,
    /// The services that it concerns, in the inventory's order.
    pub services: Vec<Arc<Service>>,
    /// How many of them it holds at their stage, alone or with others.
    pub holds: usize,
    /// How many of them would climb at least one stage by this mend alone.
    pub lifts: usize,
}

struct Place {
    severity: Severity,
    services: Vec<usize>,
}

/// All mends, those that lift most services first; then those that hold most services, the most
/// severe, and those that concern most services.
pub fn mends(result: &RunResult) -> Vec<Mend> {
    // By check (its place in the catalogue), reason and thing; ordered, so that equals stay put.
    let mut places: BTreeMap<(usize, &'static str, Option<&SubjectName>), Place> = BTreeMap::new();
    for (number, service) in counted(result) {
        for judged in service.verdicts.iter().filter(|judged| is_work(service, judged)) {
            let order = CATALOGUE.iter().position(|check| std::ptr::eq(*check, judged.check));
            for (reason, subject) in failing(judged) {
                let key = (order.unwrap_or(CATALOGUE.len()), reason, subject);
                let place = places
                    .entry(key)
                    .or_insert_with(|| Place { severity: judged.severity, services: Vec::new() });
                place.severity = place.severity.min(judged.severity);
                if place.services.last() != Some(&number) {
                    place.services.push(number);
                }
            }
        }
    }
    // What fails for the same services stands together.
    type Together = (Severity, Vec<SubjectName>);
    let mut together: BTreeMap<(usize, &'static str, Vec<usize>), Together> = BTreeMap::new();
    for ((order, reason, subject), place) in places {
        let (severity, subjects) = together
            .entry((order, reason, place.services))
            .or_insert_with(|| (place.severity, Vec::new()));
        *severity = (*severity).min(place.severity);
        subjects.extend(subject.cloned());
    }
    let mut mends: Vec<Mend> = together
        .into_iter()
        .filter_map(|((order, reason, numbers), (severity, subjects))| {
            let check = *CATALOGUE.get(order)?;
            let concerned: Vec<&ServiceResult> =
                numbers.iter().filter_map(|number| result.services.get(*number)).collect();
            let holds = |service: &&&ServiceResult| {
                service.blockers.iter().any(|b| b.check == check.id && b.outcome == Outcome::Fail)
            };
            let lifted = |service: &&&ServiceResult| {
                lifts(result, service, check.id, |subject| subjects.contains(subject))
            };
            let held: Vec<_> = concerned.iter().filter(holds).collect();
            Some(Mend {
                check,
                reason,
                severity,
                holds: held.len(),
                lifts: concerned.iter().filter(holds).filter(lifted).count(),
                services: concerned.iter().map(|service| Arc::clone(&service.service)).collect(),
                subjects,
            })
        })
        .collect();
    mends.sort_by_key(|mend| {
        (Reverse(mend.lifts), Reverse(mend.holds), mend.severity, Reverse(mend.services.len()))
    });
    mends
}

fn counted(result: &RunResult) -> impl Iterator<Item = (usize, &ServiceResult)> {
    result.services.iter().enumerate().filter(|(_, s)| s.standing != Standing::NotCounted)
}

fn is_work(service: &ServiceResult, judged: &Judged) -> bool {
    judged.verdict.outcome == Outcome::Fail
        && (judged.check.id != COMPOSITE
            || service.blockers.iter().any(|blocker| blocker.check == COMPOSITE))
}

/// What a verdict fails on, each with its reason; the verdict's own reason when it names nothing.
fn failing(judged: &Judged) -> Vec<(&'static str, Option<&SubjectName>)> {
    let verdict = &judged.verdict;
    let named: Vec<_> = verdict
        .subjects
        .iter()
        .filter(|subject| subject.outcome == Outcome::Fail)
        .map(|subject| (subject.reason, Some(&subject.name)))
        .collect();
    if named.is_empty() { vec![(verdict.reason, None)] } else { named }
}

/// Whether the service climbs when a check no longer fails on these things.
fn lifts(
    result: &RunResult,
    service: &ServiceResult,
    check: &str,
    mended: impl Fn(&SubjectName) -> bool,
) -> bool {
    let outcome = |judged: &Judged| -> Outcome {
        if judged.check.id != check {
            return judged.verdict.outcome;
        }
        let left = |outcome: Outcome| {
            let mut subjects = judged.verdict.subjects.iter();
            subjects.any(|subject| {
                subject.outcome == outcome && !(outcome == Outcome::Fail && mended(&subject.name))
            })
        };
        match () {
            () if left(Outcome::Fail) => Outcome::Fail,
            () if left(Outcome::Inconclusive) => Outcome::Inconclusive,
            () => Outcome::Pass,
        }
    };
    let (after, _) =
        stage::standing_if(&service.service, &service.verdicts, &result.policy, outcome);
    after.at_least() > service.standing.at_least()
}
