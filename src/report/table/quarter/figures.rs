//! The tables of counts: the trend, the categories, the organisations.

use super::common::BEFORE;
use crate::judge::Counts;
use crate::judge::quarter::{Group, Review};
use crate::model::{Lang, Organisation, Text};
use crate::report::parts::Part;
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

const DAY: Text = Text { vi: "Ngày", en: "Day" };
const QUARTER: Text = Text { vi: "Quý", en: "Quarter" };

/// One row for each point of the trend.
pub fn trend(review: &Review, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Số liệu diễn biến", en: "Figures of the trend" };
    let table = Table::new(TITLE.get(lang), 2)
        .column(DAY.get(lang), Kind::Date, 11)
        .column(QUARTER.get(lang), Kind::Code, 8)
        .column(texts::RUN.get(lang), Kind::Code, 24);
    let mut table = count_columns(table, review, lang);
    for point in &review.trend {
        let mut row = vec![
            Cell::Date(point.day),
            Cell::text(&point.quarter.to_string()),
            Cell::text(&point.run.to_string()),
        ];
        row.extend(count_cells(&point.counts, None, review));
        table.rows.push(row);
    }
    table
}

/// One row for each category.
pub fn categories(review: &Review, lang: Lang) -> Table {
    let name = |group: &Group<_>| texts::category(group.of).get(lang).to_owned();
    groups(review, &review.categories, name, texts::BY_CATEGORY, texts::CATEGORY, lang)
}

/// One row for each organisation.
pub fn organisations(review: &Review, lang: Lang) -> Table {
    let name = |group: &Group<Organisation>| group.of.name.clone();
    groups(review, &review.organisations, name, texts::BY_ORGANISATION, texts::ORGANISATION, lang)
}

fn groups<T>(
    review: &Review,
    groups: &[Group<T>],
    name: impl Fn(&Group<T>) -> String,
    title: Text,
    column: Text,
    lang: Lang,
) -> Table {
    let table = Table::new(title.get(lang), 1).column(column.get(lang), Kind::Text, 30);
    let mut table = count_columns(table, review, lang);
    if review.previous.is_some() {
        table = table.column(BEFORE.get(lang), Kind::Percent, 9);
    }
    let cells =
        |counts, before| count_cells(counts, review.previous.as_ref().map(|_| before), review);
    for group in groups {
        let mut row = vec![Cell::text(&name(group))];
        row.extend(cells(&group.counts, group.before.as_ref()));
        table.rows.push(row);
    }
    let all = review.closing.summary().all;
    let before = review.previous.as_ref().map(|previous| previous.result.summary().all);
    let mut total = vec![Cell::text(Text { vi: "Toàn bộ", en: "All" }.get(lang))];
    total.extend(cells(&all, before.as_ref()));
    table.total = Some(total);
    table
}

fn count_columns(table: Table, review: &Review, lang: Lang) -> Table {
    let stage = texts::STAGE.get(lang);
    let mut table = table.column(texts::SERVICES.get(lang), Kind::Count, 9);
    for part in Part::all(&review.closing.policy) {
        let width_chars = if matches!(part, Part::At(_)) { 7 } else { 9 };
        table = table.column(part.heading(lang), Kind::Count, width_chars);
    }
    table = table.column(texts::capitalised(texts::RETIRED.get(lang)), Kind::Count, 9);
    let aim = review.closing.policy.aim().number();
    table.column(format!("{stage} ≥ {aim} (%)"), Kind::Percent, 9)
}

fn count_cells(counts: &Counts, before: Option<Option<&Counts>>, review: &Review) -> Vec<Cell> {
    let aim = review.closing.policy.aim();
    let share = |counts: &Counts| counts.percent_at_least(aim).map_or(Cell::Empty, Cell::Percent);
    let mut cells = vec![Cell::Count(counts.services)];
    cells.extend(Part::all(&review.closing.policy).map(|part| Cell::Count(part.count(counts))));
    cells.extend([Cell::Count(counts.retired), share(counts)]);
    cells.extend(before.map(|before| before.map_or(Cell::Empty, share)));
    cells
}
