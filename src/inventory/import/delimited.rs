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
    let separator = declared.unwrap_or_else(|| probable_separator(text));
    let mut rows = Rows::new(text, separator);
    let mut table = TableBuilder::new(budget);
    while let Some(line) = rows.next()? {
        let number = line - usize::from(declared.is_none());
        let row = u32::try_from(number).unwrap_or(u32::MAX);
        for (column, cell) in (0..).zip(rows.cells()) {
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

/// The rows of a text, within bounds: a line of commas is a row with as many empty cells.
struct Rows<'t> {
    text: &'t str,
    /// Octets that were read.
    at: usize,
    reader: csv_core::Reader,
    /// The cells of the last row, one after the other, and where each ends.
    octets: Vec<u8>,
    ends: Vec<usize>,
    /// How many of `ends` are the last row's.
    count: usize,
}

/// Octets of text in a row.
const ROW_OCTETS_MAX: usize = 2 << 20;

/// Cells of a row, empty ones too; no spreadsheet has more columns.
const ROW_CELLS_MAX: usize = 16_384;

impl<'t> Rows<'t> {
    fn new(text: &'t str, separator: u8) -> Self {
        Self {
            text,
            at: 0,
            reader: csv_core::ReaderBuilder::new().delimiter(separator).build(),
            octets: vec![0; ROW_OCTETS_MAX],
            ends: vec![0; ROW_CELLS_MAX],
            count: 0,
        }
    }

    /// Reads the next row; the line on which it begins.
    fn next(&mut self) -> Result<Option<usize>, String> {
        let line = self.line();
        let mut filled = 0;
        self.count = 0;
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            let (octets, ends) = (&mut self.octets[filled..], &mut self.ends[self.count..]);
            let (result, read, octets, ends) = self.reader.read_record(rest, octets, ends);
            self.at += read;
            filled += octets;
            self.count += ends;
            match result {
                // Once more, with nothing: that is the end of the text.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull => {
                    let most = ROW_OCTETS_MAX >> 20;
                    return Err(format!("the row in line {line} has more than {most} MiB of text"));
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    return Err(format!(
                        "the row in line {line} has more than {ROW_CELLS_MAX} cells"
                    ));
                }
                csv_core::ReadRecordResult::Record => return Ok(Some(line)),
                csv_core::ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// The cells of the row that was read last.
    fn cells(&self) -> impl Iterator<Item = &str> {
        let ends = self.ends.iter().take(self.count);
        let begins = std::iter::once(&0).chain(ends.clone());
        begins.zip(ends).map(|(begin, end)| {
            // Quotes and separators are octets of ASCII, so what lies between them is whole characters.
            let octets = self.octets.get(*begin..*end).unwrap_or_default();
            std::str::from_utf8(octets).unwrap_or_default()
        })
    }

    /// The line on which the next row begins: the reader is still before the empty lines above it.
    fn line(&self) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let empty = rest.iter().take_while(|octet| matches!(octet, b'\r' | b'\n'));
        let above = empty.filter(|octet| **octet == b'\n').count();
        usize::try_from(self.reader.line()).unwrap_or(usize::MAX) + above
    }
}

/// Text without the apostrophe that guards it from being taken for a formula.
fn unguarded(cell: &str) -> &str {
    let blank = [' ', '\u{a0}'];
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches(blank).starts_with(GUARDED) => rest,
        _ => cell,
    }
}
