//! Services from elsewhere: tables and zone files, put into an inventory that keeps its own text.
//!
//! Reading gives [`Candidate`]s and says of every bad row what is wrong with it; [`merge`] puts those
//! that the inventory doesn't list yet into its text, and nothing else of the text changes.

mod headings;
mod sheet;
mod table;
mod zone;

pub use sheet::{Table, csv_table, xlsx_table};
pub use table::candidates;
pub use zone::candidates as zone_candidates;

use std::collections::{BTreeMap, HashMap};

use super::ids::Taken;
use super::insert::{Insertion, insert};
use super::targets::{new_id, quoted, value};
use super::{Diagnostics, fields, parse};
use crate::model::{Category, Goal, Inventory, Service, State, Target};

/// A service that an inventory could list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where it stands in what was read, such as `row 3`.
    pub place: String,
    /// What is probed.
    pub target: Target,
    /// The id or the name of the organisation, as it was written.
    pub organisation: Option<String>,
    /// Whom to write to there; only a new organisation takes it.
    pub contact: Option<String>,
    /// Its own id.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// What the plan counts it as; by the kind where it is not said.
    pub category: Option<Category>,
    /// The declared state.
    pub state: State,
    /// Cấp độ, 1 to 5.
    pub security_level: Option<u8>,
    /// The stage to be reached, and by when.
    pub goal: Option<Goal>,
    /// Why it is only a guess, as a comment in the inventory.
    pub guess: Option<&'static str>,
}

impl Candidate {
    /// A service of which nothing else is known.
    pub fn new(place: String, target: Target) -> Self {
        Self {
            place,
            target,
            organisation: None,
            contact: None,
            id: None,
            name: None,
            category: None,
            state: State::Active,
            security_level: None,
            goal: None,
            guess: None,
        }
    }
}

/// What is wrong with one row or record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `row 3, column 2 (web)`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Good rows, in order.
    pub candidates: Vec<Candidate>,
    /// Bad rows, in order.
    pub problems: Vec<Problem>,
    /// What was passed over, such as columns of other headings.
    pub notes: Vec<String>,
}

/// What goes for candidates that don't say it themselves.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The organisation's id or name.
    pub organisation: Option<String>,
    /// The category.
    pub category: Option<Category>,
}

/// An inventory with further services.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Its whole text.
    pub text: String,
    /// The services that came: `ORG/SERVICE`, the kind and the target.
    pub added: Vec<Added>,
    /// Candidates that were there already, with the id of the service that has the same target.
    pub known: Vec<(Candidate, String)>,
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
        "{place}: no organisation is named; add a column `organisation`, or use `--organisation`"
    )]
    NoOrganisation {
        /// Which one.
        place: String,
    },
    /// The text is written in a way that services can't be put into.
    #[error(
        "the services can't be put into this inventory's text ({0}); add these lines by hand:\n{1}"
    )]
    Text(String, String),
}

/// The inventory that services are put into when there is none yet.
pub const EMPTY: &str = "version: 1\norganisations:\n";

/// Puts the candidates that an inventory doesn't list yet into its text. Everything that stands there,
/// comments and spacing too, stays as it is.
///
/// # Errors
/// When the inventory is faulty, an organisation is missing, or the text can't take the services.
pub fn merge(
    text: &str,
    file: &str,
    candidates: &[Candidate],
    defaults: &Defaults,
) -> Result<Merged, MergeError> {
    let is_new = text == EMPTY;
    let inventory = match parse(text.as_bytes(), file) {
        Ok(parsed) => Some(parsed.inventory),
        Err(_) if is_new => None,
        Err(problems) => return Err(MergeError::Inventory(problems)),
    };
    let mut names = Names::of(inventory.as_ref());
    let mut known_targets: HashMap<Target, String> = HashMap::new();
    for service in inventory.iter().flat_map(|inventory| &inventory.services) {
        known_targets.insert(service.target.clone(), service.id.to_string());
    }
    let (mut added, mut known) = (Vec::new(), Vec::new());
    let mut insertions: BTreeMap<usize, Insertion> = BTreeMap::new();
    for candidate in candidates {
        if let Some(id) = known_targets.get(&candidate.target) {
            known.push((candidate.clone(), id.clone()));
            continue;
        }
        let Some(named) = candidate.organisation.as_ref().or(defaults.organisation.as_ref()) else {
            return Err(MergeError::NoOrganisation { place: candidate.place.clone() });
        };
        let at = names.organisation(named);
        let id = names.service(at, candidate);
        let organisation = &names.organisations[at];
        let insertion = insertions.entry(at).or_insert_with(|| Insertion {
            organisation: organisation.id.clone(),
            head: organisation.head(candidate),
            services: Vec::new(),
        });
        insertion.services.push(line(&id, candidate, defaults));
        let id = format!("{}/{id}", organisation.id);
        known_targets.insert(candidate.target.clone(), id.clone());
        let is_new_organisation = !organisation.is_known;
        added.push(Added { id, is_new_organisation, candidate: candidate.clone() });
    }
    let insertions: Vec<Insertion> = insertions.into_values().collect();
    let by_hand = || insertions.iter().map(Insertion::by_hand).collect::<String>();
    let merged = match insertions.is_empty() {
        true => text.to_owned(),
        false => insert(text, &insertions).map_err(|why| MergeError::Text(why, by_hand()))?,
    };
    // What was written must be what was meant, and all of what was there.
    match parse(merged.as_bytes(), file) {
        Ok(after) if is_meant(inventory.as_ref(), &after.inventory, &added) => {}
        Err(_) if is_new && added.is_empty() => {}
        Ok(_) => return Err(MergeError::Text("it would read otherwise".into(), by_hand())),
        Err(problems) => return Err(MergeError::Text(problems.render(false), by_hand())),
    }
    Ok(Merged { text: merged, added, known })
}

