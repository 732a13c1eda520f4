//! Reads a tree and collects what is wrong with it instead of stopping.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;

use super::diagnostic::{Diagnostic, Diagnostics, Weight};
use super::fields::{self, Fault, nearest};
use super::source::{Source, Span};
use super::tree::{Content, NodeId, Tree};

/// A tree, and what is wrong with it so far.
pub(super) struct Reader<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) source: &'t Source<'a>,
    errors: Diagnostics,
    warnings: Vec<Diagnostic>,
    // What an alias stands for is read once per alias; what is wrong with it is said once.
    said: HashSet<(u32, u64)>,
    hasher: RandomState,
}

/// The values of a mapping, by known key.
pub(super) struct Fields<const N: usize> {
    /// Stands for the mapping as a whole.
    pub(super) span: Span,
    keys: &'static [&'static str; N],
    found: [Option<(Span, NodeId)>; N],
}

impl<const N: usize> Fields<N> {
    /// The value of a key; it may be null.
    pub(super) fn find(&self, key: &str) -> Option<NodeId> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Where a key stands, and its value.
    pub(super) fn entry(&self, key: &str) -> Option<(Span, NodeId)> {
        self.keys.iter().position(|known| *known == key).and_then(|at| self.found[at])
    }
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, source: &'t Source<'a>) -> Self {
        Self {
            tree,
            source,
            errors: Diagnostics::default(),
            warnings: Vec::new(),
            said: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    /// The warnings, or, when anything is wrong, all diagnostics.
    pub(super) fn finish(mut self) -> Result<Vec<Diagnostic>, Diagnostics> {
        if self.errors.count() == 0 {
            return Ok(self.warnings);
        }
        for warning in self.warnings {
            self.errors.push(warning);
        }
        self.errors.sort();
        Err(self.errors)
    }

    pub(super) fn error(&mut self, span: Span, message: &str, help: Option<&str>) {
        if !self.said.insert((span.start, self.hasher.hash_one(message))) {
            return;
        }
        if self.errors.is_full() {
            self.errors.count_only();
        } else {
            self.errors.push(Diagnostic::new(self.source, Weight::Error, span, message, help));
        }
    }

    pub(super) fn warn(&mut self, span: Span, message: &str, help: Option<&str>) {
        let is_new = self.said.insert((span.start, self.hasher.hash_one(message)));
        if is_new && self.warnings.len() < WARNINGS_MAX {
            self.warnings.push(Diagnostic::new(self.source, Weight::Warning, span, message, help));
        }
    }

    pub(super) fn fault(&mut self, span: Span, fault: &Fault) {
        self.error(span, &fault.message, fault.help.as_deref());
    }

    /// `file:line:column`-less words for where something else stands: `line 12`.
    pub(super) fn line_of(&self, span: Span) -> String {
        format!("line {}", self.source.place(span).line)
    }

    /// Reads a mapping with a closed set of keys. A null is an empty mapping: what remains of a
    /// section whose entries are all commented out.
    pub(super) fn mapping<const N: usize>(
        &mut self,
        node: NodeId,
        what: &str,
        keys: &'static [&'static str; N],
    ) -> Option<Fields<N>> {
        let tree = self.tree;
        let node = tree.node(node);
        let mut fields = Fields { span: node.span, keys, found: [None; N] };
        let Content::Mapping(children) = &node.content else {
            if node.content.is_null() {
                return Some(fields);
            }
            self.wrong_type(node.span, what, "a mapping (`key: value`)", &node.content);
            return None;
        };
        for pair in tree.children(children).chunks_exact(2) {
            let key = tree.node(pair[0]);
            let Content::Scalar { text, .. } = &key.content else {
                self.error(
                    key.span,
                    &format!("a key of {what} is a collection, not a word"),
                    Some(&format!("its keys are {}", list(keys))),
                );
                continue;
            };
            let Some(at) = keys.iter().position(|known| known == text) else {
                self.unknown_key(key.span, text, what, keys);
                continue;
            };
            match fields.found[at] {
                None => fields.found[at] = Some((key.span, pair[1])),
                Some((first, _)) => {
                    let first = self.line_of(first);
                    self.error(
                        key.span,
                        &format!("`{text}` is given twice in {what}"),
                        Some(&format!("keep one of them; the first is in {first}")),
                    );
                }
            }
        }
        Some(fields)
    }

    fn unknown_key(&mut self, span: Span, key: &str, what: &str, keys: &[&str]) {
        if key == "<<" {
            return self.error(
                span,
                "merge keys (`<<`) are not supported",
                Some("write the keys out; an alias (`*name`) as a value is supported"),
            );
        }
        let help = match nearest(key, keys.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("its keys are {}", list(keys)),
        };
        self.error(span, &format!("`{key}` is not a key of {what}"), Some(&help));
    }

    /// Reads a sequence; a null is an empty one.
    pub(super) fn items(&mut self, node: NodeId, what: &str) -> Option<&'t [NodeId]> {
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
    pub(super) fn text(&mut self, node: NodeId, what: &str) -> Option<&'t str> {
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
    pub(super) fn value<T>(
        &mut self,
        node: NodeId,
        what: &str,
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
    pub(super) fn number(
        &mut self,
        node: NodeId,
        what: &str,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let text = self.text(node, what)?;
        let span = self.tree.node(node).span;
        let (start, end) = (range.start(), range.end());
        let help = format!("write a whole number from {start} to {end}");
        let is_plain = matches!(self.tree.node(node).content, Content::Scalar { plain: true, .. });
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            self.error(span, &format!("{what} is `{text}`, not a number"), Some(&help));
        } else if !is_plain {
            let help = format!("write {text} without quotes");
            self.error(span, &format!("{what} is text, not a number"), Some(&help));
        } else if let Some(number) = text.parse().ok().filter(|number| range.contains(number)) {
            return Some(number);
        } else {
            self.error(span, &format!("{what} is {text}, which is out of range"), Some(&help));
        }
        None
    }

    /// Reads `true` or `false`.
    pub(super) fn flag(&mut self, node: NodeId, what: &str) -> Option<bool> {
        let text = self.text(node, what)?;
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

    /// Reads one of a closed set of words.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: NodeId,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(node, what)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let help = match nearest(text, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`? Known are {}", list(&known)),
            None => format!("write one of {}", list(&known)),
        };
        let message = format!("{what} is `{text}`, which is not known");
        self.error(self.tree.node(node).span, &message, Some(&help));
        None
    }

    /// The value of a key that must be there.
    pub(super) fn required<const N: usize>(
        &mut self,
        fields: &Fields<N>,
        key: &str,
        what: &str,
        example: &str,
    ) -> Option<NodeId> {
        let found = fields.find(key);
        if found.is_none() {
            self.error(
                fields.span,
                &format!("{what} has no `{key}`"),
                Some(&format!("add `{key}: {example}`")),
            );
        }
        found
    }

    fn no_value(&mut self, span: Span, what: &str) {
        self.error(span, &format!("{what} has no value"), Some("write one, or delete the key"));
    }

    fn wrong_type(&mut self, span: Span, what: &str, wanted: &str, content: &Content<'_>) {
        let found = match content {
            content if content.is_null() => "nothing",
            Content::Scalar { .. } => "text or a number",
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
        };
        self.error(span, &format!("{what} is {found}"), Some(&format!("{wanted} is wanted here")));
    }
}

/// Ids that must differ from each other.
#[derive(Default)]
pub(super) struct Ids<'t>(HashMap<&'t str, Span>);

impl<'t> Ids<'t> {
    /// Reads an id and reports it when it is taken.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader<'t, '_>,
        node: NodeId,
        other: &str,
    ) -> Option<&'t str> {
        let id = reader.value(node, "`id`", fields::id)?;
        let span = reader.tree.node(node).span;
        if let Some(first) = self.0.get(id) {
            let help = format!("choose another id; the first is in {}", reader.line_of(*first));
            reader.error(span, &format!("{other} has the id `{id}` already"), Some(&help));
        }
        self.0.entry(id).or_insert(span);
        Some(id)
    }
}

/// Warnings that are kept.
const WARNINGS_MAX: usize = 100;

/// Words for a message: `a`, `b` and `c`.
pub(super) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
