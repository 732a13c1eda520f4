//! A part of a result that is shown by itself: one organisation's, or what a selection chooses.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{Inventory, Organisation, Selection, ServiceId};

/// What an excerpt shows.
#[derive(Clone, Debug)]
pub struct Excerpt {
    organisation: Option<Organisation>,
    selection: Selection,
    /// The services that the selection chooses; `None` when it chooses all.
    chosen: Option<Arc<HashSet<ServiceId>>>,
    /// What services were called that are called otherwise now.
    former: Arc<HashMap<ServiceId, ServiceId>>,
}

impl Excerpt {
    /// What a selection chooses in any of these inventories, of which the first is today's: a service that has
    /// got a tag, or lost it, is the same service, and so is one that has moved.
    pub fn of(selection: Selection, inventories: &[&Inventory]) -> Self {
        let services = inventories.iter().flat_map(|inventory| &inventory.services);
        let chosen = services.filter(|service| selection.matches(service));
        let chosen = chosen.map(|service| service.id.clone()).collect();
        let chosen = (!selection.is_everything()).then(|| Arc::new(chosen));
        let former = inventories.first().map(|today| former_ids(today)).unwrap_or_default();
        Self { organisation: None, selection, chosen, former: Arc::new(former) }
    }

    /// What is one organisation's of it: it is written to this organisation.
    pub fn for_organisation(&self, organisation: &Organisation) -> Self {
        Self { organisation: Some(organisation.clone()), ..self.clone() }
    }

    /// Whether a service is shown, by the id that it has today or had before.
    pub fn covers(&self, id: &ServiceId) -> bool {
        let id = self.former.get(id).unwrap_or(id);
        self.organisation.as_ref().is_none_or(|own| own.id == id.organisation)
            && self.chosen.as_ref().is_none_or(|chosen| chosen.contains(id))
    }

    /// The organisation that it is written to, when it is about one alone.
    pub fn organisation(&self) -> Option<&Organisation> {
        self.organisation.as_ref()
    }

    /// What is chosen of its services, or of all.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }
}

/// The former ids of an inventory's services. One that was given to another service is that one's.
fn former_ids(inventory: &Inventory) -> HashMap<ServiceId, ServiceId> {
    let today: HashSet<&ServiceId> = inventory.services.iter().map(|one| &one.id).collect();
    let former = inventory
        .services
        .iter()
        .flat_map(|service| service.formerly.iter().map(|then| (then.clone(), service.id.clone())));
    former.filter(|(then, _)| !today.contains(then)).collect()
}
