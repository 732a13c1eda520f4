//! A row of a section's table.

use super::description::{Described, Fallback, Row};
use crate::inventory::reader::Reader;
use crate::inventory::tree::NodeId;
use crate::model::Text;

/// A type of value that can be read into the draft `D` of a section.
pub(crate) trait ValueType<D>: Described + Sync {
    /// Reads the value of the key `name` and puts it into the draft; what is wrong with it goes to
    /// the reader, and the draft keeps what it had.
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D);
}

/// A key of a section with the draft `D`.
pub(crate) struct Key<D: 'static> {
    pub(crate) name: &'static str,
    pub(crate) value: &'static dyn ValueType<D>,
    pub(crate) is_required: bool,
    fallback: Fallback,
    meaning: Text,
    pub(crate) example: Text,
}

impl<D> Clone for Key<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Key<D> {}

impl<D> Key<D> {
    /// A key that may be missing. The example is a value as YAML; a message about a missing key shows it.
    pub(crate) const fn new(
        name: &'static str,
        value: &'static dyn ValueType<D>,
        example: &'static str,
        meaning: Text,
    ) -> Self {
        let example = Text { en: example, vi: example };
        Self { name, value, is_required: false, fallback: Fallback::OfType, meaning, example }
    }

    /// A key whose value is a section, which explains itself.
    pub(crate) const fn section(
        name: &'static str,
        value: &'static dyn ValueType<D>,
        example: &'static str,
    ) -> Self {
        Self::new(name, value, example, Text { en: "", vi: "" })
    }

    /// The key must be there.
    pub(crate) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// What holds when it is missing.
    pub(crate) const fn or(self, fallback: Fallback) -> Self {
        Self { fallback, ..self }
    }

    /// The example for Vietnamese readers, where it is text for people.
    pub(crate) const fn example_vi(self, vi: &'static str) -> Self {
        Self { example: Text { vi, ..self.example }, ..self }
    }

    pub(crate) fn row(&self) -> Row {
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
