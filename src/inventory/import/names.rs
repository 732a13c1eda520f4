//! The organisations and ids of an inventory that services are added to.

use std::collections::HashMap;

use super::candidate::Candidate;
use crate::inventory::ids::Taken;
use crate::inventory::targets::{new_id, quoted};
use crate::inventory::values::text::slug;
use crate::model::Inventory;

/// Organisations and the ids that are taken. Both may be many, so nothing is searched for one by one.
#[derive(Default)]
pub(super) struct Names {
    pub(super) organisations: Vec<OrganisationNames>,
    ids: Taken,
    by_id: HashMap<String, usize>,
    /// By the name in small letters; of several with one name, the first.
    by_name: HashMap<String, usize>,
}

pub(super) struct OrganisationNames {
    pub(super) id: String,
    name: String,
    pub(super) is_known: bool,
    services: Taken,
}

impl OrganisationNames {
    /// What a new organisation begins with.
    pub(super) fn head(&self, candidate: &Candidate) -> Option<String> {
        if self.is_known {
            return None;
        }
        let contact = candidate.contact.as_ref();
        let contact = contact.map(|contact| format!(", contact: {}", quoted(contact)));
        Some(format!(
            "id: {}, name: {}{}",
            self.id,
            quoted(&self.name),
            contact.unwrap_or_default()
        ))
    }
}

impl Names {
    pub(super) fn of(inventory: Option<&Inventory>) -> Self {
        let mut names = Self::default();
        for organisation in inventory.iter().flat_map(|inventory| &inventory.organisations) {
            names.ids.take(&organisation.id);
            names.add(organisation.id.to_string(), &organisation.name, true);
        }
        for service in inventory.iter().flat_map(|inventory| &inventory.services) {
            if let Some(at) = names.by_id.get(&*service.id.organisation) {
                names.organisations[*at].services.take(&service.id.service);
            }
        }
        names
    }

    fn add(&mut self, id: String, name: &str, is_known: bool) -> usize {
        let at = self.organisations.len();
        self.by_id.entry(id.clone()).or_insert(at);
        self.by_name.entry(name.to_lowercase()).or_insert(at);
        let (name, services) = (name.to_owned(), Taken::default());
        self.organisations.push(OrganisationNames { id, name, is_known, services });
        at
    }

    /// The place of an organisation by its id or its name; it is made when there is none. Two names
    /// that differ in signs and accents only are one new organisation.
    pub(super) fn organisation(&mut self, named: &str) -> usize {
        let named = named.trim();
        let slug = slug(named);
        let by_slug = || self.by_id.get(&slug).filter(|at| !self.organisations[**at].is_known);
        let found = self
            .by_id
            .get(named)
            .or_else(|| self.by_name.get(&named.to_lowercase()))
            .or_else(by_slug);
        if let Some(at) = found {
            return *at;
        }
        let id = self.ids.take_like(if slug.is_empty() { "organisation" } else { &slug });
        self.add(id, named, false)
    }

    pub(super) fn service(&mut self, organisation: usize, candidate: &Candidate) -> String {
        let taken = &mut self.organisations[organisation].services;
        match &candidate.id {
            Some(id) if taken.take(id) => id.clone(),
            _ => new_id(&candidate.target, taken),
        }
    }
}
