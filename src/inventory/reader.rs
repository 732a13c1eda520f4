//! Reads a tree and collects what is wrong with it instead of stopping.

use std::collections::HashSet;
use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;

use super::diagnostic::{Diagnostic, Diagnostics, Weight};
use super::fault::Fault;
use super::source::{Source, Span};
use super::tree::{Content, NodeId, Tree};
use crate::model::suggestion::{list, nearest};

/// Warnings that are kept.
pub(crate) const WARNINGS_MAX: usize = 100;

/// A tree, and what is wrong with it so far.
pub(crate) struct Reader<'t, 'a> {
    pub(crate) tree: &'t Tree<'a>,
    pub(crate) source: &'t Source<'a>,
    errors: Diagnostics,
    warnings: Vec<Diagnostic>,
    // A value is read once for each alias of it; what is wrong with it is reported once.
    reported: HashSet<(u32, u64)>,
    hasher: RandomState,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(crate) fn new(tree: &'t Tree<'a>, source: &'t Source<'a>) -> Self {
        Self {
            tree,
            source,
            errors: Diagnostics::default(),
            warnings: Vec::new(),
            reported: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    /// The warnings, or, when anything is wrong, all diagnostics.
    pub(crate) fn finish(mut self) -> Result<Vec<Diagnostic>, Diagnostics> {
        if self.errors.count() == 0 {
            return Ok(self.warnings);
        }
        for warning in self.warnings {
            self.errors.push(warning);
        }
        self.errors.sort();
        Err(self.errors)
    }

    pub(crate) fn error(&mut self, span: Span, message: &str, help: Option<&str>) {
        if !self.reported.insert((span.start, self.hasher.hash_one(message))) {
            return;
        }
        if self.errors.is_full() {
            self.errors.count_only();
        } else {
            self.errors.push(Diagnostic::new(self.source, Weight::Error, span, message, help));
        }
    }

    pub(crate) fn warn(&mut self, span: Span, message: &str, help: Option<&str>) {
        let is_new = self.reported.insert((span.start, self.hasher.hash_one(message)));
        if is_new && self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(Diagnostic::new(self.source, Weight::Warning, span, message, help));
        }
    }

    pub(crate) fn fault(&mut self, span: Span, fault: &Fault) {
        self.error(span, &fault.message, fault.help.as_deref());
    }

    /// Words for where something else is: `line 12`.
    pub(crate) fn line_of(&self, span: Span) -> String {
        format!("line {}", self.source.place(span).line)
    }

    /// As logs write where something else is: `inventory.yaml:12:30`.
    pub(crate) fn place_of(&self, span: Span) -> String {
        let place = self.source.place(span);
        format!("{}:{}:{}", self.source.file, place.line, place.column)
    }

    /// The keys and values of a mapping, one after the other. A null is an empty mapping: what
    /// remains of a section whose entries are all commented out.
    pub(crate) fn pairs(&mut self, node: NodeId, what: impl Display) -> Option<&'t [NodeId]> {
        let tree = self.tree;
        let node = tree.node(node);
        match &node.content {
            Content::Mapping(children) => Some(tree.children(children)),
            content if content.is_null() => Some(&[]),
            content => {
                self.wrong_type(node.span, what, "a mapping (`key: value`)", content);
                None
            }
        }
    }

    /// Reads a sequence; a null is an empty one.
    pub(crate) fn items(&mut self, node: NodeId, what: impl Display) -> Option<&'t [NodeId]> {
        let tree = self.tree;
        let node = tree.node(node);
        match &node.content {
            Content::Sequence(children) => Some(tree.children(children)),
            content if content.is_null() => Some(&[]),
            content => {
                self.wrong_type(node.span, what, "a list (`- item`)", content);
                None
            }
        }
    }

    /// Reads text; numbers and other plain scalars are taken as they are written.
    pub(crate) fn text(&mut self, node: NodeId, what: impl Display) -> Option<&'t str> {
        let tree = self.tree;
        let node = tree.node(node);
        match &node.content {
            content if content.is_null() => {
                self.no_value(node.span, what);
                None
            }
            Content::Scalar { text, .. } => Some(text),
            content => {
                self.wrong_type(node.span, what, "text", content);
                None
            }
        }
    }

    /// Reads text and what it means.
    pub(crate) fn value<T>(
        &mut self,
        node: NodeId,
        what: impl Display,
        parse: impl FnOnce(&'t str) -> Result<T, Fault>,
    ) -> Option<T> {
        let text = self.text(node, what)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault(self.tree.node(node).span, &fault);
                None
            }
        }
    }

    /// Reads a whole number.
    pub(crate) fn number(
        &mut self,
        node: NodeId,
        what: impl Display,
        range: &RangeInclusive<u64>,
    ) -> Option<u64> {
        let text = self.text(node, &what)?;
        let span = self.tree.node(node).span;
        let is_plain = matches!(self.tree.node(node).content, Content::Scalar { plain: true, .. });
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit());
        let number = text.parse().ok().filter(|number| range.contains(number));
        if let (true, true, Some(number)) = (is_number, is_plain, number) {
            return Some(number);
        }
        let message = match (is_number, is_plain) {
            (false, _) => format!("{what} is `{text}`, not a number"),
            (true, false) => format!("{what} is text, not a number"),
            (true, true) => format!("{what} is {text}, which is out of range"),
        };
        let help = match (is_number, is_plain) {
            (true, false) => format!("write {text} without quotes"),
            _ => format!("write a whole number from {} to {}", range.start(), range.end()),
        };
        self.error(span, &message, Some(&help));
        None
    }

    /// Reads `true` or `false`.
    pub(crate) fn flag(&mut self, node: NodeId, what: impl Display) -> Option<bool> {
        let text = self.text(node, &what)?;
        let node = self.tree.node(node);
        let is_plain = matches!(node.content, Content::Scalar { plain: true, .. });
        match text {
            "true" | "True" | "TRUE" if is_plain => Some(true),
            "false" | "False" | "FALSE" if is_plain => Some(false),
            _ => {
                let message = format!("{what} is `{text}`, not true or false");
                self.error(node.span, &message, Some("write `true` or `false`, without quotes"));
                None
            }
        }
    }

    /// Reads one of a closed set of words and gives its number.
    pub(crate) fn word(
        &mut self,
        node: NodeId,
        what: impl Display,
        words: impl Iterator<Item = &'static str> + Clone,
    ) -> Option<usize> {
        let text = self.text(node, &what)?;
        if let Some(at) = words.clone().position(|word| word == text) {
            return Some(at);
        }
        let known = list(words.clone());
        let help = match nearest(text, words) {
            Some(word) => format!("did you mean `{word}`? Known are {known}"),
            None => format!("write one of {known}"),
        };
        let message = format!("{what} is `{text}`, which is not known");
        self.error(self.tree.node(node).span, &message, Some(&help));
        None
    }

    fn no_value(&mut self, span: Span, what: impl Display) {
        self.error(span, &format!("{what} has no value"), Some("write one, or delete the key"));
    }

    fn wrong_type(&mut self, span: Span, what: impl Display, wanted: &str, content: &Content<'_>) {
        let found = match content {
            content if content.is_null() => "nothing",
            Content::Scalar { .. } => "text or a number",
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
        };
        self.error(span, &format!("{what} is {found}"), Some(&format!("{wanted} is wanted here")));
    }
}
