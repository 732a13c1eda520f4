//! A quarter as a workbook: figures, then a sheet for each table of its sections.

use std::collections::HashSet;
use std::io::{self, Write};

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use super::{properties_of, sheet};
use crate::report::quarter::{QuarterContext, caveat, course, particulars, sections, title};
use crate::report::{overview, table, texts};

/// Columns that a paragraph runs over, and how wide each is.
const TEXT_COLUMNS: u16 = 6;
const COLUMN_CHARS: u16 = 16;

/// The width of the first of them, which holds the labels.
const LABEL_CHARS: u16 = 26;

/// Writes the workbook.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let bytes = workbook(context).and_then(|mut book| book.save_to_buffer());
    out.write_all(&bytes.map_err(io::Error::other)?)
}

fn workbook(context: &QuarterContext<'_>) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties_of(&context.review.closing, &title(context))?);
    summary(context, &mut book)?;
    let mut names = HashSet::from([texts::SUMMARY.get(context.lang)]);
    let all = sections(context).into_iter().chain(course(context));
    for table in all.flat_map(|section| section.tables) {
        // A workbook takes each name once.
        if names.insert(table.title) {
            sheet::write(&table, context.lang, &mut book)?;
        }
    }
    let verdicts = table::verdicts(&context.review.closing, context.lang);
    sheet::write(&verdicts, context.lang, &mut book)?;
    Ok(book)
}

/// The first sheet: what the report is, what weakens it, and its sentences.
fn summary(context: &QuarterContext<'_>, book: &mut Workbook) -> Result<(), XlsxError> {
    let lang = context.lang;
    let page = book.add_worksheet();
    page.set_name(texts::SUMMARY.get(lang))?;
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
    for section in sections(context).iter().filter(|section| !section.annex) {
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
