//! Sections as values of other sections' keys.

use serde_json::{Value, json};

use super::description::{Described, Subsection, schema};
use super::key::ValueType;
use super::table::{Fields, Section};
use crate::inventory::reader::Reader;
use crate::inventory::tree::NodeId;
use crate::model::{Lang, Text};

/// One section within another, whose draft `C` is a field of the outer draft `D`.
pub(crate) struct Within<D, C: 'static> {
    pub(crate) section: &'static Section<C>,
    pub(crate) field: fn(&mut D) -> &mut C,
}

impl<D, C> ValueType<D> for Within<D, C> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, _: &str, draft: &mut D) {
        self.section.read(reader, node, (self.field)(draft));
    }
}

impl<D, C> Described for Within<D, C> {
    fn schema(&self) -> Value {
        schema(self.section)
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "section", vi: "nhóm khóa" }.get(lang).to_owned()
    }

    fn subsection(&self) -> Option<Subsection> {
        Some(Subsection { section: self.section, is_list: false })
    }
}

/// A list of sections; `add` takes each one's draft `C` into the outer draft `D`.
pub(crate) struct ListOf<D, C: 'static> {
    pub(crate) section: &'static Section<C>,
    /// Whether the schema asks for at least one.
    pub(crate) one_at_least: bool,
    pub(crate) add: fn(&mut D, C, &Fields<C>, &mut Reader<'_, '_>),
}

impl<D, C: Default> ValueType<D> for ListOf<D, C> {
    fn read(&self, reader: &mut Reader<'_, '_>, node: NodeId, name: &str, draft: &mut D) {
        for item in reader.items(node, format_args!("`{name}`")).unwrap_or_default() {
            let mut inner = C::default();
            if let Some(fields) = self.section.read(reader, *item, &mut inner) {
                (self.add)(draft, inner, &fields, reader);
            }
        }
    }
}

impl<D, C: Default> Described for ListOf<D, C> {
    fn schema(&self) -> Value {
        let mut list = json!({"type": "array", "items": schema(self.section)});
        if self.one_at_least {
            list["minItems"] = json!(1);
        }
        list
    }

    fn label(&self, lang: Lang) -> String {
        Text { en: "list of sections", vi: "danh sách các nhóm khóa" }.get(lang).to_owned()
    }

    fn subsection(&self) -> Option<Subsection> {
        Some(Subsection { section: self.section, is_list: true })
    }
}
