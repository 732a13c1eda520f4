//! What changed between two runs.

use std::collections::HashMap;

use super::key::RunKey;
use super::seen_run::SeenRun;
use crate::judge::{Change, ServiceChange, direction};
use crate::model::ServiceId;

/// What changed of an inventory since an earlier run.
#[derive(Clone)]
pub struct Moved {
    /// The run that it is compared with.
    pub since: SeenRun,
    /// The services that changed or have another id, in the inventory's order; then those that are gone.
    pub services: Vec<ServiceChange>,
    by_id: HashMap<ServiceId, usize>,
}

/// Two runs side by side, judged by the same rules.
pub struct RunChanges {
    /// By which rules both were judged; the run is the later one.
    pub key: RunKey,
    /// The run that is compared with.
    pub before: SeenRun,
    /// The run that is compared.
    pub after: SeenRun,
    /// The services that changed or have another id, in the inventory's order; then those that are gone.
    pub services: Vec<ServiceChange>,
}

impl Moved {
    /// What changed since a run.
    pub(super) fn new(since: SeenRun, services: Vec<ServiceChange>) -> Self {
        let places = services.iter().enumerate().filter(|(_, one)| one.after.is_some());
        let by_id = places.map(|(at, one)| (one.service.id.clone(), at)).collect();
        Self { since, services, by_id }
    }

    /// What changed of a service that is there now, by its id.
    pub fn of(&self, id: &ServiceId) -> Option<&ServiceChange> {
        self.services.get(*self.by_id.get(id)?)
    }

    /// The services that are listed under a direction ([`direction`]).
    pub fn in_direction(&self, change: Change) -> impl Iterator<Item = &ServiceChange> {
        self.services.iter().filter(move |service| direction(service) == change)
    }
}

impl RunChanges {
    /// The services that are listed under a direction ([`direction`]).
    pub fn in_direction(&self, change: Change) -> impl Iterator<Item = &ServiceChange> {
        self.services.iter().filter(move |service| direction(service) == change)
    }
}
