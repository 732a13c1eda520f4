//! What a table says of services that are known, and says otherwise than the inventory.

use std::sync::Arc;

use super::candidate::Candidate;
use super::terms::Terms;
use crate::inventory::amend::{Amendment, NewValue};
use crate::inventory::targets::{quoted, value};
use crate::model::{Category, Exemption, Goal, Service, ServiceId, State, Target};

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What people call it.
    Name(String),
    /// What the plan counts it as.
    Category(Category),
    /// The tags, all of them.
    Tags(Vec<String>),
    /// The declared state.
    State(State),
    /// Cấp độ.
    SecurityLevel(u8),
    /// The address, of the same kind.
    Target(Target),
    /// The stage and the deadline.
    Goal(Goal),
    /// The exemption.
    Exemption(Exemption),
    /// All ids that it had before.
    Formerly(Vec<ServiceId>),
}

/// A change of a known service or, in its contact, of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// `ORG/SERVICE`, or `ORG`.
    pub id: String,
    /// The key of the inventory.
    pub key: &'static str,
    /// What the inventory said; `None` when it didn't say it.
    pub from: Option<String>,
    /// What the table says.
    pub to: String,
    /// Where.
    pub place: String,
}

impl Change {
    /// The key of the inventory.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Category(_) => "category",
            Self::Tags(_) => "tags",
            Self::State(_) => "state",
            Self::SecurityLevel(_) => "security_level",
            Self::Target(target) => target.kind(),
            Self::Goal(_) => "target",
            Self::Exemption(_) => "exemption",
            Self::Formerly(_) => "formerly",
        }
    }

    /// The service as it is afterwards.
    pub(super) fn apply(&self, service: &mut Service) {
        match self.clone() {
            Self::Name(name) => service.name = name,
            Self::Category(category) => service.category = category,
            Self::Tags(tags) => service.tags = tags.iter().map(|tag| Arc::from(&**tag)).collect(),
            Self::State(state) => service.state = state,
            Self::SecurityLevel(level) => service.security_level = Some(level),
            Self::Target(target) => service.target = target,
            Self::Goal(goal) => service.goal = Some(goal),
            Self::Exemption(exemption) => service.exemption = Some(exemption),
            Self::Formerly(ids) => service.formerly = ids,
        }
    }

    pub(super) fn amendment(&self, service: &Service) -> Amendment {
        let scalar = |text: String| NewValue::Scalar(text);
        Amendment {
            organisation: service.id.organisation.to_string(),
            service: Some(service.id.service.to_string()),
            key: self.key(),
            value: match self {
                Self::Name(name) => scalar(quoted(name)),
                Self::Category(category) => scalar(category.id().to_owned()),
                Self::Tags(tags) => NewValue::List(tags.iter().map(|tag| quoted(tag)).collect()),
                Self::State(state) => scalar(state.id().to_owned()),
                Self::SecurityLevel(level) => scalar(level.to_string()),
                Self::Target(target) => scalar(quoted(&value(target))),
                Self::Goal(goal) => NewValue::Mapping(vec![
                    ("stage", goal.stage.number().to_string()),
                    ("by", goal.by.to_string()),
                ]),
                Self::Exemption(exemption) => NewValue::Mapping(vec![
                    ("reason", quoted(&exemption.reason)),
                    ("until", exemption.until.to_string()),
                ]),
                Self::Formerly(ids) => scalar(former_ids(ids)),
            },
        }
    }

    pub(super) fn changed(&self, service: &Service, place: &str) -> Changed {
        let (from, to) = match self {
            Self::Name(name) => (Some(service.name.clone()), name.clone()),
            Self::Category(category) => {
                (Some(service.category.id().to_owned()), category.id().to_owned())
            }
            Self::Tags(tags) => {
                let own = (!service.tags.is_empty()).then(|| service.tags.join(", "));
                (own, tags.join(", "))
            }
            Self::State(state) => (Some(service.state.id().to_owned()), state.id().to_owned()),
            Self::SecurityLevel(level) => {
                (service.security_level.map(|level| level.to_string()), level.to_string())
            }
            Self::Target(target) => (Some(value(&service.target)), value(target)),
            Self::Goal(goal) => (service.goal.as_ref().map(goal_words), goal_words(goal)),
            Self::Exemption(exemption) => {
                (service.exemption.as_ref().map(exemption_words), exemption_words(exemption))
            }
            Self::Formerly(ids) => {
                let so_far = &service.formerly;
                ((!so_far.is_empty()).then(|| former_ids(so_far)), former_ids(ids))
            }
        };
        let (id, key, place) = (service.id.to_string(), self.key(), place.to_owned());
        Changed { id, key, from, to, place }
    }
}

