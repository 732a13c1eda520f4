//! Workbooks of every make.

use super::budget::Budget;
use super::sheet::Table;
use super::{archive, ods, xls, xlsx};

/// Reads the sheets of a workbook that hold anything: XLSX, ODS or XLS, by what the file is and not by its
/// name.
///
/// # Errors
/// A sentence that says what is wrong with the file, or which bound of the budget it exceeds.
pub fn workbook_tables(octets: &[u8], budget: &Budget<'_>) -> Result<Vec<Table>, String> {
    if xls::is_compound(octets) {
        return xls::tables(octets, budget);
    }
    let media_type = archive::beginning(octets, "mimetype").unwrap_or_default();
    match media_type.contains("opendocument.spreadsheet") {
        true => ods::tables(octets, budget),
        false => xlsx::tables(octets, budget),
    }
}

/// Whether octets begin as a workbook does.
pub fn is_workbook(octets: &[u8]) -> bool {
    octets.starts_with(b"PK\x03\x04") || xls::is_compound(octets)
}
