//! The work list: one remedy for each cause, and the services that it lifts.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::failing::{FailingRoot, failing_roots, lifts};
use crate::check::{CATALOGUE, Check};
use crate::judge::RunResult;
use crate::model::{Service, Severity, SubjectName};

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
/// severe, and those that concern most services. What only follows from another failure has none: it goes
/// with that one.
pub fn remedies(result: &RunResult) -> Vec<Remedy> {
    let failing = failing_roots(result);
    // By check (its place in the catalogue), reason and thing; ordered, so that equals stay put.
    let mut places: BTreeMap<(usize, &'static str, Option<SubjectName>), Place> = BTreeMap::new();
    for (number, roots) in failing.iter().enumerate() {
        for root in roots.iter().filter(|root| is_work(root)) {
            let order = CATALOGUE.iter().position(|check| std::ptr::eq(*check, root.check));
            for (reason, subject) in things(root) {
                let key = (order.unwrap_or(CATALOGUE.len()), reason, subject);
                let place = places
                    .entry(key)
                    .or_insert_with(|| Place { severity: root.severity, services: Vec::new() });
                place.severity = place.severity.min(root.severity);
                if place.services.last() != Some(&number) {
                    place.services.push(number);
                }
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
                let service =
                    |number: &usize| Some((result.services.get(*number)?, failing.get(*number)?));
                numbers.iter().filter_map(service)
            };
            let held: Vec<_> = concerned()
                .filter(|(_, roots)| {
                    roots.iter().any(|root| root.check.id == check.id && root.holds)
                })
                .collect();
            let lifted = held.iter().filter(|(service, roots)| {
                lifts(result, service, roots, |root, subject| {
                    root.check.id == check.id
                        && subject.is_none_or(|subject| subjects.contains(&subject.name))
                })
            });
            Some(Remedy {
                check,
                reason,
                severity,
                holds: held.len(),
                lifts: lifted.count(),
                services: concerned().map(|(service, _)| Arc::clone(&service.service)).collect(),
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

fn is_work(root: &FailingRoot) -> bool {
    root.check.id != COMPOSITE || root.holds
}

/// What a check fails on, each with its reason; the check's own reason when it names nothing.
fn things(root: &FailingRoot) -> Vec<(&'static str, Option<SubjectName>)> {
    let named: Vec<_> =
        root.failing().map(|subject| (subject.reason, Some(subject.name.clone()))).collect();
    if named.is_empty() { vec![(root.reason, None)] } else { named }
}
