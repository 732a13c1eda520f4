//! A table as `tables.html` draws it.

use crate::model::{Lang, Outcome};
use crate::report::parts::class_of;
use crate::report::table::{Cell, Kind, Table, WithBeneath};

/// A table.
pub(in crate::report) struct TableBlock {
    pub(in crate::report) title: &'static str,
    /// Headings, and whether the cells below are numbers.
    pub(in crate::report) columns: Vec<(String, bool)>,
    pub(in crate::report) rows: Vec<Vec<CellBlock>>,
    pub(in crate::report) total: Vec<CellBlock>,
}

pub(in crate::report) struct CellBlock {
    pub(in crate::report) class: String,
    pub(in crate::report) text: String,
    /// What opens below it, a line for each row beneath.
    pub(in crate::report) more: Vec<String>,
}

pub(in crate::report) fn table_block(table: &Table, lang: Lang) -> TableBlock {
    let cells =
        |row: &Vec<Cell>| -> Vec<_> { row.iter().map(|cell| cell_block(cell, lang)).collect() };
    let row = |(row, beneath): &WithBeneath<'_>| {
        let mut cells = cells(row);
        if let Some(last) = cells.last_mut() {
            last.more = beneath.iter().map(|row| line_of(row, lang)).collect();
        }
        cells
    };
    TableBlock {
        title: table.title,
        columns: table.columns.iter().map(|c| (c.title.clone(), is_numeric(c.kind))).collect(),
        rows: table.with_beneath().iter().map(row).collect(),
        total: table.total.as_ref().map(cells).unwrap_or_default(),
    }
}

fn line_of(row: &[Cell], lang: Lang) -> String {
    let words = row.iter().map(|cell| cell.running_words(lang)).filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join(" · ")
}

fn is_numeric(kind: Kind) -> bool {
    matches!(kind, Kind::Count | Kind::Percent)
}

/// Letters of a text that is never broken, such as `2026Q4`.
const UNBROKEN_MAX: usize = 8;

fn cell_block(cell: &Cell, lang: Lang) -> CellBlock {
    let class = match cell {
        Cell::Count(_) | Cell::Percent(_) => "n".to_owned(),
        Cell::Date(_) => "d".to_owned(),
        Cell::Text(text) if text.len() <= UNBROKEN_MAX => "d".to_owned(),
        Cell::Stage(standing) => format!("pill s{}", class_of(*standing)),
        Cell::Outcome(Outcome::Pass) => "pass".to_owned(),
        Cell::Outcome(Outcome::Fail) => "fail".to_owned(),
        Cell::Outcome(Outcome::Inconclusive) => "unk".to_owned(),
        Cell::Severity(severity) => severity.id().to_owned(),
        _ => String::new(),
    };
    CellBlock { class, text: cell.running_words(lang), more: Vec::new() }
}
