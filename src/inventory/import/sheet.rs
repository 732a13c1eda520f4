//! Files of tables as rows of text.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

/// Rows that are read; an inventory holds 100,000 services.
const ROWS_MAX: usize = 200_000;

/// Columns of a workbook that are read; a table of services has some ten.
const COLUMNS_MAX: u32 = 256;

/// Cells of a workbook that are read, empty ones before others included.
const CELLS_MAX: usize = 4_000_000;

/// Rows of text with the number that people see beside each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Row number, from 1, and its cells.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// Reads comma-, semicolon- or tab-separated text, in UTF-8 (with or without a byte-order mark) or in
/// UTF-16 with one, as spreadsheets write it. The first line decides which character separates.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub fn csv_table(octets: &[u8]) -> Result<Table, String> {
    let text = decoded(octets)?;
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|wanted| head.bytes().filter(|octet| octet == wanted).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut table = Table::default();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let number = record.position().map_or(0, |position| line(&text, position));
        push(&mut table, number, record.iter().map(str::to_owned).collect())?;
    }
    Ok(table)
}

/// The line on which a record begins: the reader's place is before the empty lines above it.
fn line(text: &str, position: &csv::Position) -> usize {
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(whole(position.byte())..).unwrap_or_default();
    let empty = rest.iter().take_while(|octet| matches!(octet, b'\r' | b'\n'));
    whole(position.line()) + empty.filter(|octet| **octet == b'\n').count()
}

fn decoded(octets: &[u8]) -> Result<String, String> {
    let utf16 = |octets: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = octets.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| "the file is no text in UTF-16".to_owned())
    };
    match octets {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => String::from_utf8(rest.to_vec()).map_err(|error| {
            let line = 1 + rest[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|octet| **octet == b'\n')
                .count();
            format!("line {line} is not UTF-8; save the table as “CSV UTF-8”")
        }),
    }
}

fn push(table: &mut Table, number: usize, cells: Vec<String>) -> Result<(), String> {
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    if table.rows.len() >= ROWS_MAX {
        return Err(format!("the table has more than {ROWS_MAX} rows; split it"));
    }
    table.rows.push((number, cells));
    Ok(())
}

/// Reads the first sheet of a workbook that holds anything. Formulas are never evaluated: what the
/// spreadsheet last showed counts.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub fn xlsx_table(octets: &[u8]) -> Result<Table, String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(octets))
        .map_err(|error| format!("the file is no XLSX workbook: {error}"))?;
    for name in book.sheet_names() {
        let table = worksheet(&mut book, &name)?;
        if !table.rows.is_empty() {
            return Ok(table);
        }
    }
    Ok(Table::default())
}

/// Cell by cell: the whole range at once would take memory for every empty cell before the last one, and
/// one stray cell in the far corner of a sheet is preceded by seventeen thousand million of them.
fn worksheet(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Table, String> {
    let message = |error: calamine::XlsxError| error.to_string();
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A sheet that is a chart and no table.
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(Table::default()),
        Err(error) => return Err(message(error)),
    };
    let (mut cells, mut rows) = (0_usize, BTreeMap::<u32, Vec<String>>::new());
    while let Some(cell) = reader.next_cell().map_err(message)? {
        let (row, column) = cell.get_position();
        let text = text(&Data::from(cell.get_value().clone()));
        if text.trim().is_empty() {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(format!(
                "row {} has a cell beyond column {COLUMNS_MAX}; delete what is not of the table",
                u64::from(row) + 1
            ));
        }
        let column = column as usize;
        let of_row = rows.entry(row).or_default();
        cells += (column + 1).saturating_sub(of_row.len());
        if cells > CELLS_MAX {
            return Err(format!("the table has more than {CELLS_MAX} cells; split it"));
        }
        if of_row.len() <= column {
            of_row.resize(column + 1, String::new());
        }
        of_row[column] = text;
    }
    let mut table = Table::default();
    for (row, cells) in rows {
        push(&mut table, row as usize + 1, cells)?;
    }
    Ok(table)
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        other => other.to_string(),
    }
}
