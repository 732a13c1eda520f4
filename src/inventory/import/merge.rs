//! Puts candidates into an inventory's text.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::candidate::Candidate;
use super::changes::{Change, Changed, changes, goal};
use super::line::line;
use super::names::{Names, normal};
use super::terms::{Answer, Base, Terms};
use crate::inventory::amend::{Amendment, NewValue, amend};
use crate::inventory::diagnostic::Diagnostics;
use crate::inventory::insert::{Insertion, insert};
use crate::inventory::parse::{Parsed, parse};
use crate::inventory::targets::quoted;
use crate::model::{Organisation, Service, Target};

/// An inventory with further services.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Its whole text.
    pub text: String,
    /// The services that came.
    pub added: Vec<Added>,
    /// Candidates that were there already, with the id of the service that each is.
    pub known: Vec<(Candidate, String)>,
    /// What they say otherwise. It is in the text only if the terms ask for updates.
    pub changed: Vec<Changed>,
    /// What is left to people.
    pub notes: Vec<String>,
}

/// A service that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// `ORG/SERVICE`.
    pub id: String,
    /// Whether its organisation is new too.
    pub is_new_organisation: bool,
    /// What it was made from.
    pub candidate: Candidate,
}

/// Why candidates can't be put into an inventory.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The inventory itself is faulty.
    #[error("the inventory is faulty")]
    Inventory(Diagnostics),
    /// A candidate names no organisation, and there is no default.
    #[error(
        "{place}: no organisation is named; add a column `organisation`, use `--organisation`, or \
         `--fill-down` where an empty cell means the organisation of the row above"
    )]
    NoOrganisation {
        /// Which one.
        place: String,
    },
    /// A name is said to be that of an organisation which doesn't exist.
    #[error(
        "`{named}` is the id or name of no organisation; `--same` needs one of the inventory or of the table"
    )]
    NoSuchOrganisation {
        /// Which one.
        named: String,
    },
    /// A stage or a deadline is missing beside the other.
    #[error("{place}: {message}")]
    NoGoal {
        /// Which one.
        place: String,
        /// What is missing.
        message: &'static str,
    },
    /// An id is that of a service of another kind.
    #[error(
        "{place}: `{id}` is a service of the kind `{kind}`, and `{target}` is of another; give it another id"
    )]
    OtherKind {
        /// Which one.
        place: String,
        /// The id.
        id: String,
        /// The kind of the service that has it.
        kind: &'static str,
        /// What the candidate is.
        target: String,
    },
    /// Two candidates say different things of one service.
    #[error(
        "{first} and {second} say different things of `{id}`: `{key}` can't be both; mend one of them"
    )]
    Contradiction {
        /// Where the one is.
        first: String,
        /// Where the other is.
        second: String,
        /// The service.
        id: String,
        /// The key.
        key: &'static str,
    },
    /// The text is written in a way that services can't be put into.
    #[error(
        "the services can't be put into this inventory's text ({0}); write these lines by hand:\n{1}"
    )]
    Text(String, String),
}

/// Puts the candidates that an inventory doesn't list yet into its text, and with `terms.updates` what is otherwise
/// of the others. Everything else in it, comments and spacing too, stays as it is.
///
/// # Errors
/// When the inventory is faulty, something that it needs is missing, or the text can't take the services.
pub fn merge(
    base: &Base<'_>,
    candidates: &[Candidate],
    terms: &Terms,
) -> Result<Merged, MergeError> {
    let parsed = base.parse().map_err(MergeError::Inventory)?;
    let mut merging = Merging::new(parsed.as_ref(), terms);
    merging.check_answers(candidates)?;
    for candidate in candidates {
        merging.take(candidate)?;
    }
    merging.take_organisations(candidates);
    merging.write(base)
}

