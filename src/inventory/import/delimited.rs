//! Tables in text, their cells separated by commas, semicolons or tabs.

use super::budget::Budget;
use super::encoding::decoded;
use super::sheet::{Table, TableBuilder};

/// What may separate cells; of equals the first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Lines by which the separator is found: a title may stand above the headings.
const LINES: usize = 12;

/// Signs with which a spreadsheet may begin a formula, before which an apostrophe guards text
/// (as in the program's own CSV).
const GUARDED: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '\''];

/// Reads text in UTF-8, UTF-16 or Windows-1258. A first line `sep=;` says what separates cells; else the
/// character does that the first lines hold most of.
///
/// # Errors
/// A sentence that says what is wrong with the file, or which bound of the budget it exceeds.
pub fn csv_table(octets: &[u8], budget: &Budget<'_>) -> Result<Table, String> {
    let (text, note) = decoded(octets)?;
    let (text, declared) = match declared_separator(&text) {
        Some((rest, separator)) => (rest, Some(separator)),
        None => (&*text, None),
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(declared.unwrap_or_else(|| probable_separator(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = TableBuilder::new(budget);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| error.to_string())? {
        let number = record.position().map_or(0, |position| line(text, position));
        let number = number - usize::from(declared.is_none());
        let row = u32::try_from(number).unwrap_or(u32::MAX);
        for (column, cell) in (0..).zip(&record) {
            table.put(row, column, unguarded(cell))?;
        }
    }
    let mut table = table.finish(None)?;
    table.notes.extend(note);
    Ok(table)
}

/// The rest after a first line `sep=;`, as spreadsheets write and read it.
fn declared_separator(text: &str) -> Option<(&str, u8)> {
    let (first, rest) = text.split_once('\n')?;
    let first = first.trim_end_matches('\r').trim_matches('"');
    let separator = first.to_ascii_lowercase().strip_prefix("sep=")?.bytes().next()?;
    (separator.is_ascii() && first.len() == 5).then_some((rest, separator))
}

/// The separator that most lines agree on. Those within quotes count too, which the rows of a table
/// share and a sentence above it doesn't.
fn probable_separator(text: &str) -> u8 {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).take(LINES).collect();
    let weight = |separator: u8| {
        let counts =
            lines.iter().map(|line| line.bytes().filter(|octet| *octet == separator).count());
        let has = counts.clone().filter(|count| *count > 0).count();
        (has, counts.max().unwrap_or(0))
    };
    SEPARATORS.into_iter().rev().max_by_key(|separator| weight(*separator)).unwrap_or(b',')
}

/// The line on which a record begins: the reader's place is before the empty lines above it.
fn line(text: &str, position: &csv::Position) -> usize {
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(whole(position.byte())..).unwrap_or_default();
    let empty = rest.iter().take_while(|octet| matches!(octet, b'\r' | b'\n'));
    whole(position.line()) + empty.filter(|octet| **octet == b'\n').count()
}

/// Text without the apostrophe that guards it from being taken for a formula.
fn unguarded(cell: &str) -> &str {
    let blank = [' ', '\u{a0}'];
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches(blank).starts_with(GUARDED) => rest,
        _ => cell,
    }
}
