//! Puts candidates into an inventory's text.

use std::collections::{BTreeMap, HashMap};

use super::candidate::Candidate;
use super::names::Names;
use crate::inventory::diagnostic::Diagnostics;
use crate::inventory::insert::{Insertion, insert};
use crate::inventory::parse::parse;
use crate::inventory::targets::{quoted, value};
use crate::model::{Category, Inventory, Service, State, Target};

/// What holds for candidates that don't say it themselves.
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

/// Puts the candidates that an inventory doesn't list yet into its text. Everything in it,
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
