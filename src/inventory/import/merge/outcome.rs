//! From what a merge gathered to the inventory's new text, which is read again before it counts.

use std::collections::{BTreeMap, HashMap};

use super::Merging;
use crate::inventory::amend::{Amendment, NewValue, amend};
use crate::inventory::import::changes::Changed;
use crate::inventory::import::merged::{MergeError, Merged};
use crate::inventory::import::terms::Base;
use crate::inventory::insert::{Insertion, insert};
use crate::inventory::parse::{Parsed, parse};
use crate::inventory::targets::quoted;
use crate::model::Service;

impl Merging<'_> {
    fn changed(&self) -> Vec<Changed> {
        let of_services = self.changes.iter().flat_map(|(at, changes)| {
            changes.iter().map(|(change, place)| change.changed(&self.services[*at], place))
        });
        let of_organisations = self.contacts.iter().map(|(at, (contact, place))| Changed {
            id: self.organisations[*at].id.to_string(),
            key: "contact",
            from: self.organisations[*at].contact.clone(),
            to: contact.clone(),
            place: place.clone(),
        });
        of_services.chain(of_organisations).collect()
    }

    fn amendments(&self) -> Vec<Amendment> {
        let of = |organisation: &str, key, value| Amendment {
            organisation: organisation.to_owned(),
            service: None,
            key,
            value,
        };
        let mut also: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (organisation, name) in &self.also {
            also.entry(organisation).or_default().push(quoted(name));
        }
        let also = also.into_iter().map(|(id, names)| of(id, "also", NewValue::Items(names)));
        if !self.terms.updates {
            return also.collect();
        }
        let of_services = self.changes.iter().flat_map(|(at, changes)| {
            changes.iter().map(|(change, _)| change.amendment(&self.services[*at]))
        });
        let contacts = self.contacts.iter().map(|(at, (contact, _))| {
            of(&self.organisations[*at].id, "contact", NewValue::Scalar(quoted(contact)))
        });
        also.chain(of_services).chain(contacts).collect()
    }

    pub(super) fn write(self, base: &Base<'_>) -> Result<Merged, MergeError> {
        let (changed, amendments) = (self.changed(), self.amendments());
        let insertions: Vec<&Insertion> = self.insertions.values().collect();
        let by_hand = || {
            let lines = insertions.iter().map(|insertion| insertion.by_hand());
            lines.chain(amendments.iter().map(Amendment::by_hand)).collect::<String>()
        };
        let mut text = base.text.to_owned();
        if !insertions.is_empty() {
            text = insert(&text, &insertions).map_err(|why| MergeError::Text(why, by_hand()))?;
        }
        if !amendments.is_empty() {
            text = amend(&text, &amendments).map_err(|why| MergeError::Text(why, by_hand()))?;
        }
        // What was written must be what was meant, and all of what was there.
        match parse(text.as_bytes(), base.file) {
            Ok(after) if self.is_meant(&after) => {}
            Err(_) if base.is_new && self.added.is_empty() => {}
            Ok(_) => return Err(MergeError::Text("it would read otherwise".into(), by_hand())),
            Err(problems) => return Err(MergeError::Text(problems.render(false), by_hand())),
        }
        let Self { added, known, notes, .. } = self;
        Ok(Merged { text, added, known, changed, notes })
    }

    /// Whether an inventory lists all that it did, with the changes and nothing else, and what was added where it belongs.
    fn is_meant(&self, after: &Parsed) -> bool {
        let inventory = &after.inventory;
        let by_id: HashMap<String, &Service> =
            inventory.services.iter().map(|service| (service.id.to_string(), &**service)).collect();
        let services = self.services.iter().enumerate().all(|(at, service)| {
            let mut wanted = Service::clone(service);
            if self.terms.updates {
                for (change, _) in self.changes.get(&at).into_iter().flatten() {
                    change.apply(&mut wanted);
                }
            }
            by_id.get(&service.id.to_string()) == Some(&&wanted)
        });
        let organisations = self.organisations.iter().enumerate().all(|(at, organisation)| {
            let mut wanted = organisation.clone();
            if let Some((contact, _)) = self.contacts.get(&at).filter(|_| self.terms.updates) {
                wanted.contact = Some(contact.clone());
            }
            inventory.organisations.get(at) == Some(&wanted)
        });
        let knows = |(id, name): &(String, String)| {
            after.also.iter().any(|(known, also)| **known == **id && also == name)
        };
        services
            && organisations
            && inventory.services.len() == self.services.len() + self.added.len()
            && self.added.iter().all(|added| {
                by_id.get(&added.id).is_some_and(|service| service.target == added.candidate.target)
            })
            && self.also.iter().all(knows)
    }
}
