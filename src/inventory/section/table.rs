//! A section as a table, and how a mapping is read by it.

use smallvec::{SmallVec, smallvec};

use super::description::{Outline, Row};
use super::key::Key;
use crate::inventory::reader::Reader;
use crate::inventory::source::Span;
use crate::inventory::tree::{Content, NodeId};
use crate::model::suggestion::{list, nearest};
use crate::model::{Lang, Text};

/// A mapping with a closed set of keys, read into a draft `D`.
pub(crate) struct Section<D: 'static> {
    /// Any such mapping, in messages: `a service`.
    pub(crate) any: &'static str,
    /// The one that is read, in messages: `this service`.
    pub(crate) this: &'static str,
    /// The heading of its documentation.
    pub(crate) title: Text,
    /// What it is for.
    pub(crate) about: Text,
    /// Its keys, in the order in which they are read and documented.
    pub(crate) keys: &'static [Key<D>],
    /// Keys of which exactly one is given; `check` reads it.
    pub(crate) alternatives: &'static [Key<D>],
    /// What no single value can tell: reports it, with the keys as they were given.
    pub(crate) check: fn(&mut D, &Fields<D>, &mut Reader<'_, '_>),
}

/// The values of a mapping, by known key.
pub(crate) struct Fields<D: 'static> {
    /// Means the mapping as a whole.
    pub(crate) span: Span,
    section: &'static Section<D>,
    /// The place of each key and its value, in the order of the table. No section has more keys than
    /// a service, and there may be a hundred thousand of those.
    given: SmallVec<[Option<(Span, NodeId)>; 24]>,
}

impl<D> Section<D> {
    /// Reads a mapping into a draft; `None` when it is none, which then has been reported.
    pub(crate) fn read(
        &'static self,
        reader: &mut Reader<'_, '_>,
        node: NodeId,
        draft: &mut D,
    ) -> Option<Fields<D>> {
        let fields = self.fields(reader, node)?;
        for (key, given) in self.keys.iter().zip(&fields.given) {
            match given {
                Some((_, node)) => key.value.read(reader, *node, key.name, draft),
                None if key.is_required => self.missing(reader, fields.span, key),
                None => {}
            }
        }
        (self.check)(draft, &fields, reader);
        Some(fields)
    }

    fn fields(&'static self, reader: &mut Reader<'_, '_>, node: NodeId) -> Option<Fields<D>> {
        let pairs = reader.pairs(node, self.any)?;
        let tree = reader.tree;
        let given = smallvec![None; self.keys.len() + self.alternatives.len()];
        let mut fields = Fields { span: tree.node(node).span, section: self, given };
        for pair in pairs.chunks_exact(2) {
            let key = tree.node(pair[0]);
            let Content::Scalar { text, .. } = &key.content else {
                let message = format!("a key of {} is a collection, not a word", self.any);
                let help = format!("its keys are {}", list(self.names()));
                reader.error(key.span, &message, Some(&help));
                continue;
            };
            let Some(at) = self.names().position(|known| known == text) else {
                self.unknown(reader, key.span, text);
                continue;
            };
            match fields.given[at] {
                None => fields.given[at] = Some((key.span, pair[1])),
                Some((first, _)) => {
                    let message = format!("`{text}` is given twice in {}", self.any);
                    let first = reader.line_of(first);
                    let help = format!("keep one of them; the first is in {first}");
                    reader.error(key.span, &message, Some(&help));
                }
            }
        }
        Some(fields)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.keys.iter().chain(self.alternatives).map(|key| key.name)
    }

    fn unknown(&self, reader: &mut Reader<'_, '_>, span: Span, key: &str) {
        if key == "<<" {
            let help = "write the keys out; an alias (`*name`) as a value is supported";
            return reader.error(span, "merge keys (`<<`) are not supported", Some(help));
        }
        let help = match nearest(key, self.names()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("its keys are {}", list(self.names())),
        };
        reader.error(span, &format!("`{key}` is not a key of {}", self.any), Some(&help));
    }

    fn missing(&self, reader: &mut Reader<'_, '_>, span: Span, key: &Key<D>) {
        let message = format!("{} has no `{}`", self.this, key.name);
        let help = format!("add `{}: {}`", key.name, key.example.get(Lang::En));
        reader.error(span, &message, Some(&help));
    }
}

impl<D> Fields<D> {
    /// The place of a key and its value, which may be null.
    pub(crate) fn entry(&self, key: &str) -> Option<(Span, NodeId)> {
        self.section.names().position(|known| known == key).and_then(|at| self.given[at])
    }

    /// The alternatives that are given, in the order of the file.
    pub(crate) fn alternatives(&self) -> Vec<Alternative<D>> {
        let given = self.given.iter().skip(self.section.keys.len());
        let mut found: Vec<_> = self
            .section
            .alternatives
            .iter()
            .zip(given)
            .filter_map(|(key, given)| {
                given.map(|(span, node)| Alternative { name: key.name, span, node, key })
            })
            .collect();
        found.sort_by_key(|alternative| alternative.span.start);
        found
    }
}

/// One of several keys that exclude each other.
pub(crate) struct Alternative<D: 'static> {
    pub(crate) name: &'static str,
    /// The key's place.
    pub(crate) span: Span,
    /// Its value.
    pub(crate) node: NodeId,
    key: &'static Key<D>,
}

impl<D> Alternative<D> {
    /// Reads its value into the draft.
    pub(crate) fn read(&self, reader: &mut Reader<'_, '_>, draft: &mut D) {
        self.key.value.read(reader, self.node, self.name, draft);
    }
}

impl<D> Outline for Section<D> {
    fn title(&self) -> Text {
        self.title
    }

    fn about(&self) -> Text {
        self.about
    }

    fn rows(&self) -> Vec<Row> {
        self.keys.iter().map(Key::row).collect()
    }

    fn alternatives(&self) -> Vec<Row> {
        self.alternatives.iter().map(Key::row).collect()
    }
}
