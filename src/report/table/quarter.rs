//! The tables of a quarter.

use super::{Cell, Kind, Table};
use crate::judge::quarter::{Group, Remedy, Review};
use crate::judge::{Change, Counts, Finding, Progress, ServiceChange, Standing};
use crate::model::{Lang, Outcome, Service, Stage, Text};
use crate::report::quarter::words;
use crate::report::texts;

/// Names in one cell at the most; the JSON document has all.
const NAMES_SHOWN: usize = 12;

const DAY: Text = Text { vi: "Ngày", en: "Day" };
const QUARTER: Text = Text { vi: "Quý", en: "Quarter" };
const BEFORE: Text = Text { vi: "Kỳ trước", en: "Before" };
const NOW: Text = Text { vi: "Kỳ này", en: "Now" };
const CHANGE: Text = Text { vi: "Thay đổi", en: "Change" };
const CHECK: Text = Text { vi: "Tiêu chí", en: "Check" };
const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
const WHERE: Text = Text { vi: "Đối tượng", en: "Where" };
const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
const TARGET: Text = Text { vi: "Mức mục tiêu", en: "Target stage" };
const BY: Text = Text { vi: "Thời hạn", en: "Deadline" };
const LEFT: Text = Text { vi: "Số ngày còn lại", en: "Days left" };
const SET_BY: Text = Text { vi: "Căn cứ", en: "Set by" };
const PROGRESS: Text = Text { vi: "Tình trạng", en: "Progress" };
const UNTIL: Text = Text { vi: "Đến hết ngày", en: "Until" };
const WHY: Text = Text { vi: "Lý do", en: "Reason" };
const KIND: Text = Text { vi: "Loại", en: "Kind" };
const NAME: Text = Text { vi: "Tên", en: "Name" };
const HOLDS: Text = Text { vi: "Dịch vụ bị giữ lại", en: "Services held" };
const LIFTS: Text = Text { vi: "Dịch vụ được nâng mức", en: "Services lifted" };

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
    let name = |group: &Group<crate::model::Organisation>| group.of.name.clone();
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
    for judged in stages(review) {
        table = table.column(format!("{stage} {}", judged.number()), Kind::Count, 7);
    }
    table.column(texts::capitalised(texts::UNKNOWN.get(lang)), Kind::Count, 9).column(
        format!("{stage} ≥ {} (%)", review.closing.policy.aim().number()),
        Kind::Percent,
        9,
    )
}

fn stages(review: &Review) -> impl Iterator<Item = Stage> {
    let highest = review.closing.policy.highest_stage();
    Stage::ALL.into_iter().filter(move |stage| *stage <= highest)
}

fn count_cells(counts: &Counts, before: Option<Option<&Counts>>, review: &Review) -> Vec<Cell> {
    let aim = review.closing.policy.aim();
    let share = |counts: &Counts| counts.percent_at_least(aim).map_or(Cell::Empty, Cell::Percent);
    let mut cells = vec![Cell::Count(counts.services)];
    cells.extend(
        stages(review).map(|stage| Cell::Count(counts.stages[usize::from(stage.number())])),
    );
    cells.extend([Cell::Count(counts.unknown), share(counts)]);
    cells.extend(before.map(|before| before.map_or(Cell::Empty, share)));
    cells
}

