//! Types of values: how each is read, what the schema says of it, how the documentation names it.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Value, json};

use super::description::Described;
use super::forms::Form;
use super::key::ValueType;
use crate::inventory::reader::Reader;
use crate::inventory::reference::FileReference;
use crate::inventory::tree::NodeId;
use crate::inventory::values::time;
use crate::model::{Lang, Text};

/// Text in some form.
pub(crate) struct Parsed<D, T: 'static> {
    pub(crate) form: &'static Form<T>,
    pub(crate) field: fn(&mut D) -> &mut Option<T>,
}

impl<D, T> ValueType<D> for Parsed<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(value) = reader.value(node, format_args!("`{name}`"), self.form.parse) {
            *(self.field)(draft) = Some(value);
        }
    }
}

impl<D, T> Described for Parsed<D, T> {
    fn schema(&self) -> Value {
        (self.form.schema)()
    }

    fn label(&self, lang: Lang) -> String {
        self.form.label.get(lang).to_owned()
    }
}

/// A list of texts in some form.
pub(crate) struct ParsedList<D, T: 'static> {
    /// One of them, in messages: `a resolver`.
    pub(crate) item: &'static str,
    pub(crate) form: &'static Form<T>,
    pub(crate) field: fn(&mut D) -> &mut Vec<T>,
}

impl<D, T> ValueType<D> for ParsedList<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        for item in reader.items(node, format_args!("`{name}`")).unwrap_or_default() {
            (self.field)(draft).extend(reader.value(*item, self.item, self.form.parse));
        }
    }
}

impl<D, T> Described for ParsedList<D, T> {
    fn schema(&self) -> Value {
        list_schema(self.form)
    }

    fn label(&self, lang: Lang) -> String {
        list_label(self.form, lang)
    }
}

fn list_schema<T>(form: &Form<T>) -> Value {
    json!({"type": "array", "items": (form.schema)()})
}

fn list_label<T>(form: &Form<T>, lang: Lang) -> String {
    let list = Text { en: "list", vi: "danh sách" };
    format!("{}: {}", list.get(lang), form.label.get(lang))
}

/// The name of a file beside the inventory.
pub(crate) struct File<D> {
    pub(crate) form: &'static Form<String>,
    pub(crate) field: fn(&mut D) -> &mut Option<FileReference>,
}

impl<D> ValueType<D> for File<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(file) = FileReference::read(reader, node, format_args!("`{name}`")) {
            *(self.field)(draft) = Some(file);
        }
    }
}

impl<D> Described for File<D> {
    fn schema(&self) -> Value {
        (self.form.schema)()
    }

    fn label(&self, lang: Lang) -> String {
        self.form.label.get(lang).to_owned()
    }
}

/// Names of files beside the inventory.
pub(crate) struct FileList<D> {
    /// One of them, in messages.
    pub(crate) item: &'static str,
    pub(crate) form: &'static Form<String>,
    pub(crate) field: fn(&mut D) -> &mut Vec<FileReference>,
}

impl<D> ValueType<D> for FileList<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        for item in reader.items(node, format_args!("`{name}`")).unwrap_or_default() {
            (self.field)(draft).extend(FileReference::read(reader, *item, self.item));
        }
    }
}

impl<D> Described for FileList<D> {
    fn schema(&self) -> Value {
        list_schema(self.form)
    }

    fn label(&self, lang: Lang) -> String {
        list_label(self.form, lang)
    }
}

/// A field that holds a whole number.
pub(crate) trait Whole {
    /// Takes a number within the key's range, which the field's type holds.
    fn put(&mut self, number: u64);

    /// The number, where there is one.
    fn number(&self) -> Option<u64>;
}

macro_rules! whole {
    ($($integer:ty),*) => {$(
        impl Whole for $integer {
            fn put(&mut self, number: u64) {
                *self = Self::try_from(number).unwrap_or(Self::MAX);
            }

            fn number(&self) -> Option<u64> {
                u64::try_from(*self).ok()
            }
        }
    )*};
}

whole!(u8, u16, u32, usize);

impl<T: Whole + Default> Whole for Option<T> {
    fn put(&mut self, number: u64) {
        self.insert(T::default()).put(number);
    }

    fn number(&self) -> Option<u64> {
        self.as_ref().and_then(Whole::number)
    }
}

