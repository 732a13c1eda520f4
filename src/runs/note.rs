//! What a person should know though nothing has failed.

use std::fmt;

use crate::inventory::Diagnostic;

/// What a person should know though nothing has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// In words.
    Text(String),
    /// Something about a place in an inventory.
    Diagnostic(Box<Diagnostic>),
}

/// Takes notes as they arise.
pub type TakeNotes<'a> = &'a dyn Fn(Note);

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Diagnostic(diagnostic) => diagnostic.fmt(f),
        }
    }
}