/// One row for each service whose stage changed, the worse ones first.
pub fn stage_changes(review: &Review, lang: Lang) -> Table {
    const TITLE: Text =
        Text { vi: "Dịch vụ thay đổi mức", en: "Services whose stage changed" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(CHANGE.get(lang), Kind::Text, 18)
        .column(BEFORE.get(lang), Kind::Stage, 10)
        .column(NOW.get(lang), Kind::Stage, 10);
    for service in in_order(review).filter(|service| service.change != Change::Same) {
        table.rows.push(vec![
            Cell::text(&service.service.name),
            Cell::text(&service.service.id.to_string()),
            Cell::text(words::change(service.change).get(lang)),
            stage(service.before),
            stage(service.after),
        ]);
    }
    table
}

/// One row for each check of a service whose finding changed.
pub fn check_changes(review: &Review, lang: Lang) -> Table {
    const TITLE: Text =
        Text { vi: "Tiêu chí thay đổi kết luận", en: "Checks that changed" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(CHECK.get(lang), Kind::Code, 22)
        .column(CHANGE.get(lang), Kind::Text, 18)
        .column(BEFORE.get(lang), Kind::Outcome, 14)
        .column(NOW.get(lang), Kind::Outcome, 14)
        .column(FINDING.get(lang), Kind::Text, 40);
    let mut rows: Vec<_> = review
        .changes
        .iter()
        .flat_map(|service| service.checks.iter().map(move |check| (service, check)))
        // What merely concerns or ceases to concern a service follows from something else.
        .filter(|(_, check)| check.change != Change::Otherwise)
        .collect();
    rows.sort_by_key(|(_, check)| check.change);
    for (service, check) in rows {
        table.rows.push(vec![
            Cell::text(&service.service.id.to_string()),
            Cell::text(check.check),
            Cell::text(words::change(check.change).get(lang)),
            Cell::Outcome(check.before.outcome),
            Cell::Outcome(check.after.outcome),
            Cell::text(message(check.check, &check.after, lang)),
        ]);
    }
    table
}

/// One row for each target that isn't reached.
pub fn targets(review: &Review, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Mục tiêu chưa đạt", en: "Targets not reached" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(PROGRESS.get(lang), Kind::Text, 18)
        .column(TARGET.get(lang), Kind::Count, 9)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(BY.get(lang), Kind::Date, 11)
        .column(LEFT.get(lang), Kind::Text, 9)
        .column(SET_BY.get(lang), Kind::Text, 12);
    for target in review.targets.iter().filter(|target| target.progress != Progress::Reached) {
        table.rows.push(vec![
            Cell::text(&target.service.name),
            Cell::text(&target.service.id.to_string()),
            Cell::text(words::progress(target.progress).get(lang)),
            Cell::Count(target.goal.stage.number().into()),
            Cell::Stage(target.standing),
            Cell::Date(target.goal.by),
            Cell::text(&days(target.days_left)),
            Cell::text(words::basis(target.basis).get(lang)),
        ]);
    }
    table
}

/// Days with a real minus sign, which no spreadsheet reads as a formula.
fn days(days: i32) -> String {
    if days < 0 { format!("−{}", days.unsigned_abs()) } else { days.to_string() }
}

/// One row for each exemption.
pub fn exemptions(review: &Review, lang: Lang) -> Table {
    const EXPIRED: Text = Text { vi: "đã hết hạn", en: "expired" };
    const SOON: Text = Text { vi: "sắp hết hạn", en: "expires soon" };
    const HOLDS: Text = Text { vi: "còn hiệu lực", en: "in force" };
    let mut table = Table::new(Text { vi: "Miễn trừ", en: "Exemptions" }.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(NOW.get(lang), Kind::Stage, 10)
        .column(UNTIL.get(lang), Kind::Date, 11)
        .column(PROGRESS.get(lang), Kind::Text, 14)
        .column(WHY.get(lang), Kind::Text, 36);
    for standing in &review.exemptions {
        let state = match (standing.expired, standing.expires_soon) {
            (true, _) => EXPIRED,
            (_, true) => SOON,
            _ => HOLDS,
        };
        table.rows.push(vec![
            Cell::text(&standing.service.name),
            Cell::text(&standing.service.id.to_string()),
            Cell::Stage(standing.standing),
            Cell::Date(standing.exemption.until),
            Cell::text(state.get(lang)),
            Cell::text(&standing.exemption.reason),
        ]);
    }
    table
}

/// One row for each thing that several services fail on.
pub fn shared(review: &Review, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Nguyên nhân chung", en: "Shared blockers" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(KIND.get(lang), Kind::Text, 16)
        .column(NAME.get(lang), Kind::Code, 30)
        .column(HOLDS.get(lang), Kind::Count, 9)
        .column(texts::SERVICES.get(lang), Kind::Count, 9)
        .column(CHECK.get(lang), Kind::Code, 26)
        .column(texts::SERVICE.get(lang), Kind::Code, 36);
    for shared in &review.shared {
        let mut checks: Vec<String> =
            shared.failures.iter().map(|(id, _)| (*id).to_owned()).collect();
        checks.dedup();
        table.rows.push(vec![
            Cell::text(words::kind(&shared.thing).get(lang)),
            Cell::text(&words::thing(&shared.thing)),
            Cell::Count(shared.holds),
            Cell::Count(shared.services.len()),
            Cell::text(&names(checks, lang)),
            Cell::text(&names(ids(&shared.services), lang)),
        ]);
    }
    table
}

/// One row for each remedy, what lifts most services first.
pub fn work_list(review: &Review, lang: Lang) -> Table {
    let mut table = Table::new(texts::WORK_LIST.get(lang), 0)
        .column(LIFTS.get(lang), Kind::Count, 9)
        .column(HOLDS.get(lang), Kind::Count, 9)
        .column(SEVERITY.get(lang), Kind::Severity, 12)
        .column(CHECK.get(lang), Kind::Code, 20)
        .column(FINDING.get(lang), Kind::Text, 36)
        .column(WHERE.get(lang), Kind::Code, 28)
        .column(texts::SERVICE.get(lang), Kind::Code, 28);
    for remedy in &review.remedies {
        let subjects = remedy.subjects.iter().map(ToString::to_string).collect();
        table.rows.push(vec![
            Cell::Count(remedy.lifts),
            Cell::Count(remedy.holds),
            Cell::Severity(remedy.severity),
            Cell::text(remedy.check.id),
            Cell::text(remedy.check.message(remedy.reason, lang)),
            Cell::text(&names(subjects, lang)),
            Cell::text(&names(ids(&remedy.services), lang)),
        ]);
    }
    table
}

/// What is done about each kind of failure in the work list, each once.
pub fn remedies(review: &Review, lang: Lang) -> Table {
    let mut table = Table::new(texts::REMEDY.get(lang), 0)
        .column(CHECK.get(lang), Kind::Code, 22)
        .column(FINDING.get(lang), Kind::Text, 40)
        .column(texts::REMEDY.get(lang), Kind::Text, 60);
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for Remedy { check, reason, .. } in &review.remedies {
        let Some(text) = check.remedy(reason, lang) else { continue };
        if seen.contains(&(check.id, reason)) {
            continue;
        }
        seen.push((check.id, reason));
        table.rows.push(vec![
            Cell::text(check.id),
            Cell::text(check.message(reason, lang)),
            Cell::text(text),
        ]);
    }
    table
}

/// One row for each service of the closing run.
pub fn annex(review: &Review, lang: Lang) -> Table {
    let compared = review.previous.is_some();
    let mut table = Table::new(texts::ALL_SERVICES.get(lang), 2)
        .column(texts::ORGANISATION.get(lang), Kind::Text, 26)
        .column(texts::SERVICE.get(lang), Kind::Text, 28)
        .column(SERVICE_ID.get(lang), Kind::Code, 22)
        .column(texts::CATEGORY.get(lang), Kind::Text, 18);
    if compared {
        table = table.column(BEFORE.get(lang), Kind::Stage, 10);
    }
    table = table.column(NOW.get(lang), Kind::Stage, 10).column(
        texts::BLOCKERS.get(lang),
        Kind::Code,
        30,
    );
    let inventory = &review.closing.inventory;
    for result in &review.closing.services {
        let about = &result.service;
        let organisation = inventory.organisations.iter().find(|o| o.id == about.id.organisation);
        let blockers = result.blockers.iter().map(|blocker| blocker.check.to_owned()).collect();
        let mut row = vec![
            Cell::text(organisation.map_or("", |organisation| &organisation.name)),
            Cell::text(&about.name),
            Cell::text(&about.id.to_string()),
            Cell::text(texts::category(about.category).get(lang)),
        ];
        row.extend(compared.then(|| stage(review.before(about))));
        row.extend([Cell::Stage(result.standing), Cell::text(&names(blockers, lang))]);
        table.rows.push(row);
    }
    table
}

fn in_order(review: &Review) -> impl Iterator<Item = &ServiceChange> {
    Change::ALL.into_iter().flat_map(|change| review.changed(change))
}

fn stage(standing: Option<Standing>) -> Cell {
    standing.map_or(Cell::Empty, Cell::Stage)
}

fn ids(services: &[std::sync::Arc<Service>]) -> Vec<String> {
    services.iter().map(|service| service.id.to_string()).collect()
}

fn names(mut names: Vec<String>, lang: Lang) -> String {
    let more = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    match more {
        0 => names.join(", "),
        _ => format!(
            "{} … {} {}",
            names.join(", "),
            texts::MORE.get(lang),
            texts::number(more, lang)
        ),
    }
}

fn message(check: &str, finding: &Finding, lang: Lang) -> &'static str {
    let known = crate::check::find(check);
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable => "",
        _ => known.map_or("", |check| check.message(finding.reason, lang)),
    }
}
