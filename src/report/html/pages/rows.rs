//! Long tables, on pages of their own.

use std::io;

use askama::Template;

use super::folder::PageFolder;
use super::frame::{About, Frame};
use super::lists::{self, Chapter, Line, Turn, chapters};
use super::words::{PageWords, all_rows};
use crate::report::quarter::Section;
use crate::report::quarter::html::table::{TableBlock, table_block};
use crate::report::table::Table;

/// Rows of a table that the summary shows.
const ROWS_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "report_rows.html")]
struct RowsPage {
    lang: &'static str,
    p: PageWords,
    frame: Frame,
    table: TableBlock,
}

/// The tables of a section.
pub(super) struct Parted {
    /// Those that the summary shows.
    pub(super) short: Vec<TableBlock>,
    /// Where the others are.
    pub(super) long: Vec<Line>,
}

/// Writes the long tables of a section to pages.
///
/// # Errors
/// When a page can't be written.
pub(super) fn parted(
    section: &Section,
    about: About<'_>,
    folder: &mut dyn PageFolder,
) -> io::Result<Parted> {
    let lang = about.lang;
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for (at, table) in section.tables.iter().enumerate() {
        if table.rows.len() <= ROWS_SHOWN {
            short.push(table_block(table, lang));
            continue;
        }
        let stem = format!("{}-{}", section.id, at + 1);
        for Chapter { number, of, range } in chapters(table.rows.len()) {
            let beneath = table.beneath.range(range.clone()).map(|row| row - range.start);
            let shown = Table {
                beneath: beneath.collect(),
                rows: table.rows[range.clone()].to_vec(),
                total: table.total.clone().filter(|_| number == of),
                columns: table.columns.clone(),
                ..Table::new(table.title, table.naming)
            };
            let mut frame = about.frame(0, table.title.to_owned(), &[]);
            frame.turn = Turn::at(&stem, number, of, lang);
            let (p, table) = (PageWords::of(lang), table_block(&shown, lang));
            let page = RowsPage { lang: lang.tag(), p, frame, table };
            let page = page.render().map_err(io::Error::other)?;
            folder.write(&lists::path(&stem, number), &page)?;
        }
        let text = all_rows(table.title, table.rows.len(), lang);
        long.push(Line { href: lists::path(&stem, 1), text });
    }
    Ok(Parted { short, long })
}
