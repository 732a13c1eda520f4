//! The tables of counts.

use super::cells::{Cell, Kind, Table};
use crate::judge::{Counts, RunResult, Summary};
use crate::model::{Lang, Text};
use crate::report::parts::Part;
use crate::report::texts;

const AT_LEAST: Text = Text { vi: "Đạt từ mức", en: "At least stage" };
const SHARE: Text = Text { vi: "Tỷ lệ (%)", en: "Share (%)" };
const ALL: Text = Text { vi: "Toàn bộ", en: "All" };

/// Counts by organisation, with the total: services, each part of them, retired, and the share that
/// reached the goal's stage.
pub fn organisations(result: &RunResult, lang: Lang) -> Table {
    let rows = result
        .by_organisation()
        .into_iter()
        .map(|(organisation, services)| (organisation.name.clone(), Counts::of(services)));
    counts(result, lang, (texts::BY_ORGANISATION, texts::ORGANISATION), rows)
}

/// As [`organisations`], by category.
pub fn categories(result: &RunResult, lang: Lang) -> Table {
    let rows = result
        .summary()
        .categories
        .into_iter()
        .map(|(category, counts)| (texts::category(category).get(lang).to_owned(), counts));
    counts(result, lang, (texts::BY_CATEGORY, texts::CATEGORY), rows)
}

fn counts(
    result: &RunResult,
    lang: Lang,
    (title, what): (Text, Text),
    rows: impl Iterator<Item = (String, Counts)>,
) -> Table {
    let goal = result.policy.goal().map_or(result.policy.highest_stage(), |goal| goal.stage);
    let mut table = Table::new(title.get(lang), 1).column(what.get(lang), Kind::Text, 40).column(
        texts::SERVICES.get(lang),
        Kind::Count,
        10,
    );
    for part in Part::all(&result.policy) {
        let width_chars = if matches!(part, Part::At(_)) { 9 } else { 11 };
        table = table.column(part.heading(lang), Kind::Count, width_chars);
    }
    table = table
        .column(texts::capitalised(texts::RETIRED.get(lang)), Kind::Count, 11)
        .column(format!("{} {}", AT_LEAST.get(lang), goal.number()), Kind::Count, 11)
        .column(SHARE.get(lang), Kind::Percent, 11);
    let row = |name: &str, counts: &Counts| {
        let mut row = vec![Cell::text(name), Cell::Count(counts.services)];
        row.extend(Part::all(&result.policy).map(|part| Cell::Count(part.count(counts))));
        row.extend([
            Cell::Count(counts.retired),
            Cell::Count(counts.at_least(goal)),
            counts.percent_at_least(goal).map_or(Cell::Empty, Cell::Percent),
        ]);
        row
    };
    table.rows = rows.map(|(name, counts)| row(&name, &counts)).collect();
    table.total = Some(row(ALL.get(lang), &Summary::of(&result.services).all));
    table
}

/// Counts of services in each part, with their share of all that are counted.
pub fn stages(result: &RunResult, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Số dịch vụ theo mức", en: "Services by stage" };
    let counts = Summary::of(&result.services).all;
    let counted = counts.counted();
    let share = |count: usize| match counted {
        0 => Cell::Empty,
        all => Cell::Percent(count as f64 * 100.0 / all as f64),
    };
    let mut table = Table::new(TITLE.get(lang), 1)
        .column(texts::STAGE.get(lang), Kind::Text, 44)
        .column(texts::SERVICES.get(lang), Kind::Count, 14)
        .column(SHARE.get(lang), Kind::Percent, 14);
    for part in Part::all(&result.policy) {
        let (name, count) = (texts::capitalised(&part.label(lang)), part.count(&counts));
        table.rows.push(vec![Cell::Text(name), Cell::Count(count), share(count)]);
    }
    table.total =
        Some(vec![Cell::Text(ALL.get(lang).to_owned()), Cell::Count(counted), Cell::Empty]);
    table
}
