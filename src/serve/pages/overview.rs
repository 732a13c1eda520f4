//! The first look: where the services stand, what changed, what to fix first.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use jiff::civil::Date;

use super::blocks::{
    Cell, Figure, Link, Moment, StagesBlock, TableBlock, count_cells, count_columns,
};
use super::changes::{ChangeGroup, groups};
use super::frame::Frame;
use super::live::{LiveBlock, live_runs};
use super::problem::Problem;
use super::request::PageRequest;
use super::section::OVERVIEW;
use super::shared_causes::{SharedLine, shared_lines};
use super::words::words;
use crate::judge::quarter::Quarter;
use crate::judge::{Change, Progress, day_of, direction};
use crate::model::Lang;
use crate::report::chart::{self, Column};
use crate::report::describe::clean;
use crate::report::{overview, texts};
use crate::serve::access::PublicPage;
use crate::view::{Moved, Picture, SeenRun};

/// Services that a list of changes names.
const CHANGES_SHOWN: usize = 8;
/// Shared causes that are named.
const CAUSES_SHOWN: usize = 6;
/// Columns of the trend: more are not told apart.
const COLUMNS_MAX: usize = 60;
/// Days from which on one column a day tells enough.
const DAYS_ENOUGH: usize = 12;

words! {
    /// The words of the page.
    OverviewWords {
        now: "Hiện trạng", "Where the services stand";
        trend: "Diễn biến", "Trend";
        trend_numbers: "Số liệu của biểu đồ", "The chart in numbers";
        day: "Ngày", "Day";
        since_last: "Thay đổi so với đợt đo trước", "Since the run before";
        since_quarter: "Thay đổi so với quý trước", "Since the quarter before";
        no_change: "Không có thay đổi.", "Nothing changed.";
        nothing_before: "Chưa có đợt đo trước để so sánh.", "There is no earlier run to compare with.";
        compare: "So sánh hai đợt đo", "Compare the two runs";
        first: "Cần khắc phục trước", "What to fix first";
        no_shared: "Không có nguyên nhân chung của nhiều dịch vụ.", "No cause is shared by several services.";
        all_causes: "Tất cả nguyên nhân", "All causes";
        categories: "Theo nhóm dịch vụ", "By category";
        at_least: "dịch vụ đạt từ mức", "of services at or above stage";
        days_left: "ngày đến thời hạn gần nhất", "days to the nearest deadline";
        missed: "mục tiêu quá hạn chưa đạt", "targets missed";
        last_run: "Đợt đo gần nhất", "Newest run";
    }
}

#[derive(Template)]
#[template(path = "serve/overview.html")]
struct OverviewPage {
    frame: Frame,
    w: &'static OverviewWords,
    warnings: Vec<String>,
    figures: Vec<Figure>,
    stages: StagesBlock,
    trend: String,
    trend_table: TableBlock,
    live: Vec<LiveBlock>,
    last: Since,
    quarter: Since,
    shared: Vec<SharedLine>,
    causes_href: String,
    categories: TableBlock,
    run: Link,
    run_at: Moment,
}

/// What changed since an earlier run.
struct Since {
    is_known: bool,
    about: String,
    href: String,
    groups: Vec<ChangeGroup>,
}

/// Hands out the page.
pub async fn overview(request: PageRequest) -> Response {
    request.show(PublicPage::Overview, page).await
}

fn page(request: &PageRequest) -> Result<OverviewPage, Problem> {
    let picture = request.picture()?;
    Ok(overview_of(request, &picture))
}

fn overview_of(request: &PageRequest, picture: &Picture) -> OverviewPage {
    let (lang, links) = (request.lang, request.links());
    let w = OverviewWords::of(lang);
    let (result, timezone) = (&picture.result, &picture.result.inventory.timezone);
    let counts = result.summary().all;
    let columns = columns(picture, lang);
    let since = |moved: Option<&Moved>| since(moved, picture, request);
    OverviewPage {
        figures: figures(request, picture),
        stages: StagesBlock::of(&counts, &result.policy, &links, &[], lang),
        trend: chart::trend(&columns, w.trend, &result.policy, lang),
        trend_table: trend_table(&columns, picture, w, lang),
        live: live_runs(request, None),
        last: since(picture.since_last.as_ref()),
        quarter: since(picture.since_quarter.as_ref()),
        shared: shared_lines(picture.shared(), CAUSES_SHOWN, &links, lang),
        causes_href: links.page("/causes"),
        categories: TableBlock {
            title: w.categories.to_owned(),
            columns: count_columns(texts::CATEGORY.get(lang), lang),
            rows: result
                .summary()
                .categories
                .iter()
                .map(|(category, counts)| {
                    let href = links.services(&[("category", category.id())]);
                    let name = Cell::text(texts::category(*category).get(lang)).link(href);
                    std::iter::once(name).chain(count_cells(counts, &result.policy, lang)).collect()
                })
                .collect(),
        },
        run: Link { text: result.run.id.to_string(), href: links.run(result.run.id.as_str()) },
        run_at: Moment::at(result.run.finished_at.unwrap_or(result.as_of), timezone, lang),
        warnings: overview::rescans(result, lang),
        frame: request.frame(&OVERVIEW, OVERVIEW.name.get(lang), Some(picture)),
        w,
    }
}

