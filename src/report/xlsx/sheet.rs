//! One table as one sheet: headings that stay, filters, types, colours, and a print layout.

use rust_xlsxwriter::{ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::super::table::{Cell, Column, Table};
use super::super::texts;
use super::style;
use crate::judge::Standing;
use crate::model::Lang;

/// Rows that a sheet can hold beside its heading (ECMA-376: 1,048,576 with it), less one in which
/// stands that there were more.
const ROWS_MAX: usize = 1_048_574;

/// Columns narrower than this have upright headings and signs instead of words.
const NARROW_CHARS: u16 = 6;

/// A4 in the numbers of the format.
const A4: u8 = 9;

/// Adds a sheet.
///
/// # Errors
/// Only what the format itself forbids, such as two sheets of one name.
pub(super) fn write(table: &Table, lang: Lang, book: &mut Workbook) -> Result<(), XlsxError> {
    let page = book.add_worksheet();
    page.set_name(table.title)?;
    page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    page.set_footer("&C&P / &N");
    write_at(page, 0, table, lang)?;
    page.set_repeat_rows(0, 0)?;
    page.set_freeze_panes(1, table.naming)?;
    Ok(())
}

/// Writes a table with its heading into this row and those below it, with filters.
///
/// # Errors
/// As [`write`].
pub(super) fn write_at(
    page: &mut Worksheet,
    first: u32,
    table: &Table,
    lang: Lang,
) -> Result<(), XlsxError> {
    if table.columns.iter().any(is_narrow) {
        page.set_row_height(first, 170)?;
    }
    let shown = table.rows.len().min(ROWS_MAX);
    let last = first + u32::try_from(shown).unwrap_or(0);
    for (at, column) in (0u16..).zip(&table.columns) {
        let narrow = is_narrow(column);
        page.set_column_width(at, column.width_chars)?;
        page.write_string_with_format(first, at, &column.title, &style::heading(narrow))?;
        let look = style::cell(column.kind, lang, false);
        for (row, cells) in (first + 1..).zip(table.rows.iter().take(shown)) {
            if let Some(cell) = cells.get(usize::from(at)) {
                write_cell(page, (row, at), cell, &look, lang, narrow)?;
            }
        }
        if let Some(cell) = table.total.as_ref().and_then(|total| total.get(usize::from(at))) {
            let look = style::cell(column.kind, lang, true);
            write_cell(page, (last + 1, at), cell, &look, lang, narrow)?;
        }
        if shown > 0 {
            for rule in style::rules(column.kind, lang, narrow) {
                page.add_conditional_format(first + 1, at, last, at, &rule)?;
            }
        }
    }
    if shown < table.rows.len() {
        let more = format!("{} {}", texts::MORE.get(lang), table.rows.len() - shown);
        page.write_string(last + 1, 0, more)?;
    }
    let columns = u16::try_from(table.columns.len()).unwrap_or(u16::MAX);
    page.autofilter(first, 0, last, columns.saturating_sub(1))?;
    Ok(())
}

fn is_narrow(column: &Column) -> bool {
    column.width_chars < NARROW_CHARS
}

fn write_cell(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    look: &rust_xlsxwriter::Format,
    lang: Lang,
    signs: bool,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => page.write_blank(row, column, look)?,
        Cell::Count(count) => {
            // Exact up to 2^53.
            page.write_number_with_format(row, column, *count as f64, look)?
        }
        Cell::Percent(percent) => {
            page.write_number_with_format(row, column, percent / 100.0, look)?
        }
        Cell::Date(date) => {
            let (year, month, day) = (
                date.year().unsigned_abs(),
                date.month().unsigned_abs(),
                date.day().unsigned_abs(),
            );
            match ExcelDateTime::from_ymd(year, month, day) {
                Ok(date) => page.write_datetime_with_format(row, column, date, look)?,
                // The format's calendar begins in 1900.
                Err(_) => page.write_string_with_format(row, column, date.to_string(), look)?,
            }
        }
        Cell::Stage(Standing::At(stage)) => {
            page.write_number_with_format(row, column, stage.number(), look)?
        }
        Cell::Outcome(outcome) if signs => {
            page.write_string_with_format(row, column, texts::sign(*outcome), look)?
        }
        Cell::Text(text) => page.write_string_with_format(row, column, text, look)?,
        Cell::Stage(_) | Cell::Outcome(_) | Cell::Severity(_) => {
            page.write_string_with_format(row, column, cell.words(lang), look)?
        }
    };
    Ok(())
}
