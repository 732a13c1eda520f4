//! A row of a section's table.

use super::description::{Described, Fallback, Row};
use crate::inventory::reader::Reader;
use crate::inventory::tree::NodeId;
use crate::model::Text;

/// A type of value that can be read into the draft `D` of a section.
pub(in crate::inventory) trait ValueType<D>: Described + Sync {
    /// Reads the value of the key `name` and puts it into the draft; what is wrong with it goes to
    /// the reader, and the draft keeps what it had.
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D);
}

/// A key of a section with the draft `D`.
pub(in crate::inventory) struct Key<D: 'static> {
    pub(super) name: &'static str,
    pub(super) value: &'static dyn ValueType<D>,
    pub(super) is_required: bool,
    fallback: Fallback,
    meaning: Text,
    pub(super) example: Text,
}

impl<D> Clone for Key<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Key<D> {}

impl<D> Key<D> {
    /// A key that may be missing. The example is a value as YAML; a message about a missing key shows it.
    pub(in crate::inventory) const fn new(
        name: &'static str,
        value: &'static dyn ValueType<D>,
        example: &'static str,
        meaning: Text,
    ) -> Self {
        let example = Text { en: example, vi: example };
        Self { name, value, is_required: false, fallback: Fallback::OfType, meaning, example }
    }

    /// A key whose value is a section, which explains itself.
    pub(in crate::inventory) const fn section(
        name: &'static str,
        value: &'static dyn ValueType<D>,
        example: &'static str,
    ) -> Self {
        Self::new(name, value, example, Text { en: "", vi: "" })
    }

    /// The key must be there.
    pub(in crate::inventory) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// What holds when it is missing.
    pub(in crate::inventory) const fn or(self, fallback: Fallback) -> Self {
        Self { fallback, ..self }
    }

    /// The example for Vietnamese readers, where it is text for people.
    pub(in crate::inventory) const fn example_vi(self, vi: &'static str) -> Self {
        Self { example: Text { vi, ..self.example }, ..self }
    }

    pub(super) fn row(&self) -> Row {
        Row {
            name: self.name,
            value: self.value,
            is_required: self.is_required,
            fallback: self.fallback,
            meaning: self.meaning,
            example: self.example,
        }
    }
}
