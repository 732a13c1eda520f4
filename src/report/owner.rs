//! Whose a service is: the organisation and its contact, as work lists name them.

use std::collections::HashMap;

use super::describe::clean;
use crate::judge::{RunResult, ServiceResult};
use crate::model::{Organisation, Service, ServiceId};

/// The organisations of a result, for whoever asks for those of many services.
pub struct Owners<'a>(HashMap<&'a str, &'a Organisation>);

impl<'a> Owners<'a> {
    /// Those of a result.
    pub fn of(result: &'a RunResult) -> Self {
        Self(result.inventory.organisations.iter().map(|one| (&*one.id, one)).collect())
    }

    /// The organisation that a service belongs to.
    pub fn get(&self, service: &ServiceId) -> Option<&'a Organisation> {
        self.0.get(&*service.organisation).copied()
    }

    /// Its name; empty where the inventory has no such organisation.
    pub fn name(&self, service: &ServiceId) -> &'a str {
        self.get(service).map_or("", |organisation| &organisation.name)
    }

    /// Whom to write to there; empty where the inventory doesn't say it.
    pub fn contact(&self, service: &ServiceId) -> &'a str {
        self.get(service).and_then(|one| one.contact.as_deref()).unwrap_or_default()
    }
}

/// The organisation that a service belongs to.
pub fn owner<'a>(result: &'a RunResult, service: &ServiceId) -> Option<&'a Organisation> {
    result.inventory.organisations.iter().find(|one| one.id == service.organisation)
}

/// An organisation with whom to write to there: `Sở Y tế (cntt@example.vn)`.
pub fn with_contact(organisation: &Organisation) -> String {
    let name = clean(&organisation.name);
    match &organisation.contact {
        Some(contact) => format!("{name} ({})", clean(contact)),
        None => name,
    }
}

/// A service as lists name it: its id, and to its own organisation what it is called too.
pub fn service_name(result: &RunResult, service: &Service) -> String {
    let name = clean(&service.name);
    match result.organisation() {
        Some(_) if name != *service.id.service => format!("{name} ({})", service.id),
        _ => service.id.to_string(),
    }
}

/// Services under their owner: what stands over those that follow each other and have the same one.
/// Nothing does where a result is written to one organisation: all of them are its own.
pub fn headings<'a>(
    result: &RunResult,
    services: impl Iterator<Item = &'a ServiceResult>,
) -> Vec<Option<String>> {
    if result.organisation().is_some() {
        return services.map(|_| None).collect();
    }
    let mut last: Option<&ServiceId> = None;
    services
        .map(|service| {
            let id = &service.service.id;
            let is_new = last.is_none_or(|last| last.organisation != id.organisation);
            last = Some(id);
            owner(result, id).filter(|_| is_new).map(with_contact)
        })
        .collect()
}

/// The owners of services, each once, in the inventory's order.
pub fn owners<'a>(
    result: &RunResult,
    services: impl Iterator<Item = &'a Service> + Clone,
) -> Vec<String> {
    let has_one =
        |one: &&Organisation| services.clone().any(|service| service.id.organisation == one.id);
    result.inventory.organisations.iter().filter(has_one).map(with_contact).collect()
}
