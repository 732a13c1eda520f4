//! From text to an inventory, or to everything that is wrong with it.

use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::format::document::{self, Content};
use super::reference::FileReferences;
use super::source::OCTETS_MAX;
use super::yaml::{self, Kind};
use crate::model::{Digest, Inventory};

/// A good inventory.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What it says; the settings that have files of their own are still empty.
    pub inventory: Inventory,
    /// The files that it names.
    pub files: FileReferences,
    /// Other names of organisations, by which tables know them, each with the organisation's id.
    pub also: Vec<(Arc<str>, String)>,
    /// What its owner should look at.
    pub warnings: Vec<Diagnostic>,
}

const INVENTORY: Kind = Kind {
    noun: "inventory",
    octets_max: OCTETS_MAX,
    shorten: "split the inventory",
    start: "`v6ready inventory init` writes one to start from",
    shown: |_, _| None,
};

/// Reads an inventory. `file` is its name, for messages.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A fault of YAML's own syntax is
/// reported alone, since nothing after it can be trusted.
pub fn parse(text: &[u8], file: &str) -> Result<Parsed, Diagnostics> {
    let (content, warnings) = yaml::read(text, file, &INVENTORY, |reader, root| {
        document::read(reader, root, Digest::of(text))
    })?;
    let Content { inventory, files, also } = content;
    Ok(Parsed { inventory, files, also, warnings })
}
