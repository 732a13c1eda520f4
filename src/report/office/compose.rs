//! A report put together: the template's body, the annexes.

use super::annexes::annexes;
use super::body;
use super::matter::Matter;
use super::paper::Paper;
use super::template::TemplateError;
use crate::report::ReportContext;
use crate::report::letterhead::Letterhead;
use crate::report::quarter::{QuarterContext, Section};

/// The report of a quarter.
///
/// # Errors
/// When the letterhead's template asks for what this quarter doesn't have.
pub fn of_quarter(
    context: &QuarterContext<'_>,
    letterhead: &Letterhead,
) -> Result<Paper, TemplateError> {
    compose(&Matter::of_quarter(context), letterhead)
}

/// The report of a run, and what one to one organisation has beside it.
///
/// # Errors
/// As [`of_quarter`].
pub fn of_run(
    context: &ReportContext<'_>,
    letterhead: &Letterhead,
    further: &[Section],
) -> Result<Paper, TemplateError> {
    compose(&Matter::of_run(context, further), letterhead)
}

fn compose(matter: &Matter<'_>, letterhead: &Letterhead) -> Result<Paper, TemplateError> {
    let mut paper = body::body(matter, letterhead)?;
    paper.annexes = annexes(matter);
    Ok(paper)
}
