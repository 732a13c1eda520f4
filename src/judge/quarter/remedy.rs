//! The work list: one remedy for each cause, and the services that it lifts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::check::{CATALOGUE, Check};
use crate::judge::{Finding, Judged, RunResult, ServiceResult, Standing, stage};
use crate::model::{Outcome, Service, Severity, Subject, SubjectName};

/// The check that only repeats what stops a client first. It is work of its own where it is what
/// holds a service; elsewhere the checks below it say what to do.
const COMPOSITE: &str = "ipv6-only-usable";

/// What is to be done about a check's reason, on the things on which it fails. Things that fail for
/// exactly the same services have one remedy.
#[derive(Clone)]
pub struct Remedy {
    /// The check.
    pub check: &'static Check,
    /// Its reason.
    pub reason: &'static str,
    /// The highest severity that it has for any service.
    pub severity: Severity,
    /// The addresses, hosts or name servers to be fixed; empty when the check names none.
    pub subjects: Vec<SubjectName>,
    /// The services that it concerns, in the inventory's order.
    pub services: Vec<Arc<Service>>,
    /// How many of them it holds at their stage, alone or with others.
    pub holds: usize,
    /// How many of them would climb at least one stage by this remedy alone.
    pub lifts: usize,
}

struct Place {
    severity: Severity,
    services: Vec<usize>,
}

/// All remedies, those that lift most services first; then those that hold most services, the most
/// severe, and those that concern most services.
pub fn remedies(result: &RunResult) -> Vec<Remedy> {
    // By check (its place in the catalogue), reason and thing; ordered, so that equals stay put.
    let mut places: BTreeMap<(usize, &'static str, Option<SubjectName>), Place> = BTreeMap::new();
    // What holds a service, by the service and the check.
    let mut holding: HashMap<(usize, &'static str), Vec<Subject>> = HashMap::new();
    for (number, service) in counted(result) {
        if !service.verdicts.findings().iter().any(|(_, found)| found.outcome == Outcome::Fail) {
            continue;
        }
        let verdicts = service.verdicts.unpack().into_iter();
        for judged in verdicts.filter(|judged| is_work(service, judged)) {
            let order = CATALOGUE.iter().position(|check| std::ptr::eq(*check, judged.check));
            for (reason, subject) in failing(&judged) {
                let key = (order.unwrap_or(CATALOGUE.len()), reason, subject);
                let place = places
                    .entry(key)
                    .or_insert_with(|| Place { severity: judged.severity, services: Vec::new() });
                place.severity = place.severity.min(judged.severity);
                if place.services.last() != Some(&number) {
                    place.services.push(number);
                }
            }
            if is_held_by(service, judged.check.id) {
                holding.insert((number, judged.check.id), judged.verdict.subjects);
            }
        }
    }
    // What fails for the same services has one remedy.
    type Together = (Severity, Vec<SubjectName>);
    let mut together: BTreeMap<(usize, &'static str, Vec<usize>), Together> = BTreeMap::new();
    for ((order, reason, subject), place) in places {
        let (severity, subjects) = together
            .entry((order, reason, place.services))
            .or_insert_with(|| (place.severity, Vec::new()));
        *severity = (*severity).min(place.severity);
        subjects.extend(subject);
    }
    let mut remedies: Vec<Remedy> = together
        .into_iter()
        .filter_map(|((order, reason, numbers), (severity, subjects))| {
            let check = *CATALOGUE.get(order)?;
            let concerned = || {
                let service = |number: &usize| Some((*number, result.services.get(*number)?));
                numbers.iter().filter_map(service)
            };
            let held: Vec<_> = concerned()
                .filter_map(|(number, service)| Some((service, holding.get(&(number, check.id))?)))
                .collect();
            let lifted = held.iter().filter(|(service, named)| {
                lifts(result, service, check.id, named, |subject| subjects.contains(subject))
            });
            Some(Remedy {
                check,
                reason,
                severity,
                holds: held.len(),
                lifts: lifted.count(),
                services: concerned().map(|(_, service)| Arc::clone(&service.service)).collect(),
                subjects,
            })
        })
        .collect();
    remedies.sort_by_key(|remedy| {
        let services = Reverse(remedy.services.len());
        (Reverse(remedy.lifts), Reverse(remedy.holds), remedy.severity, services)
    });
    remedies
}

fn counted(result: &RunResult) -> impl Iterator<Item = (usize, &ServiceResult)> {
    result.services.iter().enumerate().filter(|(_, s)| s.standing != Standing::NotCounted)
}

fn is_held_by(service: &ServiceResult, check: &str) -> bool {
    service.blockers.iter().any(|b| b.check == check && b.outcome == Outcome::Fail)
}

fn is_work(service: &ServiceResult, judged: &Judged) -> bool {
    judged.verdict.outcome == Outcome::Fail
        && (judged.check.id != COMPOSITE
            || service.blockers.iter().any(|blocker| blocker.check == COMPOSITE))
}

/// What a verdict fails on, each with its reason; the verdict's own reason when it names nothing.
fn failing(judged: &Judged) -> Vec<(&'static str, Option<SubjectName>)> {
    let verdict = &judged.verdict;
    let named: Vec<_> = verdict
        .subjects
        .iter()
        .filter(|subject| subject.outcome == Outcome::Fail)
        .map(|subject| (subject.reason, Some(subject.name.clone())))
        .collect();
    if named.is_empty() { vec![(verdict.reason, None)] } else { named }
}

/// Whether the service climbs when a check, which names these things, no longer fails on those that
/// are fixed.
fn lifts(
    result: &RunResult,
    service: &ServiceResult,
    check: &str,
    named: &[Subject],
    is_fixed: impl Fn(&SubjectName) -> bool,
) -> bool {
    let outcome = |other: &Check, finding: &Finding| -> Outcome {
        if other.id != check {
            return finding.outcome;
        }
        let left = |outcome: Outcome| {
            named.iter().any(|subject| {
                subject.outcome == outcome && !(outcome == Outcome::Fail && is_fixed(&subject.name))
            })
        };
        match () {
            () if left(Outcome::Fail) => Outcome::Fail,
            () if left(Outcome::Inconclusive) => Outcome::Inconclusive,
            () => Outcome::Pass,
        }
    };
    let findings = service.verdicts.findings();
    let (after, _) = stage::standing_if(&service.service, &findings, &result.policy, outcome);
    after.at_least() > service.standing.at_least()
}
