//! The runs: those under way, those that were, and any two side by side.

use askama::Template;
use axum::response::Response;
use jiff::Timestamp;

use super::blocks::{Link, Moment, Pager};
use super::frame::Frame;
use super::live::{LiveBlock, ScheduleLine, live_runs, schedule_lines};
use super::problem::Problem;
use super::request::PageRequest;
use super::section::RUNS;
use super::words::words;
use crate::model::{Lang, Run, RunCounts, Text, VantageIpv6};
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::PublicPage;
use crate::store::{ListedRun, Scope};
use crate::view::Picture;

/// Runs of a page.
const PER_PAGE: usize = 50;
/// Runs that can be chosen for a comparison: the newest whole ones.
const CHOICES_MAX: usize = 120;

words! {
    /// The words of the pages.
    RunsWords {
        live: "Đang thực hiện", "Under way";
        nothing_live: "Không có đợt đo nào đang thực hiện.", "No run is under way.";
        start: "Đo toàn bộ danh mục ngay", "Scan the whole inventory now";
        schedules: "Lịch đo", "Schedules";
        next: "Lần tới", "Next";
        last: "Lần gần nhất", "Last";
        schedule: "Lịch", "Schedule";
        problem: "Sự cố", "Problem";
        compare: "So sánh hai đợt đo", "Compare two runs";
        compare_button: "So sánh", "Compare";
        before: "Đợt trước", "Earlier run";
        after: "Đợt sau", "Later run";
        list: "Các đợt đo", "Runs";
        began: "Bắt đầu", "Began";
        ended: "Kết thúc", "Ended";
        scope: "Phạm vi", "Scope";
        state: "Tình trạng", "State";
        stages: "Số dịch vụ ở mức 0/1/2/3/4", "Services at stage 0/1/2/3/4";
        vantage: "Điểm đo", "Vantage point";
        nothing: "Kho dữ liệu chưa có đợt đo nào của danh mục này.", "The store has no run of this inventory yet.";
        imported: "nhập từ tệp", "imported";
    }
}

#[derive(Template)]
#[template(path = "serve/runs.html")]
struct RunsPage {
    frame: Frame,
    w: &'static RunsWords,
    live: Vec<LiveBlock>,
    scan: Option<String>,
    schedules: Vec<ScheduleLine>,
    choices: Choices,
    rows: Vec<RunLine>,
    pager: Pager,
}

/// Two choices of runs.
pub struct Choices {
    /// Runs: id, words, whether it is the earlier one, whether it is the later one.
    pub runs: Vec<(String, String, bool, bool)>,
}

/// A run in the list.
pub struct RunLine {
    /// Its page.
    pub link: Link,
    /// When it began.
    pub began: Moment,
    /// When it ended.
    pub ended: Option<Moment>,
    /// How much it was to look at.
    pub scope: &'static str,
    /// From where.
    pub vantage: String,
    /// How it ended.
    pub state: &'static str,
    /// How many services were where.
    pub stages: String,
    /// The file that it came from; empty for one that was made here.
    pub imported: bool,
}

/// Hands out the list.
pub async fn runs(request: PageRequest) -> Response {
    request.show(PublicPage::Runs, page).await
}

fn page(request: &PageRequest) -> Result<RunsPage, Problem> {
    let lang = request.lang;
    let picture = match request.picture() {
        Ok(picture) => Some(picture),
        // The first run is started here.
        Err(problem) if problem.status.is_success() => None,
        Err(problem) => return Err(problem),
    };
    let shown = picture.as_deref();
    let number = request.page()?;
    let mut listed = request.app.store()?.listed_runs()?;
    if let Some(picture) = shown {
        listed.retain(|run| is_of(run, picture));
    }
    let timezone = shown.map_or("UTC", |picture| &picture.result.inventory.timezone);
    let pages = listed.len().div_ceil(PER_PAGE).max(1);
    let rows: Vec<&ListedRun> =
        listed.iter().skip((number - 1).saturating_mul(PER_PAGE)).take(PER_PAGE).collect();
    let ats = |at: fn(&Run) -> Option<Timestamp>| {
        texts::shared_minutes(rows.iter().filter_map(|listed| at(&listed.run)))
    };
    let (began, ended) = (ats(|run| Some(run.started_at)), ats(|run| run.finished_at));
    let rows = rows.iter().map(|listed| {
        let line = run_line(request, listed, timezone);
        let among = |at, shared: &_| Moment::among(at, shared, timezone, lang);
        RunLine {
            began: among(listed.run.started_at, &began),
            ended: listed.run.finished_at.map(|at| among(at, &ended)),
            ..line
        }
    });
    let links = request.links();
    Ok(RunsPage {
        w: RunsWords::of(lang),
        live: live_runs(request, None),
        scan: request.visitor.may_operate(None).then(|| links.page("/runs/start")),
        schedules: schedule_lines(request, timezone, shown.map(|one| &*one.track.inventory_file)),
        choices: choices(shown, None, lang),
        rows: rows.collect(),
        pager: Pager::of(number, pages, lang, |page| {
            request.with("page", &if page == 1 { String::new() } else { page.to_string() })
        }),
        frame: request.frame(&RUNS, RUNS.name.get(lang), shown),
    })
}

