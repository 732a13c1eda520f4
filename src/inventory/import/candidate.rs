//! Services that an inventory could list, and what is wrong with those that it can't.

use crate::model::{Category, Goal, State, Target};

/// A service that an inventory could list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in what was read, such as `row 3`.
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
    /// What the plan counts it as; chosen by the kind where it isn't given.
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