/// A whole number. Its default is that of the draft.
pub(crate) struct Number<D, T> {
    pub(crate) range: RangeInclusive<u64>,
    pub(crate) field: fn(&mut D) -> &mut T,
}

impl<D: Default, T: Whole> ValueType<D> for Number<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(number) = reader.number(node, format_args!("`{name}`"), &self.range) {
            (self.field)(draft).put(number);
        }
    }
}

impl<D: Default, T: Whole> Described for Number<D, T> {
    fn schema(&self) -> Value {
        json!({"type": "integer", "minimum": self.range.start(), "maximum": self.range.end()})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "whole number", vi: "số nguyên" }.get(lang).to_owned()
    }

    fn range(&self) -> Option<(String, String)> {
        Some((self.range.start().to_string(), self.range.end().to_string()))
    }

    fn default(&self, _: Lang) -> Option<String> {
        (self.field)(&mut D::default()).number().map(|number| format!("`{number}`"))
    }
}

/// A duration. Its default is that of the draft.
pub(crate) struct Interval<D> {
    pub(crate) range: RangeInclusive<Duration>,
    pub(crate) field: fn(&mut D) -> &mut Duration,
}

impl<D: Default> ValueType<D> for Interval<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        let what = format_args!("`{name}`");
        if let Some(duration) = reader.value(node, what, |text| time::duration(text, &self.range)) {
            *(self.field)(draft) = duration;
        }
    }
}

impl<D: Default> Described for Interval<D> {
    fn schema(&self) -> Value {
        json!({"type": "string", "pattern": "^[0-9]+\\s*(ms|s|m|min|h)$"})
    }

    fn schema_note(&self) -> &'static str {
        " Such as 500ms, 3s or 2m."
    }

    fn label(&self, lang: Lang) -> String {
        Text {
            en: "duration (`500ms`, `3s`, `2m`)", vi: "khoảng thời gian (`500ms`, `3s`, `2m`)"
        }
        .get(lang)
        .to_owned()
    }

    fn range(&self) -> Option<(String, String)> {
        Some((time::show(*self.range.start()), time::show(*self.range.end())))
    }

    fn default(&self, _: Lang) -> Option<String> {
        Some(format!("`{}`", time::show(*(self.field)(&mut D::default()))))
    }
}

/// `true` or `false`. Its default is that of the draft.
pub(crate) struct Flag<D> {
    pub(crate) field: fn(&mut D) -> &mut bool,
}

impl<D: Default> ValueType<D> for Flag<D> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        if let Some(flag) = reader.flag(node, format_args!("`{name}`")) {
            *(self.field)(draft) = flag;
        }
    }
}

impl<D: Default> Described for Flag<D> {
    fn schema(&self) -> Value {
        json!({"type": "boolean", "default": *(self.field)(&mut D::default())})
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "`true` or `false`", vi: "`true` hoặc `false`" }.get(lang).to_owned()
    }

    fn default(&self, _: Lang) -> Option<String> {
        Some(format!("`{}`", (self.field)(&mut D::default())))
    }
}

/// One of a closed set of words.
pub(crate) struct Word<D, T: 'static> {
    /// The values, each with its meaning.
    pub(crate) words: &'static [(T, Text)],
    /// How a value is written.
    pub(crate) id: fn(T) -> &'static str,
    pub(crate) default: Option<fn() -> T>,
    pub(crate) set: fn(&mut D, T),
}

impl<D, T: Copy + Sync> ValueType<D> for Word<D, T> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        let ids = self.words.iter().map(|(word, _)| (self.id)(*word));
        if let Some(at) = reader.word(node, format_args!("`{name}`"), ids) {
            (self.set)(draft, self.words[at].0);
        }
    }
}

impl<D, T: Copy + Sync> Described for Word<D, T> {
    fn schema(&self) -> Value {
        let ids: Vec<_> = self.words().into_iter().map(|(id, _)| id).collect();
        let mut schema = json!({"enum": ids});
        if let Some(default) = self.default {
            let default = (self.id)(default());
            schema["default"] = json!(default);
        }
        schema
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "one of the words below", vi: "một trong các từ nêu dưới đây" }
            .get(lang)
            .to_owned()
    }

    fn default(&self, _: Lang) -> Option<String> {
        self.default.map(|default| format!("`{}`", (self.id)(default())))
    }

    fn words(&self) -> Vec<(&'static str, Text)> {
        self.words.iter().map(|(word, meaning)| ((self.id)(*word), *meaning)).collect()
    }
}
