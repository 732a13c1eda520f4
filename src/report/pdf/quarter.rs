//! A quarter's report as a PDF.

use std::io::{self, Write};

use super::write_paper;
use crate::report::letterhead::Letterhead;
use crate::report::office;
use crate::report::quarter::QuarterContext;

/// Writes the report of a quarter.
///
/// # Errors
/// When `out` can't be written.
pub fn write(
    context: &QuarterContext<'_>,
    letterhead: &Letterhead,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paper = office::of_quarter(context, letterhead).map_err(io::Error::other)?;
    write_paper(&paper, &context.review.closing, letterhead, context.lang, out)
}