/// Whether an inventory lists all that it did, unchanged, and what was added where it belongs.
fn is_meant(before: Option<&Inventory>, after: &Inventory, added: &[Added]) -> bool {
    let by_id: HashMap<String, &Service> =
        after.services.iter().map(|service| (service.id.to_string(), &**service)).collect();
    let (services, organisations) = before
        .map_or((&[][..], &[][..]), |before| (&before.services[..], &before.organisations[..]));
    after.services.len() == services.len() + added.len()
        && after.organisations.starts_with(organisations)
        && services.iter().all(|service| by_id.get(&service.id.to_string()) == Some(&&**service))
        && added.iter().all(|added| {
            by_id.get(&added.id).is_some_and(|service| service.target == added.candidate.target)
        })
}

/// Organisations and the ids that are taken. Both may be many, so nothing is searched for one by one.
#[derive(Default)]
struct Names {
    organisations: Vec<OrganisationNames>,
    ids: Taken,
    by_id: HashMap<String, usize>,
    /// By the name in small letters; of several with one name, the first.
    by_name: HashMap<String, usize>,
}

struct OrganisationNames {
    id: String,
    name: String,
    is_known: bool,
    services: Taken,
}

impl OrganisationNames {
    /// What a new organisation begins with.
    fn head(&self, candidate: &Candidate) -> Option<String> {
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
    fn of(inventory: Option<&Inventory>) -> Self {
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
    fn organisation(&mut self, named: &str) -> usize {
        let named = named.trim();
        let slug = fields::slug(named);
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

    fn service(&mut self, organisation: usize, candidate: &Candidate) -> String {
        let taken = &mut self.organisations[organisation].services;
        match &candidate.id {
            Some(id) if taken.take(id) => id.clone(),
            _ => new_id(&candidate.target, taken),
        }
    }
}

/// A service as one line of the inventory.
fn line(id: &str, candidate: &Candidate, defaults: &Defaults) -> String {
    let category = candidate.category.or(defaults.category);
    let category = category.unwrap_or_else(|| category_of(&candidate.target)).id();
    let mut line = format!("{{id: {id}, ");
    if let Some(name) = &candidate.name {
        line.push_str(&format!("name: {}, ", quoted(name)));
    }
    let target = quoted(&value(&candidate.target));
    line.push_str(&format!("category: {category}, {}: {target}", candidate.target.kind()));
    if candidate.state != State::Active {
        line.push_str(&format!(", state: {}", candidate.state.id()));
    }
    if let Some(level) = candidate.security_level {
        line.push_str(&format!(", security_level: {level}"));
    }
    if let Some(goal) = &candidate.goal {
        line.push_str(&format!(", target: {{stage: {}, by: {}}}", goal.stage.number(), goal.by));
    }
    line.push('}');
    if let Some(guess) = candidate.guess {
        line.push_str(&format!(" # {guess}"));
    }
    line
}

/// What the plan most often counts a kind of service as.
fn category_of(target: &Target) -> Category {
    match target {
        Target::Web(_) => Category::Portal,
        Target::Zone(_) | Target::Dns(_) | Target::Ntp(_) => Category::Infrastructure,
        Target::Mail(_)
        | Target::Imap(_)
        | Target::Imaps(_)
        | Target::Pop3s(_)
        | Target::Submission(_) => Category::InternetService,
        Target::Tls(_) | Target::Tcp(_) | Target::Ssh(_) => Category::InformationSystem,
    }
}

#[cfg(test)]
mod tests;
