//! Workbooks in ODS (OpenDocument 1.3, part 3, §9: tables).
//!
//! Read here and not with the crate that reads XLSX: that one lays a sheet out as a whole rectangle, and a
//! file of some kilobytes can repeat a cell a hundred million times.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::archive;
use super::budget::{Budget, SHEETS_MAX};
use super::sheet::{Merge, Table, TableBuilder};

/// Rows of a sheet; beyond them lies nothing that a spreadsheet shows.
const SHEET_ROWS_MAX: u32 = 1 << 20;

/// Octets of the part that holds the sheets, which is kept whole beside the cells.
const CONTENT_OCTETS_MAX: usize = 20 << 20;

/// Cells of a row as they are written; no spreadsheet has more columns.
const ROW_CELLS_MAX: usize = 16_384;

/// Octets of text in a row as it is written.
const ROW_OCTETS_MAX: usize = 2 << 20;

/// Reads the sheets that hold anything.
///
/// # Errors
/// A sentence that says what is wrong with the file, or which bound of the budget it exceeds.
pub(super) fn tables(octets: &[u8], budget: &Budget<'_>) -> Result<Vec<Table>, String> {
    let manifest = archive::beginning(octets, "META-INF/manifest.xml").unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err("the workbook is protected by a password; save it without one".to_owned());
    }
    let content = archive::part(octets, "content.xml", CONTENT_OCTETS_MAX, budget)?;
    let mut reader = Reader::from_reader(&*content);
    let mut tables = Vec::new();
    loop {
        budget.step()?;
        match reader.read_event().map_err(|error| damaged(&error))? {
            Event::Start(start) if is(&start, "table:table") => {
                if tables.len() >= SHEETS_MAX {
                    return Err(format!("the workbook has more than {SHEETS_MAX} sheets"));
                }
                let sheet = attribute(&start, "table:name")?;
                let table = Sheet { reader: &mut reader, budget }.read(sheet)?;
                tables.extend((!table.rows.is_empty()).then_some(table));
            }
            Event::Eof => return Ok(tables),
            _ => {}
        }
    }
}

/// A sheet, its start tag just read.
struct Sheet<'r, 'x, 'b, 'c> {
    reader: &'r mut Reader<&'x [u8]>,
    budget: &'b Budget<'c>,
}

/// A cell as it is written: for itself and those after it.
struct Cell {
    text: String,
    columns: u32,
    rows_spanned: u32,
}

impl<'x> Sheet<'_, 'x, '_, '_> {
    fn read(&mut self, sheet: Option<String>) -> Result<Table, String> {
        let mut table = TableBuilder::new(self.budget);
        let mut row = 0_u32;
        loop {
            match self.event()? {
                Event::Start(start) if is(&start, "table:table-row") => {
                    let repeated = count(&start, "table:number-rows-repeated")?;
                    let cells = self.row()?;
                    if !cells.is_empty() {
                        for at in row..row.saturating_add(repeated) {
                            put(&mut table, at, &cells)?;
                        }
                    }
                    row = advance(row, repeated)?;
                }
                Event::Empty(empty) if is(&empty, "table:table-row") => {
                    row = advance(row, count(&empty, "table:number-rows-repeated")?)?;
                }
                Event::End(end) if end.name().as_ref() == "table:table" => {
                    return table.finish(sheet);
                }
                Event::Eof => return Err(damaged(&"it ends within a sheet")),
                _ => {}
            }
        }
    }

    /// The cells of a row up to the last that holds anything.
    fn row(&mut self) -> Result<Vec<Cell>, String> {
        let mut cells: Vec<Cell> = Vec::new();
        let mut octets = 0;
        loop {
            octets += cells.last().map_or(0, |cell| cell.text.len());
            if octets > ROW_OCTETS_MAX {
                return Err(format!("a row has more than {} MiB of text", ROW_OCTETS_MAX >> 20));
            }
            if cells.len() > ROW_CELLS_MAX {
                return Err(format!("a row has more than {ROW_CELLS_MAX} cells"));
            }
            match self.event()? {
                Event::Start(start) if is_cell(&start) => {
                    let mut cell = cell(&start)?;
                    let shown = self.text(&start)?;
                    if cell.text.is_empty() {
                        cell.text = shown;
                    }
                    cells.push(cell);
                }
                Event::Empty(empty) if is_cell(&empty) => cells.push(cell(&empty)?),
                Event::End(end) if end.name().as_ref() == "table:table-row" => break,
                Event::Eof => return Err(damaged(&"it ends within a row")),
                _ => {}
            }
        }
        let filled = cells.iter().rposition(|cell| !cell.text.trim().is_empty());
        cells.truncate(filled.map_or(0, |at| at + 1));
        Ok(cells)
    }

    /// The paragraphs of a cell, without its comments and drawings.
    fn text(&mut self, cell: &BytesStart<'_>) -> Result<String, String> {
        let end = cell.name().as_ref().to_owned();
        let mut text = String::new();
        let mut paragraphs = 0_u32;
        loop {
            match self.event()? {
                Event::Start(start) => match start.name().as_ref() {
                    "text:p" | "text:h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "office:annotation" | "table:table" | "draw:frame" => {
                        let name = start.to_end().into_owned();
                        self.reader.read_to_end(name.name()).map_err(|error| damaged(&error))?;
                    }
                    _ => {}
                },
                Event::Empty(empty) => match empty.name().as_ref() {
                    "text:s" | "text:tab" => text.push(' '),
                    "text:line-break" => text.push('\n'),
                    _ => {}
                },
                Event::Text(part) if paragraphs > 0 => text.push_str(&part.xml10_content()),
                Event::CData(part) if paragraphs > 0 => text.push_str(&part),
                Event::GeneralRef(entity) if paragraphs > 0 => {
                    let character = entity.resolve_char_ref().map_err(|error| damaged(&error))?;
                    match character {
                        Some(character) => text.push(character),
                        // The five that XML knows; a document can't declare its own here.
                        None => text.push_str(
                            quick_xml::escape::resolve_predefined_entity(&entity)
                                .unwrap_or_default(),
                        ),
                    }
                }
                Event::End(tag) if tag.name().as_ref() == end => return Ok(text),
                Event::Eof => return Err(damaged(&"it ends within a cell")),
                _ => {}
            }
        }
    }

    fn event(&mut self) -> Result<Event<'x>, String> {
        self.budget.step()?;
        self.reader.read_event().map_err(|error| damaged(&error))
    }
}

