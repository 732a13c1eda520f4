//! What comes of a merge, and why one can't be.

use super::candidate::Candidate;
use super::changes::Changed;
use crate::inventory::diagnostic::Diagnostics;

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
        "{place}: no organisation is named; use `--organisation`, or in a table a column `organisation`, or \
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
