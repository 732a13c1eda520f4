//! The quarter as one self-contained HTML file: no script, no external request, printable.

use std::io::{self, Write};

use askama::Template;

use super::context::QuarterContext;
use super::particulars::particulars;
use super::sections::{Chart, course, sections, title};
use super::terms;
use crate::judge::quarter::Point;
use crate::model::{Lang, Outcome, Text};
use crate::report::chart::{self, Column};
use crate::report::parts::{Part, class_of};
use crate::report::table::{Cell, Kind, Table, WithBeneath};
use crate::report::{overview, texts};

/// Writes the report.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = page(context).render().map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

/// The report without what stands around it, for a page that has a style of its own.
///
/// # Errors
/// When it can't be rendered.
pub fn body(context: &QuarterContext<'_>) -> io::Result<String> {
    body_of(context).render().map_err(io::Error::other)
}

#[derive(Template)]
#[template(path = "quarter.html")]
struct Page {
    lang: &'static str,
    title: String,
    about: String,
    body: Body,
    version: &'static str,
    digests: String,
}

#[derive(Template)]
#[template(path = "quarter_body.html")]
struct Body {
    meta: Vec<(&'static str, String)>,
    caveats: Vec<String>,
    figures: Vec<Figure>,
    sections: Vec<SectionBlock>,
}

struct Figure {
    value: String,
    label: String,
    bad: bool,
}

struct SectionBlock {
    id: &'static str,
    number: usize,
    title: &'static str,
    paragraphs: Vec<String>,
    svg: String,
    legend: Vec<Key>,
    is_folded: bool,
    tables: Vec<TableBlock>,
}

/// A line of a chart's legend: class, words, number.
type Key = (&'static str, String, String);

/// A table as `tables.html` draws it.
pub(in crate::report) struct TableBlock {
    pub(in crate::report) title: &'static str,
    /// Headings, and whether the cells below are numbers.
    pub(in crate::report) columns: Vec<(String, bool)>,
    pub(in crate::report) rows: Vec<Vec<CellBlock>>,
    pub(in crate::report) total: Vec<CellBlock>,
}

pub(in crate::report) struct CellBlock {
    pub(in crate::report) class: String,
    pub(in crate::report) text: String,
    /// What opens below it, a line for each row beneath.
    pub(in crate::report) more: Vec<String>,
}

fn page(context: &QuarterContext<'_>) -> Page {
    let closing = &context.review.closing;
    Page {
        lang: context.lang.tag(),
        title: title(context),
        about: overview::subject(closing),
        body: body_of(context),
        version: env!("CARGO_PKG_VERSION"),
        digests: format!(
            "inventory {} · policy {}",
            closing.inventory.sha256, closing.policy.sha256
        ),
    }
}

fn body_of(context: &QuarterContext<'_>) -> Body {
    let (review, lang) = (context.review, context.lang);
    Body {
        meta: particulars(context),
        caveats: review.caveats.iter().map(|caveat| terms::caveat(caveat, lang)).collect(),
        figures: figures(context),
        sections: sections(context)
            .into_iter()
            .chain(course(context))
            .enumerate()
            .map(|(at, section)| {
                let (svg, legend) = chart_with_legend(context, section.chart.as_ref());
                SectionBlock {
                    id: section.id,
                    // Long, and for the few who want to know the day.
                    is_folded: section.id == "course",
                    number: at + 1,
                    title: section.title,
                    paragraphs: section.paragraphs,
                    svg,
                    legend,
                    tables: section.tables.iter().map(|table| table_block(table, lang)).collect(),
                }
            })
            .collect(),
    }
}

fn figures(context: &QuarterContext<'_>) -> Vec<Figure> {
    const MISSED: Text = Text { vi: "mục tiêu quá hạn chưa đạt", en: "targets missed" };
    let (review, lang) = (context.review, context.lang);
    let summary = review.closing.summary();
    let counts = &summary.all;
    let aim = review.closing.policy.aim();
    let plain = |value: usize, label: &str, bad: bool| Figure {
        value: texts::number(value, lang),
        label: label.to_owned(),
        bad: bad && value > 0,
    };
    let missed = crate::judge::Progress::Missed;
    let missed = review.targets.iter().filter(|target| target.progress == missed).count();
    let share = counts.percent_at_least(aim).map(|percent| Figure {
        value: texts::percent(percent, lang),
        label: format!(
            "{} ≥ {}: {} / {} {}",
            texts::STAGE.get(lang),
            aim.number(),
            texts::number(counts.at_least(aim), lang),
            texts::number(counts.decided(aim), lang),
            texts::OF_KNOWN.get(lang)
        ),
        bad: false,
    });
    let mut figures = vec![plain(counts.services, texts::SERVICES.get(lang), false)];
    figures.extend(share);
    figures.push(plain(summary.critical, texts::CRITICAL_SERVICES.get(lang), true));
    if counts.absent > 0 {
        figures.push(plain(counts.absent, texts::ABSENT_SERVICES.get(lang), true));
    }
    figures.push(plain(counts.unknown, texts::UNKNOWN.get(lang), false));
    figures.push(plain(missed, MISSED.get(lang), true));
    figures
}

fn chart_with_legend(context: &QuarterContext<'_>, picture: Option<&Chart>) -> (String, Vec<Key>) {
    let (policy, lang) = (&context.review.closing.policy, context.lang);
    match picture {
        None => (String::new(), Vec::new()),
        Some(Chart::Stages(counts)) => {
            let key = |part: Part| {
                (part.class(), part.label(lang), texts::number(part.count(counts), lang))
            };
            (chart::stages(counts, policy, lang), Part::all(policy).map(key).collect())
        }
        Some(Chart::Trend(points)) => {
            let columns: Vec<_> = points.iter().map(|point| column(point, lang)).collect();
            (chart::trend(&columns, terms::TREND.get(lang), policy, lang), Vec::new())
        }
    }
}

fn column(point: &Point, lang: Lang) -> Column {
    let when = texts::day(point.day, lang);
    Column { day: point.day, when, below: point.quarter.to_string(), counts: point.counts }
}

pub(in crate::report) fn table_block(table: &Table, lang: Lang) -> TableBlock {
    let cells =
        |row: &Vec<Cell>| -> Vec<_> { row.iter().map(|cell| cell_block(cell, lang)).collect() };
    let row = |(row, beneath): &WithBeneath<'_>| {
        let mut cells = cells(row);
        if let Some(last) = cells.last_mut() {
            last.more = beneath.iter().map(|row| line_of(row, lang)).collect();
        }
        cells
    };
    TableBlock {
        title: table.title,
        columns: table.columns.iter().map(|c| (c.title.clone(), is_numeric(c.kind))).collect(),
        rows: table.with_beneath().iter().map(row).collect(),
        total: table.total.as_ref().map(cells).unwrap_or_default(),
    }
}

fn line_of(row: &[Cell], lang: Lang) -> String {
    let words = row.iter().map(|cell| cell.running_words(lang)).filter(|words| !words.is_empty());
    words.collect::<Vec<_>>().join(" · ")
}

fn is_numeric(kind: Kind) -> bool {
    matches!(kind, Kind::Count | Kind::Percent)
}

fn cell_block(cell: &Cell, lang: Lang) -> CellBlock {
    let class = match cell {
        Cell::Count(_) | Cell::Percent(_) => "n".to_owned(),
        Cell::Date(_) => "d".to_owned(),
        Cell::Stage(standing) => format!("pill s{}", class_of(*standing)),
        Cell::Outcome(Outcome::Pass) => "pass".to_owned(),
        Cell::Outcome(Outcome::Fail) => "fail".to_owned(),
        Cell::Outcome(Outcome::Inconclusive) => "unk".to_owned(),
        Cell::Severity(severity) => severity.id().to_owned(),
        _ => String::new(),
    };
    CellBlock { class, text: cell.running_words(lang), more: Vec::new() }
}
