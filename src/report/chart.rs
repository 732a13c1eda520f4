//! Charts as inline SVG: no script, no font metrics, the same bytes for the same figures. Their colours
//! are the classes `f0` … `fu` of the page that they stand in.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::parts::Part;
use super::texts;
use crate::judge::Counts;
use crate::model::Lang;
use crate::policy::Policy;

/// A column of [`trend`].
#[derive(Clone, Debug)]
pub struct Column {
    /// Its day.
    pub day: Date,
    /// The same in words, with the time of day where it matters; not escaped either.
    pub when: String,
    /// A second line below the day; our own words, for it is not escaped.
    pub below: String,
    /// Where the services stood.
    pub counts: Counts,
}

/// One bar, one service a unit wide.
pub fn stages(counts: &Counts, policy: &Policy, lang: Lang) -> String {
    let mut svg = String::new();
    // Writing to a string can't fail.
    let _ = write!(
        svg,
        r#"<svg class="bar" viewBox="0 0 {} 22" preserveAspectRatio="none" role="img" aria-label="{}">"#,
        counts.counted().max(1),
        texts::STAGE.get(lang)
    );
    let mut x = 0;
    for part in Part::all(policy) {
        let (class, label, count) = (part.class(), part.label(lang), part.count(counts));
        let _ = write!(
            svg,
            r#"<rect class="f{class}" x="{x}" y="0" width="{count}" height="22"><title>{label}: {count}</title></rect>"#
        );
        x += count;
    }
    svg + "</svg>"
}

/// Units of the drawing, of no length of their own.
const WIDTH: usize = 960;
const HEIGHT: usize = 260;
const LEFT: usize = 46;
const BOTTOM: usize = 48;
const TOP: usize = 10;

/// Columns that get a label of their own at the most: more would overlap.
const LABELS_MAX: usize = 14;

/// The columns side by side, whole services upwards; retired ones are left out. Whole numbers only,
/// so that no rounding differs.
pub fn trend(columns: &[Column], title: &str, policy: &Policy, lang: Lang) -> String {
    let tallest = columns.iter().map(|column| column.counts.counted()).max().unwrap_or(0);
    let top = axis_top(tallest.max(1));
    let (plot, base) = (HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM);
    // In thousandths of a unit.
    let y = |services: usize| base * 1000 - services * plot * 1000 / top;
    let slot = (WIDTH - LEFT) * 1000 / columns.len().max(1);
    let bar = (slot * 7 / 10).min(64_000);
    let mut svg = format!(
        r#"<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">"#
    );
    for line in 0..=4 {
        let services = top * line / 4;
        let at = thousandths(y(services));
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{at}" y2="{at}"/><text class="y" x="{}" y="{at}" dy="4">{}</text>"#,
            LEFT - 8,
            texts::number(services, lang)
        );
    }
    let every = columns.len().div_ceil(LABELS_MAX).max(1);
    for (number, column) in columns.iter().enumerate() {
        let x = LEFT * 1000 + slot * number + (slot - bar) / 2;
        let mut below = 0;
        for part in Part::all(policy) {
            let (class, label, count) =
                (part.class(), part.label(lang), part.count(&column.counts));
            if count > 0 {
                let (from, to) = (y(below), y(below + count));
                let _ = write!(
                    svg,
                    r#"<rect class="f{class}" x="{}" y="{}" width="{}" height="{}"><title>{} · {label}: {count}</title></rect>"#,
                    thousandths(x),
                    thousandths(to),
                    thousandths(bar),
                    thousandths(from - to),
                    column.when
                );
            }
            below += count;
        }
        // Counted from the end, so that the closing run always has its label.
        if (columns.len() - 1 - number).is_multiple_of(every) {
            let middle = thousandths(x + bar / 2);
            let _ = write!(
                svg,
                r#"<text x="{middle}" y="{}">{}</text><text class="q" x="{middle}" y="{}">{}</text>"#,
                base + 18,
                column.day.strftime("%d/%m"),
                base + 35,
                column.below
            );
        }
    }
    svg + "</svg>"
}

/// The next number that four lines divide evenly: 4, 8, 12, 20, 40, 80, 120, 200, …
pub fn axis_top(value: usize) -> usize {
    let mut scale = 4_usize;
    loop {
        for factor in [1, 2, 3, 5] {
            if value <= scale * factor {
                return scale * factor;
            }
        }
        match scale.checked_mul(10) {
            Some(next) if next < usize::MAX / 5 => scale = next,
            _ => return value,
        }
    }
}

fn thousandths(value: usize) -> String {
    format!("{}.{:03}", value / 1000, value % 1000)
}

#[cfg(test)]
mod tests {
    #[test]
    fn axes_are_divided_evenly() {
        for (value, expected) in
            [(1, 4), (4, 4), (5, 8), (9, 12), (21, 40), (98, 120), (300, 400), (401, 800)]
        {
            assert_eq!(super::axis_top(value), expected);
        }
        assert_eq!(super::thousandths(12_034), "12.034");
    }
}
