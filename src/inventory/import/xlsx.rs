//! Workbooks in XLSX (Office Open XML).

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx, XlsxError};

use super::archive;
use super::budget::{Budget, SHEETS_MAX};
use super::sheet::{Merge, Table, TableBuilder};

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Reads the sheets that hold anything. Formulas are never evaluated: what the spreadsheet last showed
/// counts.
///
/// # Errors
/// A sentence that says what is wrong with the file, or which bound of the budget it exceeds.
pub(super) fn tables(octets: &[u8], budget: &Budget<'_>) -> Result<Vec<Table>, String> {
    archive::measure(octets, budget)?;
    let mut book: Book<'_> = Xlsx::new(Cursor::new(octets))
        .map_err(|error| format!("the file is no XLSX workbook: {error}"))?;
    let names = book.sheet_names();
    if names.len() > SHEETS_MAX {
        return Err(format!("the workbook has more than {SHEETS_MAX} sheets"));
    }
    let mut tables = Vec::new();
    for name in names {
        tables.extend(worksheet(&mut book, &name, budget)?);
    }
    Ok(tables)
}

fn worksheet(
    book: &mut Book<'_>,
    name: &str,
    budget: &Budget<'_>,
) -> Result<Option<Table>, String> {
    let message = |error: XlsxError| error.to_string();
    let mut table = TableBuilder::new(budget);
    let mut reader = match book.worksheet_cells_reader(name) {
        Ok(reader) => reader,
        // A sheet that is a chart and no table.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(None),
        Err(error) => return Err(message(error)),
    };
    while let Some(cell) = reader.next_cell().map_err(message)? {
        let (row, column) = cell.get_position();
        table.put(row, column, &text(&Data::from(cell.get_value().clone())))?;
    }
    drop(reader);
    for merge in book.merge_cells_by_sheet_name(name).map_err(message)? {
        table.merge(Merge {
            first_row: merge.start.0,
            last_row: merge.end.0,
            column: merge.start.1,
        })?;
    }
    let table = table.finish(Some(name.to_owned()))?;
    Ok((!table.rows.is_empty()).then_some(table))
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
