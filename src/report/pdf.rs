//! The result as a PDF in the layout of Vietnamese administrative documents (Decree
//! 30/2020/NĐ-CP, Annex I): A4, its margins, the national heading, the issuing body, numbered
//! sections, signature and recipients, annexes. The same result and letterhead give the same bytes.

mod chart;
mod document;
mod flow;
mod font;
mod frame;
mod grid;
mod page;
pub mod quarter;
mod run;
mod wrap;

use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::letterhead::Letterhead;
use super::pdf::document::Document;
use super::pdf::flow::Flow;
use super::pdf::font::Fonts;
use super::pdf::frame::About;
use super::quarter::Section;
use super::{ReportContext, overview};
use crate::judge::RunResult;
use crate::model::{Lang, Text};

const ABOUT: Text = Text { vi: "Mức độ sẵn sàng IPv6", en: "IPv6 readiness" };

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
    let about = format!("{}: {}", ABOUT.get(context.lang), overview::subject(context.result));
    let frame = Frame { result: context.result, lang: context.lang, letterhead, about };
    let bytes = frame.fill(
        |document| run::sections(document, context, further),
        |document| run::annexes(document, context),
    )?;
    out.write_all(&bytes)
}

/// What is the same around every content.
struct Frame<'a> {
    result: &'a RunResult,
    lang: Lang,
    letterhead: &'a Letterhead,
    about: String,
}

impl Frame<'_> {
    fn fill(
        &self,
        content: impl FnOnce(&mut Document<'_>),
        annexes: impl FnOnce(&mut Document<'_>),
    ) -> io::Result<Vec<u8>> {
        let Self { result, lang, letterhead, about } = self;
        let fonts = Fonts::new()?;
        let mut document = Document::new(Flow::new(&fonts), *lang);
        let zone = TimeZone::get(&result.inventory.timezone).unwrap_or(TimeZone::UTC);
        let today = zone.to_datetime(result.as_of).date();
        let addressee = result.organisation().map(|_| overview::subject(result));
        let about = About { text: about, addressee: addressee.as_deref() };
        frame::head(&mut document.flow, letterhead, &about, today, *lang);
        for paragraph in letterhead.opening(*lang) {
            document.paragraph(&paragraph);
        }
        content(&mut document);
        for paragraph in letterhead.closing(*lang) {
            document.paragraph(&paragraph);
        }
        frame::foot(&mut document.flow, letterhead, *lang);
        annexes(&mut document);
        document.finish(about.text, result.as_of)
    }
}
