//! Workbooks in XLS, as Excel 97 to 2003 wrote them: records of BIFF8 (MS-XLS) in a compound file.
//!
//! Read here and not with the crate that reads XLSX: that one lays a sheet out as a whole rectangle, and two
//! cells in opposite corners of each sheet take gigabytes.

mod records;
mod strings;

use std::io::{Cursor, Read as _};

use jiff::Span;
use jiff::civil::{Date, date};

use self::records::{Record, Records};
use super::budget::{Budget, SHEETS_MAX};
use super::sheet::{Merge, Table, TableBuilder};

/// Whether octets are those of a compound file, which old workbooks and protected new ones are.
pub(super) fn is_compound(octets: &[u8]) -> bool {
    octets.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// Reads the sheets that hold anything.
///
/// # Errors
/// A sentence that says what is wrong with the file, or which bound of the budget it exceeds.
pub(super) fn tables(octets: &[u8], budget: &Budget<'_>) -> Result<Vec<Table>, String> {
    let stream = workbook_stream(octets, budget)?;
    let mut book = Book::default();
    let mut sheets = Vec::new();
    for record in Records::new(&stream, 0) {
        budget.step()?;
        if let Some(sheet) = book.take(&record?)? {
            sheets.push(sheet);
        }
    }
    if sheets.len() > SHEETS_MAX {
        return Err(format!("the workbook has more than {SHEETS_MAX} sheets"));
    }
    let mut tables = Vec::new();
    for (name, position) in sheets {
        let table = book.sheet(name, Records::new(&stream, position), budget)?;
        tables.extend((!table.rows.is_empty()).then_some(table));
    }
    Ok(tables)
}

/// Octets of such a file, whose directory is kept.
const FILE_OCTETS_MAX: usize = 24 << 20;

/// Octets of the stream in it that holds the sheets, which is kept whole.
const STREAM_OCTETS_MAX: usize = 8 << 20;

fn workbook_stream(octets: &[u8], budget: &Budget<'_>) -> Result<Vec<u8>, String> {
    if octets.len() > FILE_OCTETS_MAX {
        let most = FILE_OCTETS_MAX >> 20;
        return Err(format!("an XLS workbook has at most {most} MiB here; save it as XLSX"));
    }
    let mut file = cfb::CompoundFile::open(Cursor::new(octets))
        .map_err(|error| format!("the file is no XLS workbook: {error}"))?;
    if file.exists("/EncryptedPackage") {
        return Err("the workbook is protected by a password; save it without one".to_owned());
    }
    let Ok(stream) = file.open_stream("/Workbook") else {
        return Err(match file.exists("/Book") {
            true => "the workbook is of Excel 95 or older; save it as XLSX".to_owned(),
            false => "the file holds no workbook".to_owned(),
        });
    };
    let mut whole = Vec::new();
    // A stream lies within the file, unless its sectors are used twice.
    budget.unpack(stream.take(octets.len() as u64), |piece| {
        if whole.len() + piece.len() > STREAM_OCTETS_MAX {
            let most = STREAM_OCTETS_MAX >> 20;
            return Err(format!(
                "the sheets of an XLS workbook have at most {most} MiB here; save it as XLSX"
            ));
        }
        whole.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(whole)
}

/// What the sheets of a workbook share.
#[derive(Default)]
struct Book {
    strings: Vec<String>,
    /// Number formats of its own that show dates.
    date_formats: Vec<u16>,
    /// For each style its number format.
    styles: Vec<u16>,
    begins_1904: bool,
}

impl Book {
    /// Takes a record of the workbook's own, and gives a sheet's name and place if it names one.
    fn take(&mut self, record: &Record<'_>) -> Result<Option<(String, usize)>, String> {
        match record.kind {
            records::BEGIN if record.number(0) != Some(0x0600) => {
                return Err("the workbook is of Excel 95 or older; save it as XLSX".to_owned());
            }
            records::PROTECTED => {
                return Err(
                    "the workbook is protected by a password; save it without one".to_owned()
                );
            }
            records::EPOCH => self.begins_1904 = record.number(0) == Some(1),
            records::STYLE => self.styles.extend(record.number(2)),
            records::FORMAT => {
                let code = strings::long(record.part(2)).unwrap_or_default();
                if shows_date(&code) {
                    self.date_formats.extend(record.number(0));
                }
            }
            records::STRINGS => {
                self.strings = strings::table(record)?;
            }
            // Charts and macros are sheets too.
            records::SHEET if record.part(5).first() == Some(&0) => {
                let position = record.whole(0).unwrap_or(u32::MAX) as usize;
                let name = strings::short(record.part(6)).unwrap_or_default();
                return Ok(Some((name, position)));
            }
            _ => {}
        }
        Ok(None)
    }

    fn sheet(
        &self,
        name: String,
        records: Records<'_>,
        budget: &Budget<'_>,
    ) -> Result<Table, String> {
        let mut table = TableBuilder::new(budget);
        // A formula's text follows in a record of its own.
        let mut formula = None;
        for record in records {
            budget.step()?;
            let record = record?;
            let (Some(row), Some(column)) = (record.number(0), record.number(2)) else { continue };
            let (row, column, style) = (u32::from(row), u32::from(column), record.number(4));
            let mut put = |text: &str| table.put(row, column, text);
            match record.kind {
                records::TEXT_OF_TABLE => {
                    let at = record.whole(6).unwrap_or(u32::MAX) as usize;
                    put(self.strings.get(at).map_or("", String::as_str))?;
                }
                records::TEXT | records::RICH_TEXT => {
                    put(&strings::long(record.part(6)).unwrap_or_default())?;
                }
                records::NUMBER => put(&self.number(record.float(6), style))?,
                records::SHORT_NUMBER => put(&self.number(record.short(6), style))?,
                records::SHORT_NUMBERS => {
                    for (at, cell) in record.part(4).chunks_exact(6).enumerate() {
                        let cell = Record {
                            kind: record.kind,
                            data: cell.to_vec().into(),
                            cuts: Vec::new(),
                        };
                        let text = self.number(cell.short(2), cell.number(0));
                        table.put(row, column + at as u32, &text)?;
                    }
                }
                records::FORMULA => {
                    formula = Some((row, column));
                    if record.number(12) != Some(0xffff) {
                        put(&self.number(record.float(6), style))?;
                    }
                }
                records::FORMULA_TEXT => {
                    if let (Some((row, column)), Some(text)) =
                        (formula.take(), strings::long(record.part(0)))
                    {
                        table.put(row, column, &text)?;
                    }
                }
                records::MERGED => {
                    for range in record.part(2).chunks_exact(8) {
                        let number =
                            |at: usize| u32::from(range[at]) | u32::from(range[at + 1]) << 8;
                        let (first_row, last_row, column) = (number(0), number(2), number(4));
                        table.merge(Merge { first_row, last_row, column })?;
                    }
                }
                _ => {}
            }
        }
        table.finish(Some(name))
    }

    fn number(&self, value: Option<f64>, style: Option<u16>) -> String {
        let Some(value) = value.filter(|value| value.is_finite()) else { return String::new() };
        let format = style.and_then(|style| self.styles.get(usize::from(style)));
        let is_date = format.is_some_and(|format| {
            matches!(format, 14..=17 | 22) || self.date_formats.contains(format)
        });
        match is_date.then(|| day(value, self.begins_1904)).flatten() {
            Some(day) => day.to_string(),
            None => format!("{value}"),
        }
    }
}

/// A day by its number. The spreadsheet's calendar has a 29 February 1900.
fn day(number: f64, begins_1904: bool) -> Option<Date> {
    let number = number.trunc() as i64;
    let (first, days) = match begins_1904 {
        true => (date(1904, 1, 1), number),
        false if number < 60 => (date(1899, 12, 31), number),
        false => (date(1899, 12, 30), number),
    };
    first.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Whether a number format shows a date: it has a day or a year outside of quotes and brackets.
fn shows_date(code: &str) -> bool {
    let mut skipped_until = None;
    let mut has_date = false;
    for character in code.chars() {
        match (skipped_until, character) {
            (Some(end), found) if found == end => skipped_until = None,
            (Some(_), _) => {}
            (None, '"') => skipped_until = Some('"'),
            (None, '[') => skipped_until = Some(']'),
            (None, 'd' | 'D' | 'y' | 'Y') => has_date = true,
            _ => {}
        }
    }
    has_date
}
