//! One table as one sheet: headings that stay, filters, types, colours, and a print layout.

use std::ops::Range;

use rust_xlsxwriter::{ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::style;
use crate::judge::Standing;
use crate::model::Lang;
use crate::report::table::{Cell, Column, Kind, Table};
use crate::report::texts;

/// Rows that a sheet can hold beside its heading (ECMA-376: 1,048,576 with it), less one for a line that
/// adds up.
const ROWS_MAX: usize = 1_048_574;

/// Columns narrower than this have upright headings and signs instead of words.
const NARROW_CHARS: u16 = 6;

/// The height of a line, and of a letter in an upright heading.
const LINE_POINTS: f64 = 15.0;
const UPRIGHT_CHAR_POINTS: f64 = 6.6;

/// Lines that a row is made high enough for; more would fill the screen (the format's own limit is
/// 409 points).
const LINES_MAX: usize = 12;

/// A4 in the numbers of the format.
const A4: u8 = 9;

/// Adds a sheet, and further ones where its rows don't fit on it.
///
/// # Errors
/// Only what the format itself forbids, such as two sheets of one name.
pub(super) fn write(table: &Table, lang: Lang, book: &mut Workbook) -> Result<(), XlsxError> {
    write_sheets(table, lang, book, ROWS_MAX)
}

fn write_sheets(
    table: &Table,
    lang: Lang,
    book: &mut Workbook,
    rows_max: usize,
) -> Result<(), XlsxError> {
    let sheets = table.rows.len().div_ceil(rows_max).max(1);
    for number in 0..sheets {
        let page = book.add_worksheet();
        match number {
            0 => page.set_name(table.title)?,
            _ => page.set_name(format!("{} ({})", table.title, number + 1))?,
        };
        page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        page.set_footer("&C&P / &N");
        let from = number * rows_max;
        let to = (from + rows_max).min(table.rows.len());
        write_rows(page, 0, table, from..to, lang)?;
        page.set_repeat_rows(0, 0)?;
        page.set_freeze_panes(1, table.naming)?;
    }
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
    write_rows(page, first, table, 0..table.rows.len(), lang)
}

fn write_rows(
    page: &mut Worksheet,
    first: u32,
    table: &Table,
    shown: Range<usize>,
    lang: Lang,
) -> Result<(), XlsxError> {
    let rows = &table.rows[shown.clone()];
    let is_last = shown.end == table.rows.len();
    let last = first + u32::try_from(rows.len()).unwrap_or(0);
    page.set_row_height(first, heading_height(table))?;
    for (row, cells) in (first + 1..).zip(rows) {
        page.set_row_height(row, height(table, cells, lang))?;
    }
    group_rows(page, first, table, &shown)?;
    for (at, column) in (0u16..).zip(&table.columns) {
        let narrow = is_narrow(column);
        page.set_column_width(at, column.width_chars)?;
        page.write_string_with_format(first, at, &column.title, &style::heading(narrow))?;
        let look = style::cell(column.kind, lang, false);
        for (row, cells) in (first + 1..).zip(rows) {
            if let Some(cell) = cells.get(usize::from(at)) {
                write_cell(page, (row, at), cell, &look, lang, narrow)?;
            }
        }
        let total = table.total.as_ref().filter(|_| is_last);
        if let Some(cell) = total.and_then(|total| total.get(usize::from(at))) {
            let look = style::cell(column.kind, lang, true);
            write_cell(page, (last + 1, at), cell, &look, lang, narrow)?;
        }
        if !rows.is_empty() {
            for rule in style::rules(column.kind, lang, narrow, (first + 1, at)) {
                page.add_conditional_format(first + 1, at, last, at, &rule)?;
            }
        }
    }
    let columns = u16::try_from(table.columns.len()).unwrap_or(u16::MAX);
    page.autofilter(first, 0, last, columns.saturating_sub(1))?;
    Ok(())
}

/// Folds away the rows that only tell more of one above them.
fn group_rows(
    page: &mut Worksheet,
    first: u32,
    table: &Table,
    shown: &Range<usize>,
) -> Result<(), XlsxError> {
    let numbers = table.beneath.range(shown.clone()).map(|number| number - shown.start);
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for row in numbers.filter_map(|number| Some(first + 1 + u32::try_from(number).ok()?)) {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => spans.push((row, row)),
        }
    }
    if !spans.is_empty() {
        page.group_symbols_above(true);
    }
    for (from, to) in spans {
        page.group_rows_collapsed(from, to)?;
    }
    Ok(())
}

/// The height of a row in points. Not every program finds it by itself.
fn height(table: &Table, cells: &[Cell], lang: Lang) -> f64 {
    let lines = table
        .columns
        .iter()
        .zip(cells)
        .filter(|(column, _)| matches!(column.kind, Kind::Text | Kind::Code))
        .map(|(column, cell)| line_count(&cell.words(lang), column.width_chars));
    lines_height(lines.max().unwrap_or(1))
}

fn heading_height(table: &Table) -> f64 {
    let upright = table.columns.iter().filter(|column| is_narrow(column));
    let upright = upright.map(|column| column.title.chars().count()).max().unwrap_or(0);
    let wrapped = table
        .columns
        .iter()
        .filter(|column| !is_narrow(column))
        // Room for the button of the filter.
        .map(|column| line_count(&column.title, column.width_chars.saturating_sub(3)));
    let wrapped = lines_height(wrapped.max().unwrap_or(1));
    wrapped.max(upright as f64 * UPRIGHT_CHAR_POINTS)
}

/// The height of so many lines in points.
pub(super) fn lines_height(lines: usize) -> f64 {
    lines.clamp(1, LINES_MAX) as f64 * LINE_POINTS
}

/// How many lines a text takes in a column that breaks lines between words.
pub(super) fn line_count(text: &str, width_chars: u16) -> usize {
    let width = usize::from(width_chars.max(1));
    let (mut lines, mut used) = (1, 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines += 1;
            used = 0;
        }
        used += length + usize::from(used > 0);
        // A word that is wider than the column is broken anywhere.
        while used > width {
            lines += 1;
            used -= width;
        }
    }
    lines
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_on_a_sheet_goes_on_on_the_next() {
        let mut table = Table::new("Rows", 0).column("n", Kind::Count, 10);
        table.rows = (0..5).map(|number| vec![Cell::Count(number)]).collect();
        table.beneath.insert(3);
        table.total = Some(vec![Cell::Count(10)]);
        let mut book = Workbook::new();
        write_sheets(&table, Lang::En, &mut book, 2).unwrap();
        let names: Vec<String> = book.worksheets().iter().map(Worksheet::name).collect();
        assert_eq!(names, ["Rows", "Rows (2)", "Rows (3)"]);
        assert!(book.save_to_buffer().is_ok());
    }
}