/// Whether a run is of the inventory that is shown.
pub fn is_of(run: &ListedRun, picture: &Picture) -> bool {
    let track = &picture.track;
    run.is_of_inventory(&track.inventory_file, track.inventory_id.as_deref())
        && (track.inventory_id.is_some() || run.namesake == track.namesake)
}

/// A run as the list has it.
pub fn run_line(request: &PageRequest, listed: &ListedRun, timezone: &str) -> RunLine {
    let (lang, run) = (request.lang, &listed.run);
    let moment = |at| Moment::at(at, timezone, lang);
    RunLine {
        link: Link { text: run.id.to_string(), href: request.links().run(run.id.as_str()) },
        began: moment(run.started_at),
        ended: run.finished_at.map(moment),
        scope: scope(listed.scope).get(lang),
        vantage: clean(&run.vantage.name),
        state: match request.app.jobs().live().iter().any(|live| live.run == run.id) {
            true => UNDER_WAY,
            false => state(run),
        }
        .get(lang),
        stages: listed.counts.as_ref().map_or("–".to_owned(), |counts| stages(counts, lang)),
        imported: listed.imported.is_some(),
    }
}

/// How much a run was to look at.
pub fn scope(scope: Scope) -> Text {
    match scope {
        Scope::Whole => Text { vi: "toàn bộ danh mục", en: "whole inventory" },
        Scope::Part => Text { vi: "một phần danh mục", en: "a part of it" },
        Scope::Names => Text { vi: "các tên được nêu", en: "single names" },
    }
}

const UNDER_WAY: Text = Text { vi: "đang thực hiện", en: "under way" };

/// How a run ended.
pub fn state(run: &Run) -> Text {
    match (run.complete, run.finished_at, run.vantage.ipv6) {
        (false, None, _) => Text { vi: "bị ngắt", en: "interrupted" },
        (_, _, VantageIpv6::Absent) => {
            Text { vi: "điểm đo không có IPv6", en: "vantage point without IPv6" }
        }
        (true, _, VantageIpv6::Lost) => {
            Text { vi: "hoàn tất, có lúc mất IPv6", en: "complete, IPv6 lost for a while" }
        }
        (true, _, VantageIpv6::Working) => Text { vi: "hoàn tất", en: "complete" },
        (false, Some(_), _) => Text { vi: "chưa hoàn tất", en: "incomplete" },
    }
}

fn stages(counts: &RunCounts, lang: Lang) -> String {
    let mut text: Vec<String> =
        counts.stages.iter().map(|count| texts::number(*count, lang)).collect();
    let also = |count: usize, name: Text| {
        (count > 0).then(|| format!(" · {} {}", texts::number(count, lang), name.get(lang)))
    };
    let more = [also(counts.absent, texts::ABSENT), also(counts.unknown, texts::UNKNOWN)];
    let more: String = more.into_iter().flatten().collect();
    text = vec![text.join(" / "), more];
    text.concat()
}

/// The whole runs that can be compared, the newest first; `chosen` are the earlier and the later one.
pub fn choices(picture: Option<&Picture>, chosen: Option<(&str, &str)>, lang: Lang) -> Choices {
    let Some(picture) = picture else { return Choices { runs: Vec::new() } };
    let timezone = &picture.result.inventory.timezone;
    let all: Vec<_> = picture.whole_runs().collect();
    let shared = texts::shared_minutes(all.iter().map(|run| run.ended_at));
    let newest = all.last().map(|run| run.id.as_str());
    let before = all.len().checked_sub(2).and_then(|at| all.get(at)).map(|run| run.id.as_str());
    let (from, to) = match chosen {
        Some((from, to)) => (Some(from), Some(to)),
        None => (before, newest),
    };
    let is_chosen = |id: &str| Some(id) == from || Some(id) == to;
    let kept = all
        .iter()
        .rev()
        .enumerate()
        .filter(|(at, run)| *at < CHOICES_MAX || is_chosen(run.id.as_str()));
    let runs = kept.map(|(_, run)| {
        let id = run.id.to_string();
        let words =
            format!("{} · {id}", Moment::among(run.ended_at, &shared, timezone, lang).shown);
        let (is_from, is_to) = (Some(&*id) == from, Some(&*id) == to);
        (id, words, is_from, is_to)
    });
    Choices { runs: runs.collect() }
}