/// How far a merge is.
struct Merging<'a> {
    terms: &'a Terms,
    names: Names,
    organisations: &'a [Organisation],
    services: &'a [Arc<Service>],
    by_target: HashMap<Target, Vec<usize>>,
    by_id: HashMap<String, usize>,
    /// Targets of services that come, with their ids.
    coming: HashMap<Target, String>,
    insertions: BTreeMap<usize, Insertion>,
    /// The changes of each known service, by its place.
    changes: BTreeMap<usize, Vec<(Change, String)>>,
    contacts: BTreeMap<usize, (String, String)>,
    also: BTreeSet<(String, String)>,
    added: Vec<Added>,
    known: Vec<(Candidate, String)>,
    notes: Vec<String>,
}

impl<'a> Merging<'a> {
    fn new(parsed: Option<&'a Parsed>, terms: &'a Terms) -> Self {
        let inventory = parsed.map(|parsed| &parsed.inventory);
        let services = inventory.map_or(&[][..], |inventory| &inventory.services);
        let (mut by_target, mut by_id) = (HashMap::<_, Vec<_>>::new(), HashMap::new());
        for (at, service) in services.iter().enumerate() {
            by_target.entry(service.target.clone()).or_default().push(at);
            by_id.insert(service.id.to_string(), at);
        }
        Self {
            terms,
            names: Names::of(parsed),
            organisations: inventory.map_or(&[][..], |inventory| &inventory.organisations),
            services,
            by_target,
            by_id,
            coming: HashMap::new(),
            insertions: BTreeMap::new(),
            changes: BTreeMap::new(),
            contacts: BTreeMap::new(),
            also: BTreeSet::new(),
            added: Vec::new(),
            known: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// An answer names an organisation of the inventory or of the candidates.
    fn check_answers(&self, candidates: &[Candidate]) -> Result<(), MergeError> {
        let coming: BTreeSet<String> = candidates
            .iter()
            .filter_map(|candidate| candidate.organisation.as_deref())
            .map(normal)
            .collect();
        for answer in self.terms.answers.values() {
            if let Answer::Is(other) = answer
                && self.names.find(other).is_none()
                && !coming.contains(&normal(other))
            {
                return Err(MergeError::NoSuchOrganisation { named: other.clone() });
            }
        }
        Ok(())
    }

    fn take(&mut self, candidate: &Candidate) -> Result<(), MergeError> {
        if let Some(id) = self.coming.get(&candidate.target) {
            self.known.push((candidate.clone(), id.clone()));
            return Ok(());
        }
        if let Some(at) = self.service_of(candidate)? {
            return self.take_known(candidate, at);
        }
        let Some(at) = self.organisation_of(candidate) else {
            return Err(MergeError::NoOrganisation { place: candidate.place.clone() });
        };
        let goal =
            self.goal(candidate, None)?.filter(|goal| self.terms.goal.as_ref() != Some(goal));
        let id = self.names.service(at, candidate);
        let organisation = &self.names.organisations[at];
        let insertion = self.insertions.entry(at).or_insert_with(|| Insertion {
            organisation: organisation.id.clone(),
            head: organisation.head(candidate),
            services: Vec::new(),
        });
        insertion.services.push(line(&id, candidate, goal.as_ref(), self.terms.category));
        let id = format!("{}/{id}", organisation.id);
        self.coming.insert(candidate.target.clone(), id.clone());
        let is_new_organisation = !organisation.is_known;
        self.added.push(Added { id, is_new_organisation, candidate: candidate.clone() });
        Ok(())
    }

    /// The place of the known service that a candidate is: by its id where it has one, else by its target.
    fn service_of(&self, candidate: &Candidate) -> Result<Option<usize>, MergeError> {
        let organisation = self.named(candidate).and_then(|named| self.names.find(named));
        let organisation = organisation.map(|at| &*self.names.organisations[at].id);
        let same_target = self.by_target.get(&candidate.target).map_or(&[][..], Vec::as_slice);
        let within = |at: &&usize| Some(&*self.services[**at].id.organisation) == organisation;
        if let Some(at) = same_target.iter().find(within).or(same_target.first()) {
            return Ok(Some(*at));
        }
        let (Some(organisation), Some(id)) = (organisation, &candidate.id) else { return Ok(None) };
        let id = format!("{organisation}/{id}");
        let Some(at) = self.by_id.get(&id) else { return Ok(None) };
        match self.services[*at].target.kind() {
            kind if kind == candidate.target.kind() => Ok(Some(*at)),
            kind => Err(MergeError::OtherKind {
                place: candidate.place.clone(),
                id,
                kind,
                target: candidate.target.to_string(),
            }),
        }
    }

    fn take_known(&mut self, candidate: &Candidate, at: usize) -> Result<(), MergeError> {
        let service = &self.services[at];
        let id = service.id.to_string();
        let goal = self.goal(candidate, Some(service))?;
        let found = changes(service, candidate, goal, self.terms);
        let so_far = self.changes.entry(at).or_default();
        for change in found {
            match so_far.iter().find(|(other, _)| other.key() == change.key()) {
                None => so_far.push((change, candidate.place.clone())),
                Some((other, _)) if *other == change => {}
                Some((other, place)) => {
                    return Err(MergeError::Contradiction {
                        first: place.clone(),
                        second: candidate.place.clone(),
                        id,
                        key: other.key(),
                    });
                }
            }
        }
        let named = self.named(candidate).and_then(|named| self.names.find(named));
        let known = self.names.find(&service.id.organisation);
        if let (Some(named), Some(known)) = (named, known)
            && named != known
        {
            let named = &self.names.organisations[named];
            self.notes.push(format!(
                "{}: `{id}` is listed under another organisation than `{}`; it isn't moved",
                candidate.place, named.id
            ));
        }
        self.known.push((candidate.clone(), id));
        Ok(())
    }

    fn goal(
        &self,
        candidate: &Candidate,
        service: Option<&Service>,
    ) -> Result<Option<crate::model::Goal>, MergeError> {
        goal(candidate, service, self.terms)
            .map_err(|message| MergeError::NoGoal { place: candidate.place.clone(), message })
    }

    /// What a candidate's organisation is called after the user's answers.
    fn named<'n>(&'n self, candidate: &'n Candidate) -> Option<&'n str> {
        let by_id = candidate.organisation_id.as_deref().filter(|id| self.names.find(id).is_some());
        let named = by_id
            .or(candidate.organisation.as_deref())
            .or(candidate.organisation_id.as_deref())
            .or(self.terms.organisation.as_deref())?;
        match self.terms.answer_to(named) {
            Some(Answer::Is(other)) => Some(other),
            _ => Some(named),
        }
    }

    fn organisation_of(&mut self, candidate: &Candidate) -> Option<usize> {
        let named = self.named(candidate)?.to_owned();
        let at = self.names.organisation(candidate.organisation_id.as_deref(), &named);
        Some(at)
    }

    /// Contacts of known organisations, when all that is said of one is the same; and the names that the user said to
    /// be those of organisations.
    fn take_organisations(&mut self, candidates: &[Candidate]) {
        let mut contacts: BTreeMap<usize, BTreeMap<&str, &str>> = BTreeMap::new();
        for candidate in candidates {
            let Some(at) = self.named(candidate).and_then(|named| self.names.find(named)) else {
                continue;
            };
            if let Some(contact) = &candidate.contact {
                contacts.entry(at).or_default().entry(contact).or_insert(&candidate.place);
            }
            let organisation = &self.names.organisations[at];
            if let Some(named) = &candidate.organisation
                && let Some(Answer::Is(_)) = self.terms.answer_to(named)
                && !organisation.is_called(named)
            {
                self.also.insert((organisation.id.clone(), named.clone()));
            }
        }
        for (at, said) in contacts {
            let Some(organisation) = self.organisations.get(at) else { continue };
            let mut said = said.into_iter();
            match (said.next(), said.next()) {
                (Some((contact, place)), None)
                    if organisation.contact.as_deref() != Some(contact) =>
                {
                    self.contacts.insert(at, (contact.to_owned(), place.to_owned()));
                }
                (Some(_), Some((_, place))) => self.notes.push(format!(
                    "{place}: `{}` has several contacts in the table; the inventory's stays",
                    organisation.id
                )),
                _ => {}
            }
        }
    }

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

    fn write(self, base: &Base<'_>) -> Result<Merged, MergeError> {
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
