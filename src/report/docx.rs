//! The signed report as a Word document (Office Open XML, ECMA-376): what the PDF has, for offices that edit
//! before they sign. Set in Times New Roman, headings and tables are Word's own, charts too. The same result
//! and letterhead give the same bytes.

mod chart;
mod content;
mod markup;
mod package;

use std::io::{self, Write};

use super::ReportContext;
use super::letterhead::Letterhead;
use super::office;
use super::quarter::{QuarterContext, Section};

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
    package::write(&paper, context.result, letterhead, context.lang, out)
}

/// Writes the report of a quarter.
///
/// # Errors
/// When `out` can't be written.
pub fn write_quarter(
    context: &QuarterContext<'_>,
    letterhead: &Letterhead,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paper = office::of_quarter(context, letterhead).map_err(io::Error::other)?;
    package::write(&paper, &context.review.closing, letterhead, context.lang, out)
}
