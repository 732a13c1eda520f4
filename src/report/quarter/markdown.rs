//! The quarter as Markdown, for a repository or the summary page of a CI run.

use std::io::{self, Write};

use super::context::QuarterContext;
use super::particulars::particulars;
use super::sections::{Section, sections, title};
use super::terms;
use crate::model::Lang;
use crate::report::markdown::escaped;
use crate::report::overview;
use crate::report::table::{Kind, Table, beneath_note};

/// Writes the report.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (review, lang) = (context.review, context.lang);
    let subject = overview::subject(&review.closing);
    writeln!(out, "# {}: {}\n", title(context), escaped(&subject))?;
    for (label, value) in particulars(context) {
        writeln!(out, "- {label}: {}", escaped(&value))?;
    }
    for caveat in &review.caveats {
        writeln!(out, "\n> {}", escaped(&terms::caveat(caveat, lang)))?;
    }
    for (number, section) in sections(context).enumerate() {
        write_section(number + 1, &section, lang, out)?;
    }
    Ok(())
}

/// Writes sections without numbers behind another report.
///
/// # Errors
/// When `out` can't be written.
pub fn write_sections(sections: &[Section], lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    for section in sections {
        writeln!(out, "\n## {}", section.title)?;
        write_content(section, lang, out)?;
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
    write_content(section, lang, out)
}

fn write_content(section: &Section, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
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
    let total = table.total.iter().map(|total| (total, Vec::new()));
    for (row, beneath) in table.with_beneath().into_iter().chain(total) {
        let last = row.len().saturating_sub(1);
        for (at, cell) in row.iter().enumerate() {
            let note = beneath_note(&beneath, lang).filter(|_| at == last);
            let words = [Some(cell.running_words(lang)), note].into_iter().flatten();
            write!(out, "| {} ", escaped(&words.collect::<Vec<_>>().join(" ")))?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}
