//! The quarter as Markdown, for a repository or the summary page of a CI run.

use std::io::{self, Write};

use super::{QuarterContext, Section, sections, title, words};
use crate::model::Lang;
use crate::report::markdown::escaped;
use crate::report::table::{Cell, Kind, Table};
use crate::report::texts;

/// Writes the report.
///
/// # Errors
/// When `out` can't be written.
pub fn write(sheet: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (review, lang) = (sheet.review, sheet.lang);
    let inventory = &review.closing.inventory;
    writeln!(out, "# {}: {}\n", title(sheet), escaped(&inventory.title))?;
    for (label, value) in super::particulars(sheet) {
        writeln!(out, "- {label}: {}", escaped(&value))?;
    }
    for caveat in &review.caveats {
        writeln!(out, "\n> {}", escaped(&words::caveat(caveat, lang)))?;
    }
    for (number, section) in sections(sheet).iter().enumerate() {
        write_section(number + 1, section, lang, out)?;
    }
    Ok(())
}

fn write_section(
    number: usize,
    section: &Section,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "\n## {number}. {}", section.title)?;
    for paragraph in &section.paragraphs {
        writeln!(out, "\n{}", escaped(paragraph))?;
    }
    for table in &section.tables {
        if section.tables.len() > 1 {
            writeln!(out, "\n### {}", table.title)?;
        }
        write_table(table, lang, out)?;
    }
    Ok(())
}

/// Writes a table; nothing in its cells is markup.
///
/// # Errors
/// When `out` can't be written.
fn write_table(table: &Table, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    for column in &table.columns {
        write!(out, "| {} ", escaped(&column.title))?;
    }
    writeln!(out, "|")?;
    for column in &table.columns {
        let numeric = matches!(column.kind, Kind::Count | Kind::Percent);
        write!(out, "|{}", if numeric { "---:" } else { "---" })?;
    }
    writeln!(out, "|")?;
    for row in table.rows.iter().chain(&table.total) {
        for cell in row {
            write!(out, "| {} ", escaped(&words_of(cell, lang)))?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}

/// A cell as people read it in running text, numbers and dates in the language's form.
pub(super) fn words_of(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Count(count) => texts::number(*count, lang),
        Cell::Percent(percent) => texts::percent(*percent, lang),
        Cell::Date(date) => words::day(*date, lang),
        other => other.words(lang),
    }
}
