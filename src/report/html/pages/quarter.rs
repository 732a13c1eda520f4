//! A quarter as a folder of pages: its report, and beside it the tables that grow with the services.

use std::io;

use super::folder::{INDEX, PageFolder};
use super::frame::About;
use super::rows::parted;
use crate::report::quarter::{QuarterContext, html, title};

/// Writes the pages; the report last.
///
/// # Errors
/// When a page can't be written.
pub fn write_pages(context: &QuarterContext<'_>, folder: &mut dyn PageFolder) -> io::Result<()> {
    let subject = title(context);
    let about = About { result: &context.review.closing, subject: &subject, lang: context.lang };
    let index = html::with_blocks(context, |section| parted(section, about, folder))?;
    folder.write(INDEX, &index)
}
