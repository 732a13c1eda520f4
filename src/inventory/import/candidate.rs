//! Services that an inventory could list, and what is wrong with those that it can't.

use jiff::civil::Date;

use crate::model::{Category, Exemption, ServiceId, Stage, State, Target};

/// A service that an inventory could list. What a table doesn't say is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in what was read, such as `row 3`.
    pub place: String,
    /// What is probed.
    pub target: Target,
    /// The name or the id of the organisation, as it was written.
    pub organisation: Option<String>,
    /// The organisation's id, where it is written beside its name.
    pub organisation_id: Option<String>,
    /// Whom to write to there.
    pub contact: Option<String>,
    /// Its own id.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// What the plan counts it as; chosen by the kind where a new service doesn't say it.
    pub category: Option<Category>,
    /// Its tags, each once.
    pub tags: Option<Vec<String>>,
    /// The declared state.
    pub state: Option<State>,
    /// Cấp độ, 1 to 5.
    pub security_level: Option<u8>,
    /// The stage to be reached.
    pub stage: Option<Stage>,
    /// By when.
    pub deadline: Option<Date>,
    /// An exemption.
    pub exemption: Option<Exemption>,
    /// The ids that it had before.
    pub formerly: Vec<ServiceId>,
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
            organisation_id: None,
            contact: None,
            id: None,
            name: None,
            category: None,
            tags: None,
            state: None,
            security_level: None,
            stage: None,
            deadline: None,
            exemption: None,
            formerly: Vec::new(),
            guess: None,
        }
    }

    /// The organisation by its id, or else by what it is called.
    pub(super) fn named_organisation(&self) -> Option<&str> {
        self.organisation_id.as_deref().or(self.organisation.as_deref())
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
