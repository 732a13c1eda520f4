//! Charts, as vectors. Colour is never the only sign: every bar and line has its words and number.

use super::element::Element;
use super::flow::{Align, Flow, LEADING, line_mark};
use super::font::{Style, nfc};
use super::page::{BLACK, Color, GRAY, LEFT, Mark, TEXT_WIDTH, rule};
use super::wrap::{self, Line};
use crate::judge::Counts;
use crate::judge::quarter::Point;
use crate::model::{Lang, Stage};
use crate::policy::Policy;
use crate::report::chart::axis_top;
use crate::report::parts::Part;
use crate::report::texts;

/// The size of letters in charts.
pub(super) const SIZE: f32 = 10.5;

/// From red over yellow to blue the stages 0 to 4, plum for what doesn't exist, gray for what is unknown.
fn color(part: Part) -> Color {
    match part {
        Part::Absent => (94, 42, 110),
        Part::At(Stage::Ipv4Only) => (179, 38, 30),
        Part::At(Stage::Addressed) => (188, 90, 0),
        Part::At(Stage::Reachable) => (184, 149, 42),
        Part::At(Stage::AtParity) => (26, 127, 55),
        Part::At(Stage::Ipv6OnlyUsable) => (5, 80, 174),
        Part::Unknown => (110, 119, 129),
    }
}

/// A bar of a bar chart.
pub(super) struct Bar {
    /// What it counts.
    pub label: String,
    /// How many.
    pub count: usize,
    /// The number as it is written beside the bar.
    pub words: String,
    pub color: Color,
}

/// A bar for each part of the services.
pub(super) fn stage_bars(counts: &Counts, policy: &Policy, lang: Lang) -> Vec<Bar> {
    let bar = |part: Part| {
        let count = part.count(counts);
        Bar {
            label: texts::capitalised(&part.label(lang)),
            count,
            words: texts::number(count, lang),
            color: color(part),
        }
    };
    Part::all(policy).map(bar).collect()
}

/// Draws horizontal bars under each other, with a title below.
pub(super) fn bars(flow: &mut Flow<'_>, title: &str, bars: &[Bar]) {
    flow.space(SIZE / 2.0);
    flow.keep(bars.len() as f32 * ROW + 3.0 * SIZE);
    let words: Vec<String> =
        bars.iter().map(|bar| format!("{}: {}", bar.label, bar.words)).collect();
    let figure = Element::Figure(format!("{title}. {}.", words.join("; ")));
    flow.whole(figure, |flow| draw_bars(flow, bars));
    caption(flow, title);
}

const ROW: f32 = 17.0;

fn draw_bars(flow: &mut Flow<'_>, bars: &[Bar]) {
    const LABELS: f32 = 0.44 * TEXT_WIDTH;
    const NUMBERS: f32 = 90.0;
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1) as f32;
    let from = LEFT + LABELS;
    let top = flow.y;
    for bar in bars {
        let y = flow.y + (ROW - SIZE * LEADING) / 2.0;
        draw_text(flow, &bar.label, Align::Right, (LEFT, LABELS - 8.0), y);
        let width = (TEXT_WIDTH - LABELS - NUMBERS) * bar.count as f32 / most;
        if bar.count > 0 {
            let (x, y, height, color) = (from, flow.y + 3.0, ROW - 6.0, bar.color);
            flow.mark(Mark::Area { x, y, width: width.max(0.8), height, color });
        }
        draw_text(flow, &bar.words, Align::Left, (from + width + 6.0, NUMBERS), y);
        flow.y += ROW;
    }
    flow.mark(rule((from, top), (from, flow.y), 0.7, BLACK));
}

/// Draws a column for each run, its stages on top of each other, with a legend and a title below.
/// What is retired is left out.
pub(super) fn columns(
    flow: &mut Flow<'_>,
    title: &str,
    points: &[Point],
    policy: &Policy,
    lang: Lang,
) {
    let row = SIZE * LEADING;
    flow.space(SIZE / 2.0);
    let legend = stage_bars(&Counts::default(), policy, lang);
    flow.keep(PLOT + (3.0 + legend.len().div_ceil(2) as f32) * row + 3.0 * SIZE);
    let aim = policy.aim();
    let words: Vec<String> = points
        .iter()
        .map(|point| {
            let share = point.counts.percent_at_least(aim);
            let share = share.map_or_else(|| "–".to_owned(), |share| texts::percent(share, lang));
            format!("{}: {share} ≥ {}", texts::day(point.day, lang), aim.number())
        })
        .collect();
    let figure = Element::Figure(format!("{title}. {}.", words.join("; ")));
    flow.whole(figure, |flow| draw_columns(flow, points, &legend, policy, lang));
    caption(flow, title);
}

