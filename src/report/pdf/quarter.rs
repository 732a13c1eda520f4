//! A quarter's report as a document: its sections, charts and annex in the frame of every document.

use std::io::{self, Write};

use super::document::Document;
use super::grid::Grid;
use super::{Frame, chart};
use crate::model::Text;
use crate::report::letterhead::Letterhead;
use crate::report::overview;
use crate::report::quarter::{
    Chart, QuarterContext, Section, caveat, particulars, sections, title,
};

const STAGES: Text = Text { vi: "Số dịch vụ theo mức", en: "Services by stage" };
const TREND: Text = Text {
    vi: "Số dịch vụ theo mức qua các đợt quét",
    en: "Services by stage, run by run",
};
const FIGURE: Text = Text { vi: "Hình", en: "Figure" };

/// Writes the report of a quarter.
///
/// # Errors
/// When `out` can't be written.
pub fn write(
    context: &QuarterContext<'_>,
    letterhead: &Letterhead,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (review, lang) = (context.review, context.lang);
    let result = &review.closing;
    let about = format!("{}: {}", title(context), overview::subject(result));
    let frame = Frame { result, lang, letterhead, about };
    let (annexes, body): (Vec<_>, Vec<_>) =
        sections(context).into_iter().partition(|section| section.annex);
    let bytes = frame.fill(
        |document| {
            let mut figures = 0;
            for (at, section) in body.iter().enumerate() {
                document.section(section.title);
                if at == 0 {
                    opening(document, context);
                }
                write_section(document, context, section, &mut figures);
            }
        },
        |document| {
            for section in &annexes {
                document.annex(section.title);
                for table in &section.tables {
                    document.table(None, &Grid::from_table(table, lang));
                }
            }
        },
    )?;
    out.write_all(&bytes)
}

/// What the report rests on, and what weakens it.
fn opening(document: &mut Document<'_>, context: &QuarterContext<'_>) {
    for (label, value) in particulars(context) {
        document.paragraph(&format!("- {label}: {value}."));
    }
    for weakness in &context.review.caveats {
        document.warning(&caveat(weakness, context.lang));
    }
}

fn write_section(
    document: &mut Document<'_>,
    context: &QuarterContext<'_>,
    section: &Section,
    figures: &mut usize,
) {
    let (lang, policy) = (context.lang, &context.review.closing.policy);
    for paragraph in &section.paragraphs {
        document.paragraph(paragraph);
    }
    if let Some(picture) = &section.chart {
        *figures += 1;
        let words = match picture {
            Chart::Stages(_) => STAGES,
            Chart::Trend(_) => TREND,
        };
        let caption = format!("{} {figures}. {}", FIGURE.get(lang), words.get(lang));
        match picture {
            Chart::Stages(counts) => {
                let bars = chart::stage_bars(counts, policy, lang);
                chart::bars(&mut document.flow, &caption, &bars);
            }
            Chart::Trend(points) => {
                chart::columns(&mut document.flow, &caption, points, policy, lang);
            }
        }
    }
    let several = section.tables.len() > 1;
    for table in &section.tables {
        document.table(several.then_some(table.title), &Grid::from_table(table, lang));
    }
}
