//! Long tables, on pages of their own.

use std::io;

use askama::Template;

use super::folder::PageFolder;
use super::frame::{About, Frame};
use super::list_pages::{List, write_list};
use super::lists::{self, Chapter};
use super::words::{PageWords, all_rows};
use crate::report::quarter::Section;
use crate::report::quarter::html::block::{Block, Link};
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

/// Writes the long tables of a section to pages, and gives it with links to them.
///
/// # Errors
/// When a page can't be written.
pub(super) fn parted(
    section: &Section,
    about: About<'_>,
    folder: &mut dyn PageFolder,
) -> io::Result<Block> {
    let lang = about.lang;
    let mut block = Block::without_tables(section);
    for (at, table) in section.tables.iter().enumerate() {
        let lines = table.rows.len();
        if lines <= ROWS_SHOWN {
            block.tables.push(table_block(table, lang));
            continue;
        }
        let stem = format!("{}-{}", section.id, at + 1);
        let list = List { stem: &stem, depth: 0, title: table.title, lines };
        write_list(&list, about, folder, |frame, chapter| {
            let table = table_block(&shown(table, chapter), lang);
            RowsPage { lang: lang.tag(), p: PageWords::of(lang), frame, table }
        })?;
        let text = all_rows(table.title, lines, lang);
        block.more.push(Link { href: lists::path(&stem, 1), text });
    }
    Ok(block)
}

/// What a chapter shows of a table.
fn shown(table: &Table, Chapter { number, of, range }: Chapter) -> Table {
    let beneath = table.beneath.range(range.clone()).map(|row| row - range.start);
    Table {
        beneath: beneath.collect(),
        rows: table.rows[range.clone()].to_vec(),
        total: table.total.clone().filter(|_| number == of),
        columns: table.columns.clone(),
        ..Table::new(table.title, table.naming)
    }
}
