//! The tables of the body: few rows whatever the size.

use super::matter::Matter;
use super::paper::Sheet;
use super::values::{few, ranked, shortened};
use crate::judge::Counts;
use crate::judge::quarter::{Effect, Group};
use crate::model::{Lang, Stage, Text};
use crate::report::describe::{clean, prose};
use crate::report::owner;
use crate::report::table::{Cell, Kind, Table};
use crate::report::texts;

/// Organisations that the body lists; more of them are the highest and the lowest.
const ORGANISATIONS_MAX: usize = 8;

/// Tasks that the body lists.
const TASKS_MAX: usize = 5;

const ASSESSED: Text =
    Text { vi: "Số dịch vụ được đánh giá", en: "Services assessed" };
const NOW: Text = Text { vi: "Kỳ này", en: "Now" };
const BEFORE: Text = Text { vi: "Kỳ trước", en: "Before" };
const DIFFERENCE: Text = Text { vi: "Tăng, giảm", en: "Change" };
const CONTENT: Text = Text { vi: "Nội dung", en: "Item" };
pub(super) const NUMBER: Text = Text { vi: "TT", en: "No." };

/// The figures of all services, now and before.
pub(super) fn results(matter: &Matter<'_>) -> Sheet {
    let lang = matter.lang;
    let aim = matter.result.policy.aim();
    let now = matter.result.summary().all;
    let before = matter.previous.map(|previous| previous.result.summary().all);
    let mut table = Table::new("", 1).column(CONTENT.get(lang), Kind::Text, 40).column(
        NOW.get(lang),
        Kind::Count,
        12,
    );
    if before.is_some() {
        table = table.column(BEFORE.get(lang), Kind::Count, 12).column(
            DIFFERENCE.get(lang),
            Kind::Count,
            12,
        );
    }
    let number = aim.number();
    let (reached, behind, open, share) = match lang {
        Lang::Vi => (
            format!("Đạt từ mức {number} trở lên"),
            format!("Chưa đạt mức {number}"),
            format!("Chưa xác định được có đạt mức {number} hay không"),
            format!("Tỷ lệ đạt từ mức {number} trở lên trên số dịch vụ đã kết luận được"),
        ),
        Lang::En => (
            format!("At or above stage {number}"),
            format!("Below stage {number}"),
            format!("Could not be determined for stage {number}"),
            format!("Share at or above stage {number} of those determined"),
        ),
    };
    type Figure = fn(&Counts, Stage) -> usize;
    let rows: [(String, Figure); 4] = [
        (ASSESSED.get(lang).to_owned(), |counts, _| counts.counted()),
        (reached, |counts, aim| counts.at_least(aim)),
        (behind, |counts, aim| counts.below(aim)),
        (open, |counts, aim| counts.undecided(aim)),
    ];
    for (name, figure) in rows {
        let value = figure(&now, aim);
        let mut row = vec![Cell::Text(name), Cell::Text(texts::number(value, lang))];
        if let Some(before) = &before {
            let then = figure(before, aim);
            row.push(Cell::Text(texts::number(then, lang)));
            row.push(Cell::Text(signed(value, then, lang)));
        }
        table.rows.push(row);
    }
    let percent = |counts: &Counts| counts.percent_at_least(aim);
    let words = |share: Option<f64>| {
        Cell::Text(share.map_or_else(|| "–".to_owned(), |share| texts::percent(share, lang)))
    };
    let mut row = vec![Cell::Text(share), words(percent(&now))];
    if let Some(before) = &before {
        let points = percent(&now).zip(percent(before)).map(|(now, before)| {
            let tenths = (now * 10.0).round() - (before * 10.0).round();
            let sign = if tenths < 0.0 {
                "−"
            } else if tenths > 0.0 {
                "+"
            } else {
                ""
            };
            let points = texts::decimal((tenths / 10.0).abs(), lang);
            match lang {
                Lang::Vi => format!("{sign}{points} điểm %"),
                Lang::En => format!("{sign}{points} points"),
            }
        });
        row.push(words(percent(before)));
        row.push(Cell::Text(points.unwrap_or_else(|| "–".to_owned())));
    }
    table.rows.push(row);
    Sheet::plain("", table)
}

fn signed(now: usize, before: usize, lang: Lang) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", texts::number(now - before, lang)),
        std::cmp::Ordering::Less => format!("−{}", texts::number(before - now, lang)),
    }
}

/// By category.
pub(super) fn categories(matter: &Matter<'_>) -> Sheet {
    let name = |group: &Group<_>| texts::category(group.of).get(matter.lang).to_owned();
    let mut table = group_table(matter, texts::CATEGORY);
    table.rows.extend(matter.categories.iter().map(|one| group_row(matter, &name(one), one)));
    let all = matter.result.summary().all;
    let before = matter.previous.map(|previous| previous.result.summary().all);
    let name = Text { vi: "Tổng cộng", en: "All" }.get(matter.lang);
    table.total = Some(group_row(matter, name, &Group { of: (), counts: all, before }));
    Sheet::plain("", table)
}

