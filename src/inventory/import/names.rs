//! The organisations and ids of an inventory that services are added to.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use super::candidate::Candidate;
use crate::inventory::ids::Taken;
use crate::inventory::parse::Parsed;
use crate::inventory::targets::{new_id, quoted};
use crate::inventory::values::text::slug;

/// Organisations and the ids that are taken. Both may be many, so nothing is searched for one by one.
#[derive(Default)]
pub(super) struct Names {
    pub(super) organisations: Vec<OrganisationNames>,
    ids: Taken,
    by_id: HashMap<String, usize>,
    /// By the names without case; of several with one name, the first.
    by_name: HashMap<String, usize>,
}

pub(super) struct OrganisationNames {
    pub(super) id: String,
    pub(super) name: String,
    /// Other names that tables have for it.
    pub(super) also: Vec<String>,
    pub(super) is_known: bool,
    services: Taken,
}

impl OrganisationNames {
    /// Whether a name is known to be its.
    pub(super) fn is_called(&self, named: &str) -> bool {
        let named = normal(named);
        self.also.iter().chain([&self.name]).any(|name| normal(name) == named)
    }

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
    pub(super) fn of(parsed: Option<&Parsed>) -> Self {
        let mut names = Self::default();
        let Some(Parsed { inventory, also, .. }) = parsed else { return names };
        for organisation in &inventory.organisations {
            names.ids.take(&organisation.id);
            names.add(organisation.id.to_string(), &organisation.name, true);
        }
        for (id, name) in also {
            if let Some(at) = names.by_id.get(&**id) {
                names.organisations[*at].also.push(name.clone());
                names.by_name.entry(normal(name)).or_insert(*at);
            }
        }
        for service in &inventory.services {
            if let Some(at) = names.by_id.get(&*service.id.organisation) {
                names.organisations[*at].services.take(&service.id.service);
            }
        }
        names
    }

    fn add(&mut self, id: String, name: &str, is_known: bool) -> usize {
        let at = self.organisations.len();
        self.by_id.entry(id.clone()).or_insert(at);
        self.by_name.entry(normal(name)).or_insert(at);
        let (name, services) = (name.to_owned(), Taken::default());
        self.organisations.push(OrganisationNames {
            id,
            name,
            also: Vec::new(),
            is_known,
            services,
        });
        at
    }

    /// The place of an organisation by its id or one of its names.
    pub(super) fn find(&self, named: &str) -> Option<usize> {
        self.by_id.get(named.trim()).or_else(|| self.by_name.get(&normal(named))).copied()
    }

    /// The place of an organisation; it is made when there is none, with the id if that is free.
    pub(super) fn organisation(&mut self, id: Option<&str>, named: &str) -> usize {
        let by_id = id.and_then(|id| self.by_id.get(id).copied());
        if let Some(at) = by_id.or_else(|| self.find(named)) {
            return at;
        }
        let named = named.trim();
        let slug = slug(named);
        let base = id.unwrap_or(if slug.is_empty() { "organisation" } else { &slug });
        let id = self.ids.take_like(base);
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

/// A name without what never tells two apart: case, composition and blanks.
pub(super) fn normal(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
