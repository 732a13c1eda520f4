//! One table as one sheet: headings that stay, filters, types, colours, and a print layout.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::names::Names;
use super::style;
use crate::judge::Standing;
use crate::model::Lang;
use crate::report::table::{Cell, Column, Kind, Row, Stream, Table};
use crate::report::texts;

/// Rows that a sheet can hold beside its heading (ECMA-376: 1,048,576 with it), less one for a line that
/// adds up.
const ROWS_MAX: u32 = 1_048_574;

/// Rows of a sheet whose height is set and that are folded away where they are beneath another; each costs half a
/// kilobyte of memory. Programs find the height of the others by themselves.
const DRESSED_ROWS_MAX: u32 = 5_000;

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
/// Only what the format itself forbids, and when an unnamed file can't be written.
pub(super) fn write(
    table: Stream<'_>,
    lang: Lang,
    book: &mut Workbook,
    names: &mut Names,
) -> Result<(), XlsxError> {
    write_named(table.head.title, table, lang, book, names)
}

/// As [`write`], under another name than the table's.
///
/// # Errors
/// As [`write`].
pub(super) fn write_named(
    name: &str,
    table: Stream<'_>,
    lang: Lang,
    book: &mut Workbook,
    names: &mut Names,
) -> Result<(), XlsxError> {
    let Stream { head, rows } = table;
    write_sheets(name, &head, rows, lang, (book, names), ROWS_MAX)
}

fn write_sheets(
    name: &str,
    head: &Table,
    rows: impl Iterator<Item = Row>,
    lang: Lang,
    (book, names): (&mut Workbook, &mut Names),
    rows_max: u32,
) -> Result<(), XlsxError> {
    let mut rows = rows.peekable();
    loop {
        // What follows is named after the first: `Name (2)`.
        let name = names.unused(name);
        let page = book.add_worksheet_with_constant_memory()?;
        page.set_name(name)?;
        page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        page.set_footer("&C&P / &N");
        page.set_repeat_rows(0, 0)?;
        page.set_freeze_panes(1, head.naming)?;
        let mut sheet = Sheet::begin(page, 0, head, lang)?;
        while sheet.rows < rows_max
            && let Some(row) = rows.next()
        {
            sheet.add(&row, rows.peek().is_some_and(|next| next.is_beneath))?;
        }
        let is_last = rows.peek().is_none();
        sheet.end(is_last)?;
        if is_last {
            return Ok(());
        }
    }
}

/// Writes a table with its heading into this row and those below it, with filters.
///
/// # Errors
/// As [`write`].
pub(super) fn write_at(
    page: &mut Worksheet,
    first: u32,
    table: Table,
    lang: Lang,
) -> Result<(), XlsxError> {
    let Stream { head, rows } = table.into();
    let mut sheet = Sheet::begin(page, first, &head, lang)?;
    for row in rows {
        sheet.add(&row, false)?;
    }
    sheet.end(true)
}

/// A sheet that is written from above to below.
struct Sheet<'a> {
    page: &'a mut Worksheet,
    head: &'a Table,
    lang: Lang,
    /// How the cells of each column look.
    looks: Vec<Format>,
    /// The row of the heading.
    first: u32,
    /// Rows below it.
    rows: u32,
}

impl<'a> Sheet<'a> {
    /// Writes the heading.
    fn begin(
        page: &'a mut Worksheet,
        first: u32,
        head: &'a Table,
        lang: Lang,
    ) -> Result<Self, XlsxError> {
        page.set_row_height(first, heading_height(head))?;
        for (at, column) in (0..).zip(&head.columns) {
            page.set_column_width(at, column.width_chars)?;
            let look = style::heading(is_narrow(column));
            page.write_string_with_format(first, at, &column.title, &look)?;
        }
        let looks = head.columns.iter().map(|column| style::cell(column.kind, lang, false));
        Ok(Self { page, head, lang, looks: looks.collect(), first, rows: 0 })
    }

    /// Writes the next row. One beneath another is folded away; the group goes on where the row after it is
    /// beneath, too.
    fn add(&mut self, row: &Row, goes_on: bool) -> Result<(), XlsxError> {
        self.rows += 1;
        let at = self.first + self.rows;
        if self.rows <= DRESSED_ROWS_MAX {
            self.page.set_row_height(at, height(self.head, &row.cells, self.lang))?;
            match (row.is_beneath, goes_on) {
                (false, _) => {}
                (true, true) => {
                    self.page.group_symbols_above(true);
                    self.page.group_rows(at, at)?.set_row_hidden(at)?;
                }
                (true, false) => {
                    self.page.group_symbols_above(true);
                    self.page.group_rows_collapsed(at, at)?;
                }
            }
        }
        let columns = (0..).zip(self.head.columns.iter().zip(&self.looks));
        for ((number, (column, look)), cell) in columns.zip(&row.cells) {
            write_cell(self.page, (at, number), cell, look, self.lang, is_narrow(column))?;
        }
        Ok(())
    }

    /// Ends it with its colours and filters, and with what adds the table up where this is its end.
    fn end(self, is_last: bool) -> Result<(), XlsxError> {
        let Self { page, head, lang, first, rows, .. } = self;
        let last = first + rows;
        let total = head.total.iter().flatten().filter(|_| is_last);
        for ((number, column), cell) in (0..).zip(&head.columns).zip(total) {
            let look = style::cell(column.kind, lang, true);
            write_cell(page, (last + 1, number), cell, &look, lang, is_narrow(column))?;
        }
        for (number, column) in (0..).zip(&head.columns).filter(|_| rows > 0) {
            for rule in style::rules(column.kind, lang, is_narrow(column), (first + 1, number)) {
                page.add_conditional_format(first + 1, number, last, number, &rule)?;
            }
        }
        let columns = u16::try_from(head.columns.len()).unwrap_or(u16::MAX);
        page.autofilter(first, 0, last, columns.saturating_sub(1))?;
        Ok(())
    }
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
    look: &Format,
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
        let (mut book, mut names) = (Workbook::new(), Names::default());
        let Stream { head, rows } = table.into();
        write_sheets("Rows", &head, rows, Lang::En, (&mut book, &mut names), 2).unwrap();
        let names: Vec<String> = book.worksheets().iter().map(Worksheet::name).collect();
        assert_eq!(names, ["Rows", "Rows (2)", "Rows (3)"]);
        assert!(book.save_to_buffer().is_ok());
    }
}