fn figures(request: &PageRequest, picture: &Picture) -> Vec<Figure> {
    let (lang, links) = (request.lang, request.links());
    let w = OverviewWords::of(lang);
    let overview = picture.overview(request.today(picture));
    let counts = &overview.summary.all;
    let aim = picture.result.policy.aim();
    let number = |value: usize, label: &str, bad: bool, query: &[(&str, &str)]| Figure {
        value: texts::number(value, lang),
        label: label.to_owned(),
        bad: bad && value > 0,
        href: links.services(query),
    };
    let mut figures = vec![number(counts.services, texts::SERVICES.get(lang), false, &[])];
    figures.extend(counts.percent_at_least(aim).map(|percent| Figure {
        value: texts::percent(percent, lang),
        label: format!(
            "{} {}: {} / {} {}",
            w.at_least,
            aim.number(),
            texts::number(counts.at_least(aim), lang),
            texts::number(counts.decided(aim), lang),
            texts::OF_KNOWN.get(lang)
        ),
        bad: false,
        href: String::new(),
    }));
    let critical = overview.summary.critical;
    figures.push(number(
        critical,
        texts::CRITICAL_SERVICES.get(lang),
        true,
        &[("severity", "critical")],
    ));
    if counts.absent > 0 {
        let query = [("stage", "absent")];
        figures.push(number(counts.absent, texts::ABSENT_SERVICES.get(lang), true, &query));
    }
    figures.push(number(counts.unknown, texts::UNKNOWN.get(lang), false, &[("stage", "unknown")]));
    let missed = overview.targets.count(Progress::Missed);
    figures.push(number(missed, w.missed, true, &[("sort", "deadline")]));
    figures.extend(overview.targets.days_to_next.map(|days| Figure {
        value: texts::number(usize::try_from(days).unwrap_or(0), lang),
        label: w.days_left.to_owned(),
        bad: false,
        href: links.services(&[("sort", "deadline")]),
    }));
    figures
}

/// Tells the day, the week or the month of a column.
type KeyOf = fn(&Column) -> (i16, i16);

/// The whole runs: each of them while they are of few days, else the last of each day; where there are too
/// many of those, the last of each week or of each month.
fn columns(picture: &Picture, lang: Lang) -> Vec<Column> {
    let timezone = &picture.result.inventory.timezone;
    let mut of_day: BTreeMap<Date, usize> = BTreeMap::new();
    for run in picture.whole_runs() {
        *of_day.entry(day_of(run.ended_at, timezone)).or_default() += 1;
    }
    let shared = texts::shared_minutes(picture.whole_runs().map(|run| run.ended_at));
    let are_few = of_day.len() < DAYS_ENOUGH && picture.whole_runs().count() <= COLUMNS_MAX;
    let column = |run: &SeenRun| {
        let (day, counts) = (day_of(run.ended_at, timezone), run.summary.all);
        match are_few && of_day.get(&day).is_some_and(|runs| *runs > 1) {
            true => Column {
                when: Moment::among(run.ended_at, &shared, timezone, lang).shown,
                below: match shared.contains(&texts::minute(run.ended_at)) {
                    true => texts::exact_time(run.ended_at, timezone),
                    false => texts::time(run.ended_at, timezone),
                },
                day,
                counts,
            },
            false => Column {
                when: texts::day(day, lang),
                below: Quarter::counting(day, picture.result.inventory.reporting).to_string(),
                day,
                counts,
            },
        }
    };
    let runs: Vec<Column> = picture.whole_runs().map(column).collect();
    if are_few {
        return runs;
    }
    let last_of = |key: KeyOf| {
        let kept: BTreeMap<_, _> =
            runs.iter().map(|column| (key(column), column.clone())).collect();
        kept.into_values().collect::<Vec<_>>()
    };
    let day: KeyOf = |column| (column.day.year(), column.day.day_of_year());
    let week: KeyOf = |column| {
        let week = column.day.iso_week_date();
        (week.year(), i16::from(week.week()))
    };
    let month: KeyOf = |column| (column.day.year(), i16::from(column.day.month()));
    let mut columns = Vec::new();
    for key in [day, week, month] {
        columns = last_of(key);
        if columns.len() <= COLUMNS_MAX {
            break;
        }
    }
    let surplus = columns.len().saturating_sub(COLUMNS_MAX);
    columns.split_off(surplus)
}

/// The chart in numbers, the newest first.
fn trend_table(columns: &[Column], picture: &Picture, w: &OverviewWords, lang: Lang) -> TableBlock {
    let policy = &picture.result.policy;
    let row = |column: &Column| {
        let day = Cell::text(column.when.clone());
        std::iter::once(day).chain(count_cells(&column.counts, policy, lang)).collect()
    };
    TableBlock {
        title: w.trend_numbers.to_owned(),
        columns: count_columns(w.day, lang),
        rows: columns.iter().rev().map(row).collect(),
    }
}

fn since(moved: Option<&Moved>, picture: &Picture, request: &PageRequest) -> Since {
    const DIRECTIONS: [Change; 6] =
        [Change::Worse, Change::Unknown, Change::Better, Change::Known, Change::New, Change::Gone];
    let Some(moved) = moved else {
        let nothing = String::new;
        return Since { is_known: false, about: nothing(), href: nothing(), groups: Vec::new() };
    };
    let (lang, links) = (request.lang, request.links());
    let at = texts::moment(moved.since.ended_at, &picture.result.inventory.timezone, lang);
    let of = |change: Change| {
        moved.services.iter().filter(|service| direction(service) == change).collect()
    };
    Since {
        is_known: true,
        about: clean(&at),
        href: links.comparison(moved.since.id.as_str(), picture.key.run.as_str()),
        groups: groups(of, &DIRECTIONS, CHANGES_SHOWN, &links, lang),
    }
}
