//! From text to an inventory, or to everything that is wrong with it.

use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics, Weight};
use super::format::document::{self, Content};
use super::reader::Reader;
use super::reference::FileReferences;
use super::source::{OCTETS_MAX, Source, Span};
use super::tree::Tree;
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

/// Reads an inventory. `file` is its name, for messages.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A fault of YAML's own syntax is
/// reported alone, since nothing after it can be trusted.
pub fn parse(text: &[u8], file: &str) -> Result<Parsed, Diagnostics> {
    if text.len() > OCTETS_MAX {
        let message = format!("the file has {} octets; {OCTETS_MAX} are read", text.len());
        return Err(refusal(&Source::new(file, ""), 0, &message, "split the inventory"));
    }
    let sha256 = Digest::of(text);
    let text = std::str::from_utf8(text).map_err(|error| not_utf8(text, file, error))?;
    let source = Source::new(file, text);
    let tree = match Tree::parse(source.text) {
        Ok(Some(tree)) => tree,
        Ok(None) => {
            let help = "`v6ready inventory init` writes one to start from";
            return Err(refusal(&source, 0, "the file holds no inventory: it is empty", help));
        }
        Err(error) => {
            return Err(Diagnostic::new(
                &source,
                Weight::Error,
                error.span,
                &error.message,
                error.help.as_deref(),
            )
            .into());
        }
    };
    let mut reader = Reader::new(&tree, &source);
    let read = document::read(&mut reader, tree.root, sha256);
    let warnings = reader.finish()?;
    match read {
        Some(Content { inventory, files, also }) => Ok(Parsed { inventory, files, also, warnings }),
        // A document that isn't even a mapping has been reported.
        None => Err(refusal(&source, 0, "the file holds no inventory", "see `inventory init`")),
    }
}

fn refusal(source: &Source<'_>, at: usize, message: &str, help: &str) -> Diagnostics {
    Diagnostic::new(source, Weight::Error, Span::new(at, at), message, Some(help)).into()
}

/// The octets before the first bad one are good text, so its place can be shown.
fn not_utf8(text: &[u8], file: &str, error: std::str::Utf8Error) -> Diagnostics {
    let at = error.valid_up_to();
    let line_end =
        text[at..].iter().position(|octet| *octet == b'\n').map_or(text.len(), |n| at + n);
    let shown = String::from_utf8_lossy(&text[..line_end]);
    let source = Source::new(file, &shown);
    let octet = text.get(at).copied().unwrap_or_default();
    refusal(
        &source,
        at - source.bom_octets,
        &format!("the file is not UTF-8: octet 0x{octet:02x} can't stand here"),
        "save the file in UTF-8",
    )
}
