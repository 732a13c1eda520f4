//! What an import goes by beside the table: the inventory, and what its user says.

use std::collections::HashMap;

use super::names::normal;
use super::words::Words;
use crate::inventory::diagnostic::Diagnostics;
use crate::inventory::parse::{Parsed, parse};
use crate::model::{Category, Goal, Stage};

/// The inventory that services are put into.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its name, for messages.
    pub file: &'a str,
    /// It ends with `organisations:` and has none yet.
    pub is_new: bool,
}

/// What the user of an import says.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The organisation, by id or name, of services that name none.
    pub organisation: Option<String>,
    /// The category of new services that name none.
    pub category: Option<Category>,
    /// The stage of deadlines that name none.
    pub stage: Option<Stage>,
    /// What the policy demands of every service: what a table repeats of it is not written to each.
    pub goal: Option<Goal>,
    /// Whether what a table says of a known service is put into the inventory.
    pub updates: bool,
    /// What names of organisations mean that are nearly known, without case.
    pub answers: HashMap<String, Answer>,
    /// Short forms of names.
    pub words: Words,
}

/// What to take the name of an organisation for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The organisation of this id or name.
    Is(String),
    /// One of its own.
    New,
}

impl Terms {
    /// Takes an answer for a name.
    pub fn answer(&mut self, named: &str, answer: Answer) {
        self.answers.insert(normal(named), answer);
    }

    /// The answer for a name.
    pub(super) fn answer_to(&self, named: &str) -> Option<&Answer> {
        self.answers.get(&normal(named))
    }
}

impl Base<'_> {
    /// What it says; nothing while it is new.
    pub(super) fn parse(&self) -> Result<Option<Parsed>, Diagnostics> {
        match self.is_new {
            true => Ok(None),
            false => parse(self.text.as_bytes(), self.file).map(Some),
        }
    }
}
