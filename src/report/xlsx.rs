//! The result as a spreadsheet (Office Open XML): a sheet of figures, then a sheet for each table.
//!
//! Cells have real types, so that they sort, filter and add up. Text is always text: nothing that a
//! target says becomes a formula or a link. The only date in the file beside the data's own is
//! `as_of`, so the same result gives the same bytes.
//!
//! Rows are written as they are made: what doesn't fit into memory lies in unnamed files for as long as the workbook
//! is made.

mod figures;
mod names;
pub mod quarter;
mod sheet;
mod style;

use std::io::{self, Write};
use std::path::Path;

use jiff::tz::TimeZone;
use names::Names;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::quarter::Section;
use super::table::{self, Stream};
use super::{ReportContext, overview, texts};
use crate::judge::RunResult;
use crate::model::Lang;

/// Organisations that can have a sheet each; no program is at ease with more sheets.
pub const ORGANISATION_SHEETS_MAX: usize = 250;

/// What a workbook is beside its run.
#[derive(Clone, Copy, Default)]
pub struct Form<'a> {
    /// Further sections: a sheet for each of their tables.
    pub sections: &'a [Section],
    /// Whether each organisation has a sheet of its services, too.
    pub by_organisation: bool,
    /// Where unnamed files may lie for a while, as large as the sheets unpacked; else the system's own place.
    pub scratch: Option<&'a Path>,
}

/// Writes the workbook.
///
/// # Errors
/// When `out` or an unnamed file can't be written.
pub fn write(context: &ReportContext<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    write_with(context, &Form::default(), out)
}

/// Writes the workbook in a form.
///
/// # Errors
/// As [`write`].
pub fn write_with(
    context: &ReportContext<'_>,
    form: &Form<'_>,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let written = workbook(context, form).and_then(|mut book| book.save_to_writer(out));
    written.map_err(io::Error::other)
}

fn workbook(context: &ReportContext<'_>, form: &Form<'_>) -> Result<Workbook, XlsxError> {
    let (lang, result) = (context.lang, context.result);
    let mut book = begun(form)?;
    book.set_properties(&properties_of(result, texts::REPORT.get(lang))?);
    let mut names = Names::default();
    figures::write(context, form.sections, &mut book, &mut names)?;
    let mut tables: Vec<Stream<'_>> = vec![table::categories(result, lang).into()];
    // One organisation's figures stand on the first sheet.
    if result.organisation().is_none() {
        tables.push(table::organisations(result, lang).into());
    }
    tables.extend([
        table::services(result, lang, false),
        table::checks(result, lang),
        table::work_list(result, lang),
    ]);
    let further = form.sections.iter().flat_map(|section| section.tables.clone());
    tables.extend(further.map(Stream::from));
    for table in tables {
        sheet::write(table, lang, &mut book, &mut names)?;
    }
    if form.by_organisation {
        organisations(result, lang, &mut book, &mut names)?;
    }
    sheet::write(table::verdicts(result, lang), lang, &mut book, &mut names)?;
    Ok(book)
}

fn begun(form: &Form<'_>) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    if let Some(folder) = form.scratch {
        book.set_tempdir(folder)?;
    }
    Ok(book)
}

/// The services of each organisation on a sheet that has its name.
fn organisations(
    result: &RunResult,
    lang: Lang,
    book: &mut Workbook,
    names: &mut Names,
) -> Result<(), XlsxError> {
    for (organisation, services) in result.by_organisation() {
        let table = table::services_of(result, services, lang);
        sheet::write_named(&organisation.name, table, lang, book, names)?;
    }
    Ok(())
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
