//! What a signed report holds, before a format draws it.

use crate::judge::Counts;
use crate::judge::quarter::Point;
use crate::report::table::Table;

/// Rows of a table on paper at the most; the spreadsheet has all of them.
pub(super) const ROWS_MAX: usize = 5_000;

/// A report.
pub struct Paper {
    /// The kind of document: `BÁO CÁO`.
    pub title: String,
    /// What it is about.
    pub subject: String,
    /// To whom it is written.
    pub addressees: Vec<String>,
    /// Everything up to the signature.
    pub body: Vec<Block>,
    /// Everything behind it.
    pub annexes: Vec<Annex>,
}

/// An annex, on pages of its own.
pub struct Annex {
    /// What it is about.
    pub title: &'static str,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// A piece of a document. Nothing in it is hostile any more, but it still needs the format's own escapes.
pub enum Block {
    /// A heading with a Roman number.
    Section(String),
    /// A heading below it, with an Arabic number.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A point of a list.
    Item(String),
    /// A paragraph that must not be overlooked.
    Warning(String),
    /// A picture of figures.
    Figure(Picture),
    /// A table.
    Table(Sheet),
}

/// A picture of figures.
pub enum Picture {
    /// Where the services stand: a bar for each part.
    Stages(Counts),
    /// Where they stood: a column for each point of the trend.
    Trend(Vec<Point>),
}

/// A table, with headings over its rows.
pub struct Sheet {
    /// What stands over the table; may be empty.
    pub title: String,
    /// The table.
    pub table: Table,
    /// The row that comes next, and what stands over it.
    pub groups: Vec<(usize, String)>,
}

impl Sheet {
    /// A table without headings over its rows.
    pub fn plain(title: impl Into<String>, table: Table) -> Self {
        Self { title: title.into(), table, groups: Vec::new() }
    }
}
