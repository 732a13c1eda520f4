//! The signed report as a PDF in the layout of Vietnamese administrative documents (Decree
//! 30/2020/NĐ-CP, Annex I): A4, its margins, the national heading, the issuing body, numbered
//! sections, signature and recipients, annexes. The same result and letterhead give the same bytes.

mod chart;
mod document;
mod element;
mod flow;
mod font;
mod frame;
mod grid;
mod page;

pub mod quarter;
mod wrap;

use std::io::{self, Write};

use super::ReportContext;
use super::letterhead::Letterhead;
use super::office::{self, Block, Paper, Picture};
use super::pdf::document::Document;
use super::pdf::flow::Flow;
use super::pdf::font::Fonts;
use super::pdf::frame::About;
use super::pdf::grid::Grid;
use super::quarter::Section;
use crate::judge::RunResult;
use crate::model::{Lang, Text};

const STAGES: Text = Text { vi: "Số dịch vụ theo mức", en: "Services by stage" };
const TREND: Text = Text {
    vi: "Số dịch vụ theo mức qua các đợt đo",
    en: "Services by stage, run by run",
};
const FIGURE: Text = Text { vi: "Hình", en: "Figure" };

/// Writes the report of a run.
///
/// # Errors
/// When `out` can't be written.
pub fn write(
    context: &ReportContext<'_>,
    letterhead: &Letterhead,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_with(context, letterhead, &[], out)
}

/// Writes the report of a run with further sections.
///
/// # Errors
/// When `out` can't be written.
pub fn write_with(
    context: &ReportContext<'_>,
    letterhead: &Letterhead,
    further: &[Section],
    out: &mut dyn Write,
) -> io::Result<()> {
    let paper = office::of_run(context, letterhead, further).map_err(io::Error::other)?;
    write_paper(&paper, context.result, letterhead, context.lang, out)
}

/// Whether a file can serve as a font of reports.
///
/// # Errors
/// When it is no font, or lacks letters of Vietnamese.
pub fn check_font(data: &[u8]) -> io::Result<()> {
    font::check(data)
}

fn write_paper(
    paper: &Paper,
    result: &RunResult,
    letterhead: &Letterhead,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let fonts = Fonts::new(letterhead.files.fonts.as_ref())?;
    let mut document = Document::new(Flow::new(&fonts), lang);
    let Paper { title, subject, addressees, body, annexes } = paper;
    frame::head(&mut document.flow, letterhead, &About { title, subject, addressees }, lang);
    let mut figures = 0;
    for (at, block) in body.iter().enumerate() {
        // The signature isn't alone on its page.
        if at + 1 == body.len() && matches!(block, Block::Paragraph(_)) {
            let foot = frame::foot_height(&document.flow, letterhead, lang);
            document.flow.keep(foot + 4.0 * flow::BODY * flow::LEADING);
        }
        draw(&mut document, block, result, &mut figures);
    }
    frame::foot(&mut document.flow, letterhead, lang);
    let belongs_to = office::frame::belongs_to(letterhead, lang);
    for annex in annexes {
        document.annex(annex.title, &belongs_to);
        for block in &annex.blocks {
            draw(&mut document, block, result, &mut figures);
        }
    }
    out.write_all(&document.finish(subject, result.as_of)?)
}

fn draw(document: &mut Document<'_>, block: &Block, result: &RunResult, figures: &mut usize) {
    let (lang, policy) = (document.lang, &result.policy);
    match block {
        Block::Section(title) => document.section(title),
        Block::Heading(title) => document.heading(title),
        Block::Paragraph(text) => document.paragraph(text),
        Block::Item(text) => document.item(text),
        Block::Warning(text) => document.warning(text),
        Block::Table(sheet) => document.table(&sheet.title, &Grid::from_sheet(sheet, lang)),
        Block::Figure(picture) => {
            *figures += 1;
            let words = match picture {
                Picture::Stages(_) => STAGES,
                Picture::Trend(_) => TREND,
            };
            let caption = format!("{} {figures}. {}", FIGURE.get(lang), words.get(lang));
            document.titles(120.0);
            match picture {
                Picture::Stages(counts) => {
                    let bars = chart::stage_bars(counts, policy, lang);
                    chart::bars(&mut document.flow, &caption, &bars);
                }
                Picture::Trend(points) => {
                    chart::columns(&mut document.flow, &caption, points, policy, lang);
                }
            }
        }
    }
}
