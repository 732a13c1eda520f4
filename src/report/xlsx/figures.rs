//! The first sheet: what the report is, what weakens it, the figures and a chart.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFormat, ChartPoint, ChartSolidFill, ChartType, Color, Format,
    FormatAlign, Workbook, XlsxError,
};

use super::names::Names;
use super::{sheet, style};
use crate::report::parts::Part;
use crate::report::quarter::Section;
use crate::report::table::{self, Kind};
use crate::report::{ReportContext, overview, texts};

/// Columns that the value of a particular runs over, and how wide each is.
const VALUE_COLUMNS: u16 = 4;
const FIGURE_CHARS: u16 = 14;

/// Adds the sheet, with what further sections say; their tables have sheets of their own.
///
/// # Errors
/// Only what the format itself forbids.
pub(super) fn write(
    context: &ReportContext<'_>,
    sections: &[Section],
    book: &mut Workbook,
    names: &mut Names,
) -> Result<(), XlsxError> {
    let lang = context.lang;
    let page = book.add_worksheet();
    page.set_name(names.unused(texts::SUMMARY.get(lang)))?;
    page.set_paper_size(9).set_print_fit_to_pages(1, 1);
    let title = Format::new().set_bold().set_font_size(16);
    let label = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let warning = Format::new().set_bold().set_font_color(Color::RGB(0x00B3_261E));
    page.write_string_with_format(0, 0, texts::REPORT.get(lang), &title)?;
    page.write_string_with_format(1, 0, overview::subject(context.result), &label)?;
    let mut row = 3;
    let said = sections.iter().map(|section| (section.title, section.paragraphs.join(" ")));
    for (name, value) in overview::particulars(context).into_iter().chain(said) {
        page.write_string_with_format(row, 0, name, &label)?;
        page.merge_range(row, 1, row, VALUE_COLUMNS, "", &wrapped)?;
        let lines = sheet::line_count(&value, VALUE_COLUMNS * FIGURE_CHARS);
        page.set_row_height(row, sheet::lines_height(lines))?;
        page.write_string_with_format(row, 1, value, &wrapped)?;
        row += 1;
    }
    for sentence in overview::warnings(context) {
        page.write_string_with_format(row, 0, sentence, &warning)?;
        row += 1;
    }
    row += 1;
    let summary = context.result.summary();
    for (name, count) in
        [(texts::CRITICAL_SERVICES, summary.critical), (texts::RETIRED, summary.all.retired)]
    {
        let name = texts::capitalised(name.get(lang));
        page.write_string_with_format(row, 0, name, &label)?;
        page.write_number_with_format(
            row,
            1,
            count as f64,
            &style::cell(Kind::Count, lang, false),
        )?;
        row += 1;
    }
    row += 1;
    let stages = table::stages(context.result, lang);
    let last = row + u32::try_from(stages.rows.len()).unwrap_or(0);
    let title = stages.title;
    sheet::write_at(page, row, stages, lang)?;
    page.insert_chart(last + 3, 0, &chart(context, title, row, last))?;
    page.set_column_width(0, 44)?;
    for column in 1..=VALUE_COLUMNS {
        page.set_column_width(column, FIGURE_CHARS)?;
    }
    Ok(())
}

/// Services at each stage, from the cells of the table of stages.
fn chart(context: &ReportContext<'_>, title: &str, first: u32, last: u32) -> Chart {
    let name = texts::SUMMARY.get(context.lang);
    let mut chart = Chart::new(ChartType::Bar);
    let points: Vec<_> = Part::all(&context.result.policy)
        .map(style::bar)
        .map(|color| {
            let fill = ChartSolidFill::new().set_color(color).clone();
            ChartPoint::new().set_format(ChartFormat::new().set_solid_fill(&fill))
        })
        .collect();
    chart
        .add_series()
        .set_categories((name, first + 1, 0, last, 0))
        .set_values((name, first + 1, 1, last, 1))
        .set_points(&points)
        .set_gap(40)
        .set_data_label(ChartDataLabel::new().show_value());
    chart.title().set_name(title);
    chart.legend().set_hidden();
    // Of a bar chart, `y` is the upright axis: the stages.
    chart.y_axis().set_reverse();
    chart.x_axis().set_major_gridlines(false).set_hidden(true);
    chart.set_width(760).set_height(300);
    chart
}
