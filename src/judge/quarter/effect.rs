//! What mending a kind of failure everywhere would do.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::failing::{failing_roots, lifts};
use crate::check::{CATALOGUE, Check};
use crate::judge::RunResult;
use crate::model::{Service, Severity};

/// A kind of failure, and what mending it everywhere would do.
#[derive(Clone)]
pub struct Effect {
    /// The check.
    pub check: &'static Check,
    /// Its reason.
    pub reason: &'static str,
    /// The highest severity that it has for any service.
    pub severity: Severity,
    /// The services that it concerns, in the inventory's order.
    pub services: Vec<Arc<Service>>,
    /// How many of them it holds at their stage, alone or with others.
    pub holds: usize,
    /// How many of them would climb at least one stage if it alone were mended.
    pub lifts: usize,
}

/// All kinds of failures, those that lift most services first; then those that hold most, the most severe,
/// and those that concern most services. What only follows from another failure is none.
pub fn effects(result: &RunResult) -> Vec<Effect> {
    let mut found: BTreeMap<(usize, &'static str), Effect> = BTreeMap::new();
    for (service, roots) in result.services.iter().zip(failing_roots(result)) {
        for root in &roots {
            let order = CATALOGUE.iter().position(|check| std::ptr::eq(*check, root.check));
            let effect =
                found.entry((order.unwrap_or(CATALOGUE.len()), root.reason)).or_insert_with(|| {
                    let (check, reason, severity) = (root.check, root.reason, root.severity);
                    Effect { check, reason, severity, services: Vec::new(), holds: 0, lifts: 0 }
                });
            effect.severity = effect.severity.min(root.severity);
            effect.services.push(Arc::clone(&service.service));
            if root.holds {
                effect.holds += 1;
                let is_mended = |other: &super::failing::FailingRoot| {
                    std::ptr::eq(other.check, root.check) && other.reason == root.reason
                };
                let is_lifted = lifts(result, service, &roots, |other, _| is_mended(other));
                effect.lifts += usize::from(is_lifted);
            }
        }
    }
    let mut effects: Vec<Effect> = found.into_values().collect();
    effects.sort_by_key(|effect| {
        let services = Reverse(effect.services.len());
        (Reverse(effect.lifts), Reverse(effect.holds), effect.severity, services)
    });
    effects
}