/// Tags as the inventory writes them.
pub(super) fn tag_list(tags: &[String]) -> String {
    let tags: Vec<_> = tags.iter().map(|tag| quoted(tag)).collect();
    format!("[{}]", tags.join(", "))
}

/// Former ids as YAML.
pub(super) fn former_ids(ids: &[ServiceId]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    match &ids[..] {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

fn goal_words(goal: &Goal) -> String {
    format!("stage {} by {}", goal.stage.number(), goal.by)
}

fn exemption_words(exemption: &Exemption) -> String {
    format!("until {}: {}", exemption.until, exemption.reason)
}

/// What a candidate says otherwise than the service that it is.
pub(super) fn changes(
    service: &Service,
    candidate: &Candidate,
    goal: Option<Goal>,
    terms: &Terms,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut add =
        |is_other: bool, change: Option<Change>| changes.extend(change.filter(|_| is_other));
    add(service.target != candidate.target, Some(Change::Target(candidate.target.clone())));
    let name = candidate.name.clone();
    add(name.as_ref() != Some(&service.name), name.map(Change::Name));
    add(candidate.category != Some(service.category), candidate.category.map(Change::Category));
    let tags = candidate.tags.clone();
    let is_other = |tags: &Vec<String>| {
        !tags.iter().map(|tag| &**tag).eq(service.tags.iter().map(|tag| &**tag))
    };
    add(tags.as_ref().is_some_and(is_other), tags.map(Change::Tags));
    add(candidate.state != Some(service.state), candidate.state.map(Change::State));
    let level = candidate.security_level;
    add(level != service.security_level, level.map(Change::SecurityLevel));
    let is_the_policys = service.goal.is_none() && goal == terms.goal;
    add(goal != service.goal && !is_the_policys, goal.map(Change::Goal));
    let exemption = candidate.exemption.clone();
    add(exemption != service.exemption, exemption.map(Change::Exemption));
    let mut formerly = service.formerly.clone();
    for id in candidate.formerly.iter().filter(|id| **id != service.id) {
        if !formerly.contains(id) {
            formerly.push(id.clone());
        }
    }
    add(formerly != service.formerly, Some(Change::Formerly(formerly)));
    changes
}

/// The goal that a candidate means, with what it leaves out from the service itself, what the user says, and the
/// policy.
///
/// # Errors
/// What is missing, when nothing says it.
pub(super) fn goal(
    candidate: &Candidate,
    service: Option<&Service>,
    terms: &Terms,
) -> Result<Option<Goal>, &'static str> {
    if candidate.stage.is_none() && candidate.deadline.is_none() {
        return Ok(None);
    }
    let own = service.and_then(|service| service.goal.as_ref());
    let others = [own, terms.goal.as_ref()];
    let mut stages = others.into_iter().flatten().map(|goal| goal.stage);
    let mut deadlines = others.into_iter().flatten().map(|goal| goal.by);
    let stage = candidate.stage.or(own.map(|goal| goal.stage)).or(terms.stage).or(stages.next());
    let by = candidate.deadline.or(deadlines.next());
    match (stage, by) {
        (Some(stage), Some(by)) => Ok(Some(Goal { stage, by })),
        (None, _) => Err("it has a deadline and no stage; `--stage 3` gives one to all"),
        (_, None) => Err("it has a stage and no deadline; fill in a date, or delete the stage"),
    }
}
