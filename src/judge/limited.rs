//! Results cut down to an excerpt, before anything is worked out from them.

use std::sync::Arc;

use super::{Excerpt, RunResult, ServiceResult, SinceLast};
use crate::model::{Detail, Inventory, Organisation, Service, ServiceId};

impl RunResult {
    /// What an excerpt shows of the run. Nothing of other services is left in it, nor of other
    /// organisations: not in its inventory either, so that whatever is worked out from it is about its own.
    pub fn limited_to(&self, excerpt: &Arc<Excerpt>) -> Self {
        let covered = |result: &&ServiceResult| excerpt.covers(&result.service.id);
        let mut services: Vec<_> = self.services.iter().filter(covered).cloned().collect();
        if let Some(own) = excerpt.organisation() {
            services.iter_mut().for_each(|one| hide_other_owners(one, own, &self.inventory));
        }
        let mut rescans = self.rescans.clone();
        rescans.retain(|id, _| excerpt.covers(id));
        let inventory = Arc::new(excerpt_of_inventory(&self.inventory, excerpt));
        let excerpt = Some(Arc::clone(excerpt));
        Self {
            run: self.run.clone(),
            inventory,
            policy: Arc::clone(&self.policy),
            as_of: self.as_of,
            is_day_given: self.is_day_given,
            vantage: self.vantage.clone(),
            services,
            rescans,
            excerpt,
        }
    }

    /// Whether a service belongs to what the result shows, or would if it were there.
    pub fn covers(&self, id: &ServiceId) -> bool {
        self.excerpt.as_ref().is_none_or(|excerpt| excerpt.covers(id))
    }

    /// The organisation that the result is written to, when it is about one alone.
    pub fn organisation(&self) -> Option<&Organisation> {
        self.excerpt.as_ref().and_then(|excerpt| excerpt.organisation())
    }
}

impl SinceLast {
    /// What an excerpt shows of the changes.
    pub fn limited_to(&self, excerpt: &Excerpt) -> Self {
        let services = self.services.iter();
        let services = services.filter(|one| excerpt.covers(&one.change.service.id));
        Self {
            run: self.run.clone(),
            ended_at: self.ended_at,
            is_rescan: self.is_rescan,
            services: services.cloned().collect(),
        }
    }
}

/// Takes the ids of other organisations out of what checks say of the owners of hosts. That the host is
/// not one's own stays.
fn hide_other_owners(result: &mut ServiceResult, own: &Organisation, inventory: &Inventory) {
    let is_other = |(key, value): &Detail| {
        *key == "owner"
            && *value != *own.id
            && inventory.organisations.iter().any(|one| *one.id == **value)
    };
    let mut verdicts = result.verdicts.unpack();
    let subjects = || verdicts.iter().flat_map(|judged| &judged.verdict.subjects);
    if !subjects().any(|subject| subject.detail.iter().any(is_other)) {
        return;
    }
    for subject in verdicts.iter_mut().flat_map(|judged| &mut judged.verdict.subjects) {
        for detail in subject.detail.iter_mut().filter(|detail| is_other(detail)) {
            detail.1 = ANOTHER_ORGANISATION.to_owned();
        }
    }
    result.verdicts = verdicts.into();
}

/// Stands for another organisation's id.
const ANOTHER_ORGANISATION: &str = "another-organisation";

fn excerpt_of_inventory(inventory: &Inventory, excerpt: &Excerpt) -> Inventory {
    let covered = |service: &&Arc<Service>| excerpt.covers(&service.id);
    let services: Vec<_> = inventory.services.iter().filter(covered).cloned().collect();
    let is_shown = |one: &&Organisation| match excerpt.organisation() {
        Some(own) => own.id == one.id,
        None => services.iter().any(|service| service.id.organisation == one.id),
    };
    let organisations = inventory.organisations.iter().filter(is_shown).cloned().collect();
    Inventory {
        id: inventory.id.clone(),
        title: inventory.title.clone(),
        lang: inventory.lang,
        reporting: inventory.reporting,
        timezone: inventory.timezone.clone(),
        settings: inventory.settings.clone(),
        networks: inventory.networks.clone(),
        policy: inventory.policy.clone(),
        organisations,
        services,
        sha256: inventory.sha256,
    }
}
