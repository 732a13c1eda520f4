//! A section as pages show it.

use super::table::{TableBlock, table_block};
use crate::model::Lang;
use crate::report::quarter::sections::Section;

/// A section.
pub(in crate::report) struct Block {
    pub(in crate::report) title: &'static str,
    pub(in crate::report) paragraphs: Vec<String>,
    pub(in crate::report) tables: Vec<TableBlock>,
    /// Where tables are that have pages of their own.
    pub(in crate::report) more: Vec<Link>,
}

/// A link and its words.
pub(in crate::report) struct Link {
    pub(in crate::report) href: String,
    pub(in crate::report) text: String,
}

impl Block {
    /// The section without its tables.
    pub(in crate::report) fn without_tables(section: &Section) -> Self {
        let paragraphs = section.paragraphs.clone();
        Self { title: section.title, paragraphs, tables: Vec::new(), more: Vec::new() }
    }

    /// The section with all of its tables.
    pub(in crate::report) fn whole(section: &Section, lang: Lang) -> Self {
        let tables = section.tables.iter().map(|table| table_block(table, lang)).collect();
        Self { tables, ..Self::without_tables(section) }
    }
}
