//! The pages of a list: one for each chapter.

use std::io;

use askama::Template;

use super::folder::PageFolder;
use super::frame::{About, Frame};
use super::lists::{self, Chapter, Turn, chapters};

/// A list that has pages of its own.
pub(super) struct List<'a> {
    /// The path of its pages, without number and ending.
    pub(super) stem: &'a str,
    /// How many folders deep they lie.
    pub(super) depth: usize,
    pub(super) title: &'a str,
    /// How many lines it has.
    pub(super) lines: usize,
}

/// Writes a page for each chapter.
///
/// # Errors
/// When a page can't be written.
pub(super) fn write_list<P: Template>(
    list: &List<'_>,
    about: About<'_>,
    folder: &mut dyn PageFolder,
    mut page: impl FnMut(Frame, Chapter) -> P,
) -> io::Result<()> {
    for chapter in chapters(list.lines) {
        let number = chapter.number;
        let mut frame = about.frame(list.depth, list.title.to_owned(), &[]);
        frame.turn = Turn::at(list.stem, number, chapter.of, about.lang);
        let page = page(frame, chapter).render().map_err(io::Error::other)?;
        folder.write(&lists::path(list.stem, number), &page)?;
    }
    Ok(())
}