fn put(table: &mut TableBuilder<'_, '_>, row: u32, cells: &[Cell]) -> Result<(), String> {
    let mut column = 0_u32;
    for cell in cells {
        let end = column.saturating_add(cell.columns);
        if !cell.text.trim().is_empty() {
            for at in column..end {
                table.put(row, at, &cell.text)?;
            }
            if cell.rows_spanned > 1 {
                let last_row = row.saturating_add(cell.rows_spanned - 1);
                table.merge(Merge { first_row: row, last_row, column })?;
            }
        }
        column = end;
    }
    Ok(())
}

/// A cell without its paragraphs. A date is taken from its value, since it can be shown in any form.
fn cell(start: &BytesStart<'_>) -> Result<Cell, String> {
    // What a merged cell covers is kept in the file, but not shown.
    let is_covered = is(start, "table:covered-table-cell");
    let text = match attribute(start, "office:value-type")?.as_deref() {
        _ if is_covered => None,
        Some("date") => attribute(start, "office:date-value")?
            .map(|date| date.split('T').next().unwrap_or_default().to_owned()),
        Some("float") => attribute(start, "office:value")?,
        Some("string") => attribute(start, "office:string-value")?,
        _ => None,
    };
    Ok(Cell {
        text: text.unwrap_or_default(),
        columns: count(start, "table:number-columns-repeated")?,
        rows_spanned: count(start, "table:number-rows-spanned")?,
    })
}

fn is_cell(start: &BytesStart<'_>) -> bool {
    is(start, "table:table-cell") || is(start, "table:covered-table-cell")
}

fn is(start: &BytesStart<'_>, name: &str) -> bool {
    start.name().as_ref() == name
}

fn advance(row: u32, by: u32) -> Result<u32, String> {
    // A sheet's last row is repeated to the end of the sheet and maybe some beyond.
    row.checked_add(by)
        .filter(|row| *row <= 2 * SHEET_ROWS_MAX)
        .ok_or_else(|| format!("a sheet has more than {SHEET_ROWS_MAX} rows"))
}

/// How often something is there; once where it doesn't say.
fn count(start: &BytesStart<'_>, name: &str) -> Result<u32, String> {
    let text = attribute(start, name)?;
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(1).max(1))
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = start.try_get_attribute(name).map_err(|error| damaged(&error))?;
    let value =
        found.map(|found| found.normalized_value(XmlVersion::Implicit1_0).map(Cow::into_owned));
    value.transpose().map_err(|error| damaged(&error))
}

fn damaged(error: &dyn std::fmt::Display) -> String {
    format!("the workbook's content is damaged: {error}")
}
