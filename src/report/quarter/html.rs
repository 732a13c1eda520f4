//! The quarter as HTML: no script, no external request, printable.

pub(in crate::report) mod block;
pub(in crate::report) mod table;

use std::io::{self, Write};

use askama::Template;
use block::Block;

use super::context::QuarterContext;
use super::particulars::particulars;
use super::sections::{Chart, Section, sections_with_course, title};
use super::terms;
use crate::judge::quarter::Point;
use crate::model::{Lang, Text};
use crate::report::chart::{self, Column};
use crate::report::parts::Part;
use crate::report::{overview, texts};

/// Writes the report.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = page(context, body_of(context)?).render().map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

/// The report with what `block` makes of each section.
///
/// # Errors
/// When it can't be rendered, or by what `block` does.
pub(in crate::report) fn with_blocks(
    context: &QuarterContext<'_>,
    block: impl FnMut(&Section) -> io::Result<Block>,
) -> io::Result<String> {
    page(context, body_with(context, block)?).render().map_err(io::Error::other)
}

/// The report without what stands around it, for a page that has a style of its own.
///
/// # Errors
/// When it can't be rendered.
pub fn body(context: &QuarterContext<'_>) -> io::Result<String> {
    body_of(context)?.render().map_err(io::Error::other)
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
    svg: String,
    legend: Vec<Key>,
    is_folded: bool,
    block: Block,
}

/// A line of a chart's legend: class, words, number.
type Key = (&'static str, String, String);

fn page(context: &QuarterContext<'_>, body: Body) -> Page {
    let closing = &context.review.closing;
    Page {
        lang: context.lang.tag(),
        title: title(context),
        about: overview::subject(closing),
        body,
        version: env!("CARGO_PKG_VERSION"),
        digests: format!(
            "inventory {} · policy {}",
            closing.inventory.sha256, closing.policy.sha256
        ),
    }
}

fn body_of(context: &QuarterContext<'_>) -> io::Result<Body> {
    body_with(context, |section| Ok(Block::whole(section, context.lang)))
}

/// The body, with what `block` makes of each section.
fn body_with(
    context: &QuarterContext<'_>,
    mut block: impl FnMut(&Section) -> io::Result<Block>,
) -> io::Result<Body> {
    let (review, lang) = (context.review, context.lang);
    let mut blocks = Vec::new();
    for section in sections_with_course(context) {
        let (svg, legend) = chart_with_legend(context, section.chart.as_ref());
        blocks.push(SectionBlock {
            id: section.id,
            // Long, and for the few who want to know the day.
            is_folded: section.id == "course",
            number: blocks.len() + 1,
            svg,
            legend,
            block: block(&section)?,
        });
    }
    Ok(Body {
        meta: particulars(context),
        caveats: review.caveats.iter().map(|caveat| terms::caveat(caveat, lang)).collect(),
        figures: figures(context),
        sections: blocks,
    })
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
