//! The result as a spreadsheet (Office Open XML): a sheet of figures, then a sheet for each table.
//!
//! Cells have real types, so that they sort, filter and add up. Text is always text: nothing that a
//! target says becomes a formula or a link. The only date in the file beside the data's own is
//! `as_of`, so the same result gives the same bytes.

mod figures;
pub mod quarter;
mod sheet;
mod style;

use std::io::{self, Write};

use jiff::tz::TimeZone;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::quarter::Section;
use super::{ReportContext, overview, table, texts};
use crate::judge::RunResult;

/// Writes the workbook.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_with(context, &[], out)
}

/// Writes the workbook, and a sheet for each table of further sections.
///
/// # Errors
/// When `out` can't be written.
pub fn write_with(
    context: &ReportContext<'_>,
    sections: &[Section],
    out: &mut dyn Write,
) -> io::Result<()> {
    let bytes = workbook(context, sections).and_then(|mut book| book.save_to_buffer());
    out.write_all(&bytes.map_err(io::Error::other)?)
}

fn workbook(context: &ReportContext<'_>, sections: &[Section]) -> Result<Workbook, XlsxError> {
    let (lang, result) = (context.lang, context.result);
    let mut book = Workbook::new();
    book.set_properties(&properties_of(result, texts::REPORT.get(lang))?);
    figures::write(context, sections, &mut book)?;
    let mut tables = vec![table::categories(result, lang)];
    // One organisation's figures stand on the first sheet.
    if result.organisation().is_none() {
        tables.push(table::organisations(result, lang));
    }
    tables.extend([
        table::services(result, lang, false),
        table::checks(result, lang),
        table::work_list(result, lang),
    ]);
    tables.extend(sections.iter().flat_map(|section| section.tables.clone()));
    tables.push(table::verdicts(result, lang));
    for table in tables {
        sheet::write(&table, lang, &mut book)?;
    }
    Ok(book)
}

fn properties_of(result: &RunResult, title: &str) -> Result<DocProperties, XlsxError> {
    let at = TimeZone::UTC.to_datetime(result.as_of);
    let date = ExcelDateTime::from_ymd(
        at.year().unsigned_abs(),
        at.month().unsigned_abs(),
        at.day().unsigned_abs(),
    )?;
    let at = date.and_hms(
        at.hour().unsigned_abs().into(),
        at.minute().unsigned_abs(),
        at.second().unsigned_abs(),
    )?;
    Ok(DocProperties::new()
        .set_title(title)
        .set_subject(overview::subject(result))
        .set_comment(format!("v6ready {}", result.run.version))
        .set_creation_datetime(&at))
}