/// By organisation; of many, the highest and the lowest.
pub(super) fn organisations(matter: &Matter<'_>) -> Sheet {
    const HIGHEST: Text =
        Text { vi: "Các cơ quan, đơn vị có tỷ lệ cao nhất", en: "The highest shares" };
    const LOWEST: Text = Text {
        vi: "Các cơ quan, đơn vị có tỷ lệ thấp nhất",
        en: "The lowest shares",
    };
    let lang = matter.lang;
    let mut table = group_table(matter, texts::ORGANISATION);
    let all = ranked(&matter.organisations, matter.result.policy.aim());
    if matter.organisations.len() < 2 {
        return Sheet::plain("", table);
    }
    let mut row = |group: &Group<crate::model::Organisation>| {
        let name = shortened(&clean(&group.of.name));
        table.rows.push(group_row(matter, &name, group));
    };
    if all.len() <= ORGANISATIONS_MAX {
        all.into_iter().for_each(&mut row);
        return Sheet::plain("", table);
    }
    let half = ORGANISATIONS_MAX / 2;
    all[..half].iter().for_each(|one| row(one));
    all[all.len() - half..].iter().for_each(|one| row(one));
    let groups = vec![(0, HIGHEST.get(lang).to_owned()), (half, LOWEST.get(lang).to_owned())];
    Sheet { title: String::new(), table, groups }
}

fn group_table(matter: &Matter<'_>, what: Text) -> Table {
    let lang = matter.lang;
    let aim = matter.result.policy.aim().number();
    let (reached, behind, open, share) = match lang {
        Lang::Vi => (
            format!("Đạt từ mức {aim}"),
            format!("Chưa đạt mức {aim}"),
            "Chưa xác định",
            "Tỷ lệ đạt (%)",
        ),
        Lang::En => {
            (format!("At stage {aim}"), format!("Below stage {aim}"), "Unknown", "Share (%)")
        }
    };
    let mut table = Table::new("", 1)
        .column(what.get(lang), Kind::Text, 40)
        .column(texts::SERVICES.get(lang), Kind::Count, 10)
        .column(reached, Kind::Count, 10)
        .column(behind, Kind::Count, 10)
        .column(open, Kind::Count, 10)
        .column(share, Kind::Percent, 10);
    if matter.previous.is_some() {
        let before = match lang {
            Lang::Vi => "Kỳ trước (%)",
            Lang::En => "Before (%)",
        };
        table = table.column(before, Kind::Percent, 10);
    }
    table
}

fn group_row<T>(matter: &Matter<'_>, name: &str, group: &Group<T>) -> Vec<Cell> {
    let aim = matter.result.policy.aim();
    let share = |counts: &Counts| counts.percent_at_least(aim).map_or(Cell::Empty, Cell::Percent);
    let counts = &group.counts;
    let mut row = vec![
        Cell::text(name),
        Cell::Count(counts.counted()),
        Cell::Count(counts.at_least(aim)),
        Cell::Count(counts.below(aim)),
        Cell::Count(counts.undecided(aim)),
        share(counts),
    ];
    row.extend(matter.previous.map(|_| group.before.as_ref().map_or(Cell::Empty, share)));
    row
}

/// What is to be done first: what, who, by when, and how many services it lifts.
pub(super) fn tasks(matter: &Matter<'_>) -> Sheet {
    const TASK: Text = Text { vi: "Nhiệm vụ", en: "Task" };
    const WHO: Text = Text { vi: "Cơ quan, đơn vị thực hiện", en: "Who" };
    const BY: Text = Text { vi: "Thời hạn", en: "By" };
    const SERVICES: Text = Text { vi: "Số dịch vụ liên quan", en: "Services concerned" };
    const LIFTED: Text =
        Text { vi: "Số dịch vụ được nâng mức", en: "Services lifted" };
    let lang = matter.lang;
    let mut table = Table::new("", 1)
        .column(NUMBER.get(lang), Kind::Count, 6)
        .column(TASK.get(lang), Kind::Text, 44)
        .column(WHO.get(lang), Kind::Text, 30)
        .column(BY.get(lang), Kind::Text, 12)
        .column(SERVICES.get(lang), Kind::Count, 8)
        .column(LIFTED.get(lang), Kind::Count, 8);
    for (at, effect) in matter.effects.iter().take(TASKS_MAX).enumerate() {
        table.rows.push(vec![
            Cell::Count(at + 1),
            Cell::Text(task(effect, lang)),
            Cell::Text(who(matter, effect)),
            Cell::Text(by(matter, effect)),
            Cell::Count(effect.services.len()),
            Cell::Count(effect.lifts),
        ]);
    }
    Sheet::plain("", table)
}

/// What is to be done about a kind of failure; the first sentence of its remedy says it.
fn task(effect: &Effect, lang: Lang) -> String {
    let remedy = effect.check.remedy(effect.reason, lang);
    let text = remedy.unwrap_or_else(|| effect.check.message(effect.reason, lang));
    first_sentence(&prose(text))
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> String {
    let line = text.split('\n').next().unwrap_or_default();
    line.find(". ").map_or_else(|| line.to_owned(), |end| line[..=end].to_owned())
}

fn who(matter: &Matter<'_>, effect: &Effect) -> String {
    let mut names: Vec<String> = Vec::new();
    for service in &effect.services {
        let name = owner::owner(matter.result, &service.id).map(|one| clean(&one.name));
        names.extend(name.filter(|name| !names.contains(name)));
    }
    few(names.iter().map(|name| shortened(name)).collect(), matter.lang).join("; ")
}

/// The nearest deadline of its services that is still to come; else a blank that the office fills in.
fn by(matter: &Matter<'_>, effect: &Effect) -> String {
    const BLANK: &str = "…/…/……";
    let open = matter.targets.iter().filter(|target| target.days_left >= 0);
    let concerned =
        open.filter(|target| effect.services.iter().any(|service| service.id == target.service.id));
    let nearest = concerned.map(|target| target.goal.by).min();
    nearest.map_or_else(|| BLANK.to_owned(), |by| texts::day(by, matter.lang))
}
