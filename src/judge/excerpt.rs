//! A part of a result that is shown by itself: one organisation's, or what a selection chooses.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{Inventory, Organisation, Selection, ServiceId};

/// What an excerpt shows.
#[derive(Clone, Debug)]
pub struct Excerpt {
    organisation: Option<Organisation>,
    selection: Selection,
    /// The services that the selection chooses; `None` when it chooses all.
    chosen: Option<Arc<HashSet<ServiceId>>>,
}

impl Excerpt {
    /// What a selection chooses in any of these inventories: a service that has got a tag, or lost it, is
    /// the same service.
    pub fn of(selection: Selection, inventories: &[&Inventory]) -> Self {
        let services = inventories.iter().flat_map(|inventory| &inventory.services);
        let chosen = services.filter(|service| selection.matches(service));
        let chosen = chosen.map(|service| service.id.clone()).collect();
        let chosen = (!selection.is_everything()).then(|| Arc::new(chosen));
        Self { organisation: None, selection, chosen }
    }

    /// What is one organisation's of it: it is written to this organisation.
    pub fn for_organisation(&self, organisation: &Organisation) -> Self {
        Self { organisation: Some(organisation.clone()), ..self.clone() }
    }

    /// Whether a service is shown.
    pub fn covers(&self, id: &ServiceId) -> bool {
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
