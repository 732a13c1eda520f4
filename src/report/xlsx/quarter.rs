//! A quarter as a workbook: figures, then a sheet for each table of its sections.

use std::collections::HashSet;
use std::io::{self, Write};

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use super::names::Names;
use super::{Form, begun, organisations, properties_of, sheet};
use crate::report::quarter::{
    QuarterContext, caveat, particulars, sections, sections_with_course, title,
};
use crate::report::{overview, table, texts};

/// Columns that a paragraph runs over, and how wide each is.
const TEXT_COLUMNS: u16 = 6;
const COLUMN_CHARS: u16 = 16;

/// The width of the first of them, which holds the labels.
const LABEL_CHARS: u16 = 26;

/// Writes the workbook.
///
/// # Errors
/// When `out` or an unnamed file can't be written.
pub fn write(context: &QuarterContext<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    write_with(context, &Form::default(), out)
}

/// Writes the workbook in a form, whose sections are those of the quarter.
///
/// # Errors
/// As [`write`].
pub fn write_with(
    context: &QuarterContext<'_>,
    form: &Form<'_>,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let written = workbook(context, form).and_then(|mut book| book.save_to_writer(out));
    written.map_err(io::Error::other)
}

fn workbook(context: &QuarterContext<'_>, form: &Form<'_>) -> Result<Workbook, XlsxError> {
    let mut book = begun(form)?;
    book.set_properties(&properties_of(&context.review.closing, &title(context))?);
    let mut names = Names::default();
    summary(context, &mut book, &mut names)?;
    let mut written = HashSet::new();
    for table in sections_with_course(context).flat_map(|section| section.tables) {
        // A table that two sections show has one sheet.
        if written.insert(table.title) {
            sheet::write(table.into(), context.lang, &mut book, &mut names)?;
        }
    }
    if form.by_organisation {
        organisations(&context.review.closing, context.lang, &mut book, &mut names)?;
    }
    let verdicts = table::verdicts(&context.review.closing, context.lang);
    sheet::write(verdicts, context.lang, &mut book, &mut names)?;
    Ok(book)
}

/// The first sheet: what the report is, what weakens it, and its sentences.
fn summary(
    context: &QuarterContext<'_>,
    book: &mut Workbook,
    names: &mut Names,
) -> Result<(), XlsxError> {
    let lang = context.lang;
    let page = book.add_worksheet();
    page.set_name(names.unused(texts::SUMMARY.get(lang)))?;
    page.set_paper_size(9).set_print_fit_to_pages(1, 1);
    let heading = Format::new().set_bold().set_font_size(16);
    let label = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let warning = wrapped.clone().set_bold();
    page.write_string_with_format(0, 0, title(context), &heading)?;
    page.write_string_with_format(1, 0, overview::subject(&context.review.closing), &label)?;
    let mut row = 3;
    for (name, value) in particulars(context) {
        page.write_string_with_format(row, 0, name, &label)?;
        page.write_string(row, 1, value)?;
        row += 1;
    }
    let mut text = |row: &mut u32, text: &str, look: &Format| -> Result<(), XlsxError> {
        page.merge_range(*row, 0, *row, TEXT_COLUMNS - 1, "", look)?;
        let lines = sheet::line_count(text, TEXT_COLUMNS * COLUMN_CHARS);
        page.set_row_height(*row, sheet::lines_height(lines))?;
        page.write_string_with_format(*row, 0, text, look)?;
        *row += 1;
        Ok(())
    };
    row += 1;
    for weakness in &context.review.caveats {
        text(&mut row, &caveat(weakness, lang), &warning)?;
    }
    for section in sections(context).filter(|section| !section.annex) {
        row += 1;
        text(&mut row, section.title, &label)?;
        for paragraph in &section.paragraphs {
            text(&mut row, paragraph, &wrapped)?;
        }
    }
    page.set_column_width(0, LABEL_CHARS)?;
    for column in 1..TEXT_COLUMNS {
        page.set_column_width(column, COLUMN_CHARS)?;
    }
    Ok(())
}
