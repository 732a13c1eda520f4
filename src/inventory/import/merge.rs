//! Puts candidates into an inventory's text.

mod outcome;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::candidate::Candidate;
use super::changes::{Change, changes, goal};
use super::line::line;
use super::merged::{Added, MergeError, Merged};
use super::names::{Names, normal};
use super::terms::{Answer, Base, Terms};
use crate::inventory::insert::Insertion;
use crate::inventory::parse::Parsed;
use crate::model::{Goal, Organisation, Service, Target};

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
    ) -> Result<Option<Goal>, MergeError> {
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
}
