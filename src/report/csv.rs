//! Tables as CSV (RFC 4180, UTF-8, comma, CRLF).
//!
//! Two files: one of services, in words for an office, which begins with a byte order mark because
//! spreadsheets read Vietnamese wrongly without one; and one of verdicts, in the stable words of the
//! JSON result for programs, without the mark.
//!
//! A cell that a spreadsheet could take for a formula gets an apostrophe in front. So does one that
//! begins with an apostrophe, so that taking one away always gives the text back.

use std::io::{self, Write};

use super::ReportContext;
use super::quarter::QuarterContext;
use super::table::{self, Cell, Stream, Table};
use crate::model::Lang;

/// The byte order mark in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Characters at which a spreadsheet may begin a formula, their full-width forms, and the
/// apostrophe.
const GUARDED: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '\''];

/// Writes the services, a column for each check, in the reader's language.
///
/// # Errors
/// When `out` can't be written.
pub fn write_services(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MARK)?;
    write_stream(table::services(context.result, context.lang, true), context.lang, out)
}

/// Writes the verdicts, a row for each subject.
///
/// # Errors
/// When `out` can't be written.
pub fn write_verdicts(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_stream(table::verdicts(context.result, context.lang), context.lang, out)
}

/// Writes what a run leaves to be done: a row for each cause and service.
///
/// # Errors
/// When `out` can't be written.
pub fn write_work_of_run(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MARK)?;
    write_stream(table::work_list(context.result, context.lang), context.lang, out)
}

/// Writes what a quarter leaves to be done, in the order of its work list.
///
/// # Errors
/// When `out` can't be written.
pub fn write_work(context: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MARK)?;
    write(&table::quarter::work_list(context.review, context.lang), context.lang, out)
}

/// Writes any table.
///
/// # Errors
/// When `out` can't be written.
pub fn write(table: &Table, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    write_rows(table, table.rows.iter().chain(&table.total), lang, out)
}

/// Writes a table as its rows are made.
///
/// # Errors
/// When `out` can't be written.
pub fn write_stream(table: Stream<'_>, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let Stream { head, rows } = table;
    write_rows(&head, rows.map(|row| row.cells), lang, out)
}

/// Writes the headings of a table and rows as they come.
fn write_rows<R: AsRef<[Cell]>>(
    head: &Table,
    rows: impl Iterator<Item = R>,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    file.write_record(head.columns.iter().map(|column| formula_guarded(column.title.clone())))?;
    for row in rows {
        file.write_record(row.as_ref().iter().map(|cell| formula_guarded(cell.words(lang))))?;
    }
    file.flush()
}

/// Text that no spreadsheet takes for a formula, not even after blanks that it might strip.
fn formula_guarded(text: String) -> String {
    match text.trim_start_matches([' ', '\u{a0}']).starts_with(GUARDED) {
        true => format!("'{text}"),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::formula_guarded;

    #[test]
    fn formulas_are_guarded() {
        for formula in ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "＝1", "\u{a0}@x", "'x"] {
            assert_eq!(formula_guarded(formula.to_owned()), format!("'{formula}"));
        }
        for text in ["", "x=1", "a-b", "2001:db8::1", "1"] {
            assert_eq!(formula_guarded(text.to_owned()), text);
        }
    }
}
