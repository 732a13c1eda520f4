//! A YAML text that people keep, read whole: what it means, or everything that is wrong with it.

use super::diagnostic::{Diagnostic, Diagnostics, Weight};
use super::reader::Reader;
use super::source::{Source, Span};
use super::tree::{NodeId, Tree};

/// What a text is read as, for messages.
pub(crate) struct Kind {
    /// `inventory`.
    pub(crate) noun: &'static str,
    /// Octets that are read at the most.
    pub(crate) octets_max: usize,
    /// What to do with a text that is too long.
    pub(crate) shorten: &'static str,
    /// How to come by a first one.
    pub(crate) start: &'static str,
    /// The text as messages may show it, octet for octet as long.
    pub(crate) shown: fn(&str, Option<&Tree<'_>>) -> Option<String>,
}

/// Reads a text by `read`, with the warnings. `file` is its name, for messages.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file. A fault of YAML's own syntax is
/// reported alone, since nothing after it can be trusted.
pub(crate) fn read<T>(
    text: &[u8],
    file: &str,
    kind: &Kind,
    read: impl FnOnce(&mut Reader<'_, '_>, NodeId) -> Option<T>,
) -> Result<(T, Vec<Diagnostic>), Diagnostics> {
    let Kind { noun, octets_max, .. } = *kind;
    if text.len() > octets_max {
        let message = format!("the file has {} octets; {octets_max} are read", text.len());
        return Err(refusal(&Source::new(file, ""), 0, &message, kind.shorten));
    }
    let text = std::str::from_utf8(text).map_err(|error| not_utf8(text, file, kind, error))?;
    let source = Source::new(file, text);
    let tree = match Tree::parse(source.text) {
        Ok(Some(tree)) => tree,
        Ok(None) => {
            let message = format!("the file holds no {noun}: it is empty");
            return Err(refusal(&source, 0, &message, kind.start));
        }
        Err(error) => {
            let shown = (kind.shown)(text, None);
            let source = shown.as_deref().map_or(source, |shown| Source::new(file, shown));
            let (message, help) = (&error.message, error.help.as_deref());
            return Err(Diagnostic::new(&source, Weight::Error, error.span, message, help).into());
        }
    };
    let shown = (kind.shown)(source.text, Some(&tree));
    let shown = shown.as_deref().map(|shown| source.showing(shown));
    let shown = shown.as_ref().unwrap_or(&source);
    let mut reader = Reader::new(&tree, shown);
    let content = read(&mut reader, tree.root);
    let warnings = reader.finish()?;
    match content {
        Some(content) => Ok((content, warnings)),
        // A document that isn't even a mapping has been reported.
        None => Err(refusal(shown, 0, &format!("the file holds no {noun}"), kind.start)),
    }
}

/// Whether a text holds nothing but comments.
pub(crate) fn is_empty(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| matches!(Tree::parse(text), Ok(None)))
}

fn refusal(source: &Source<'_>, at: usize, message: &str, help: &str) -> Diagnostics {
    Diagnostic::new(source, Weight::Error, Span::new(at, at), message, Some(help)).into()
}

/// The octets before the first bad one are good text, so its place can be shown.
fn not_utf8(text: &[u8], file: &str, kind: &Kind, error: std::str::Utf8Error) -> Diagnostics {
    let at = error.valid_up_to();
    let line_end =
        text[at..].iter().position(|octet| *octet == b'\n').map_or(text.len(), |n| at + n);
    let lossy = String::from_utf8_lossy(&text[..line_end]);
    let shown = (kind.shown)(&lossy, None);
    let source = Source::new(file, shown.as_deref().unwrap_or(&lossy));
    let octet = text.get(at).copied().unwrap_or_default();
    refusal(
        &source,
        at - source.bom_octets,
        &format!("the file is not UTF-8: octet 0x{octet:02x} can't stand here"),
        "save the file in UTF-8",
    )
}