const PLOT: f32 = 110.0;

fn draw_columns(
    flow: &mut Flow<'_>,
    points: &[Point],
    legend: &[Bar],
    policy: &Policy,
    lang: Lang,
) {
    const NUMBERS: f32 = 30.0;
    const LINES: usize = 4;
    const COLUMN_MAX: f32 = 56.0;
    let row = SIZE * LEADING;
    let tallest = points.iter().map(|point| point.counts.counted());
    let top = axis_top(tallest.max().unwrap_or(0).max(1));
    let (from, base) = (LEFT + NUMBERS, flow.y + PLOT);
    let height = |services: usize| PLOT * services as f32 / top as f32;
    for at in 0..=LINES {
        let services = top * at / LINES;
        let y = base - height(services);
        flow.mark(rule((from, y), (LEFT + TEXT_WIDTH, y), 0.3, GRAY));
        let words = texts::number(services, lang);
        draw_text(flow, &words, Align::Right, (LEFT, NUMBERS - 5.0), y - row / 2.0);
    }
    let slot = (TEXT_WIDTH - NUMBERS) / points.len().max(1) as f32;
    let width = (slot * 0.7).min(COLUMN_MAX);
    // Labels are wider than most columns; counted from the end, so that the last run has one.
    let every = ((COLUMN_MAX / slot).ceil() as usize).max(1);
    for (at, point) in points.iter().enumerate() {
        let x = from + slot * at as f32 + (slot - width) / 2.0;
        let mut below = 0;
        for bar in stage_bars(&point.counts, policy, lang) {
            let y = base - height(below + bar.count);
            let (height, color) = (height(bar.count), bar.color);
            if bar.count > 0 {
                flow.mark(Mark::Area { x, y, width, height, color });
            }
            below += bar.count;
        }
        if (points.len() - 1 - at).is_multiple_of(every) {
            let area = (x + width / 2.0 - COLUMN_MAX / 2.0, COLUMN_MAX);
            let day = point.day.strftime("%d/%m").to_string();
            draw_text(flow, &day, Align::Center, area, base + 2.0);
            let quarter = texts::quarter_short(point.quarter.number, point.quarter.year, lang);
            draw_text(flow, &quarter, Align::Center, area, base + 2.0 + row);
        }
    }
    flow.mark(rule((from, base), (LEFT + TEXT_WIDTH, base), 0.7, BLACK));
    flow.y = base + 2.0 * row + SIZE / 2.0;
    // In two columns, one after the other.
    let half = legend.len().div_ceil(2);
    let width = (TEXT_WIDTH - NUMBERS) / 2.0;
    for (at, bar) in legend.iter().enumerate() {
        let x = if at < half { from } else { from + width };
        let (top, color) = (flow.y + (at % half) as f32 * row, bar.color);
        flow.mark(Mark::Area { x, y: top + 3.0, width: SIZE, height: SIZE, color });
        draw_text(flow, &bar.label, Align::Left, (x + 1.6 * SIZE, width - 2.0 * SIZE), top);
    }
    flow.y += half as f32 * row;
}

/// The first line of a text, shortened where it is too wide.
pub(super) fn draw_text(flow: &mut Flow<'_>, text: &str, align: Align, area: (f32, f32), y: f32) {
    let lines = wrap::wrapped_lines(flow.fonts, Style::Regular, SIZE, &nfc(text), area.1, 0.0);
    let more = lines.len() > 1;
    let Some(Line { mut text, .. }) = lines.into_iter().next() else { return };
    if more {
        text.push('…');
    }
    let mark =
        line_mark(flow.fonts, &Line { text, last: true }, Style::Regular, SIZE, align, area, y);
    flow.mark(mark);
}

/// Words under a picture.
pub(super) fn caption(flow: &mut Flow<'_>, title: &str) {
    flow.y += SIZE / 2.0;
    flow.whole(Element::Paragraph, |flow| {
        flow.text(title, Style::BoldItalic, 12.0, Align::Center, 0.0);
    });
    flow.y += SIZE / 2.0;
}
