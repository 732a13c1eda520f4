//! The quarters, and the report of one: as a page, PDF and XLSX, by the renderers of reports.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::blocks::{Link, Moment, thin_bar};
use super::frame::Frame;
use super::problem::{Help, Problem};
use super::request::PageRequest;
use super::section::QUARTERS;
use super::words::words;
use super::workshop::{Work, Workshop};
use crate::judge::day_of;
use crate::judge::quarter::{Quarter, Review};
use crate::model::{Digest, Lang, Text};
use crate::report::letterhead::Letterhead;
use crate::report::quarter::{self, QuarterContext};
use crate::report::{pdf, texts, xlsx};
use crate::runs::quarter::{QuarterRequest, quarter_runs};
use crate::serve::access::{Permission, PublicPage};
use crate::serve::app::Shared;
use crate::view::{Picture, SeenRun};

words! {
    /// The words of the pages.
    QuarterWords {
        quarter: "Quý", "Quarter";
        closing: "Đợt đo chốt số liệu", "Closing run";
        runs: "Số đợt đo", "Runs";
        share: "Tỷ lệ đạt từ mức", "Share at or above stage";
        standing: "Kết quả", "Where services stood";
        download: "Tải về", "Download";
        nothing: "Chưa có quý nào có đợt đo toàn bộ danh mục đã hoàn tất.", "No quarter has a whole run that has ended yet.";
        working: "Báo cáo đang được lập", "The report is being made";
        working_help: "Trang tự tải lại khi báo cáo hoàn tất. Với danh mục lớn, việc này có thể mất vài phút.", "The page loads again by itself. For a large inventory this may take some minutes.";
        so_far: "Quý chưa kết thúc: số liệu tính đến đợt đo gần nhất.", "The quarter is not over: figures are those of the newest run.";
    }
}

const A_QUARTER: Text = Text { vi: "một quý dạng 2026Q4", en: "a quarter as 2026Q4" };
const NO_RUN: Text = Text {
    vi: "Quý này không có đợt đo toàn bộ danh mục nào đã hoàn tất.",
    en: "No whole run ended in this quarter.",
};
const A_FORMAT: Text = Text {
    vi: "Báo cáo có các dạng html, pdf và xlsx.",
    en: "A report is there as html, pdf and xlsx.",
};

#[derive(Template)]
#[template(path = "serve/quarters.html")]
struct QuartersPage {
    frame: Frame,
    w: &'static QuarterWords,
    aim: u8,
    rows: Vec<Row>,
}

struct Row {
    link: Link,
    closing: Link,
    ended: Moment,
    runs: String,
    bar: String,
    share: String,
    files: Vec<Link>,
}

#[derive(Template)]
#[template(path = "serve/quarter.html")]
struct QuarterPage {
    frame: Frame,
    w: &'static QuarterWords,
    up: (String, &'static str),
    files: Vec<Link>,
    is_over: bool,
    body: String,
}

#[derive(Template)]
#[template(path = "serve/working.html")]
struct WorkingPage {
    frame: Frame,
    up: (String, &'static str),
    title: &'static str,
    help: &'static str,
}

/// Hands out the list.
pub async fn quarters(request: PageRequest) -> Response {
    request.show(PublicPage::Quarters, list).await
}

/// Hands out a quarter's report.
pub async fn quarter(
    Path(name): Path<String>,
    Extension(workshop): Extension<Workshop>,
    request: PageRequest,
) -> Response {
    let permission = Permission::ViewPage(PublicPage::Quarters);
    request.answer(permission, move |request| one(request, &name, &workshop)).await
}

/// Hands out a file of a quarter's report.
pub async fn file(
    Path((name, format)): Path<(String, String)>,
    Extension(workshop): Extension<Workshop>,
    request: PageRequest,
) -> Response {
    let permission = Permission::ViewPage(PublicPage::Quarters);
    request.answer(permission, move |request| one_file(request, &name, &format, &workshop)).await
}

fn list(request: &PageRequest) -> Result<QuartersPage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let (policy, timezone) = (&picture.result.policy, &picture.result.inventory.timezone);
    let rows = closings(&picture).into_iter().rev().map(|(quarter, closing, runs)| {
        let counts = &closing.summary.all;
        let share = counts.percent_at_least(policy.aim());
        Row {
            link: Link {
                text: texts::capitalised(&quarter::quarter_name(quarter, lang)),
                href: links.page(&format!("/quarters/{quarter}")),
            },
            closing: Link { text: closing.id.to_string(), href: links.run(closing.id.as_str()) },
            ended: Moment::day(closing.ended_at, timezone, lang),
            runs: texts::number(runs, lang),
            bar: thin_bar(counts, policy, lang),
            share: share.map_or("–".to_owned(), |percent| texts::percent(percent, lang)),
            files: files(request, quarter),
        }
    });
    Ok(QuartersPage {
        w: QuarterWords::of(lang),
        aim: policy.aim().number(),
        rows: rows.collect(),
        frame: request.frame(&QUARTERS, QUARTERS.name.get(lang), Some(&picture)),
    })
}

/// Each quarter with its last whole run and how many it had, the earliest first.
fn closings(picture: &Picture) -> Vec<(Quarter, &SeenRun, usize)> {
    let inventory = &picture.result.inventory;
    let mut quarters: Vec<(Quarter, &SeenRun, usize)> = Vec::new();
    for run in picture.whole_runs() {
        let quarter =
            Quarter::counting(day_of(run.ended_at, &inventory.timezone), inventory.reporting);
        match quarters.last_mut() {
            Some((last, closing, runs)) if *last == quarter => {
                *closing = run;
                *runs += 1;
            }
            _ => quarters.push((quarter, run, 1)),
        }
    }
    quarters
}

fn files(request: &PageRequest, quarter: Quarter) -> Vec<Link> {
    let link = |format: &str| Link {
        text: format.to_uppercase(),
        href: request.links().page(&format!("/quarters/{quarter}/{format}")),
    };
    ["html", "pdf", "xlsx"].map(link).into()
}

/// The quarter of this name, and its closing run.
fn asked(
    request: &PageRequest,
    picture: &Picture,
    name: &str,
) -> Result<(Quarter, SeenRun), Problem> {
    let known = closings(picture);
    let help = || {
        known.iter().rev().take(8).map(|(quarter, ..)| Help {
            text: quarter::quarter_name(*quarter, request.lang),
            href: request.links().page(&format!("/quarters/{quarter}")),
        })
    };
    let Ok(quarter) = name.parse::<Quarter>() else {
        let message = request.wrong("quarter", name, A_QUARTER.get(request.lang));
        return Err(Problem::bad(message, help().collect()));
    };
    let found = known.iter().find(|(known, ..)| *known == quarter);
    found.map(|(_, closing, _)| (quarter, (*closing).clone())).ok_or_else(|| {
        let problem = Problem::not_found(NO_RUN.get(request.lang).to_owned());
        Problem { help: help().collect(), ..problem }
    })
}

/// The review of a quarter: the same for every language and format.
fn review(
    request: &PageRequest,
    picture: &Picture,
    quarter: Quarter,
    closing: &SeenRun,
    workshop: &Workshop,
) -> Result<Work<Review>, Problem> {
    let (app, run) = (Shared::clone(&request.app), closing.id.clone());
    let name = format!("review {} {quarter} {run} {}", picture.track.word(), picture.key.policy);
    workshop.get(&name, move || {
        let store = app.store()?;
        let asked = QuarterRequest {
            quarter,
            run: Some(run.as_str()),
            as_of: None,
            policy: None,
            notes: &|_| {},
        };
        Ok(quarter_runs(&store, &asked)?.review())
    })
}

fn one(request: &PageRequest, name: &str, workshop: &Workshop) -> Result<Response, Problem> {
    let picture = request.picture()?;
    let (quarter, closing) = asked(request, &picture, name)?;
    let lang = request.lang;
    let w = QuarterWords::of(lang);
    let title = texts::capitalised(&quarter::quarter_name(quarter, lang));
    let up = (request.links().page(QUARTERS.path), QUARTERS.name.get(lang));
    let Work::Done(review) = review(request, &picture, quarter, &closing, workshop)? else {
        return working(request, &picture, &title);
    };
    let body = quarter::html::body(&QuarterContext { review: &review, lang });
    let body = body.map_err(|error| Problem::internal(&error))?;
    // On a page, what scrolls in itself is reached by the keyboard.
    let body = body.replace("<div class=\"wide\">", "<div class=\"wide\" tabindex=\"0\">");
    request.rendered(&QuarterPage {
        frame: Frame { judged: Vec::new(), ..request.frame(&QUARTERS, &title, Some(&picture)) },
        files: files(request, quarter),
        is_over: quarter.last_counting_day(picture.result.inventory.reporting)
            < request.today(&picture),
        body,
        up,
        w,
    })
}

fn working(request: &PageRequest, picture: &Picture, title: &str) -> Result<Response, Problem> {
    let w = QuarterWords::of(request.lang);
    request.rendered(&WorkingPage {
        frame: Frame { refreshes: true, ..request.frame(&QUARTERS, title, Some(picture)) },
        up: (request.links().page(QUARTERS.path), QUARTERS.name.get(request.lang)),
        title: w.working,
        help: w.working_help,
    })
}

fn one_file(
    request: &PageRequest,
    name: &str,
    format: &str,
    workshop: &Workshop,
) -> Result<Response, Problem> {
    let picture = request.picture()?;
    let (quarter, closing) = asked(request, &picture, name)?;
    let lang = request.lang;
    let kind = match format {
        "html" => "text/html; charset=utf-8",
        "pdf" => "application/pdf",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => return Err(Problem::not_found(A_FORMAT.get(lang).to_owned())),
    };
    let title = texts::capitalised(&quarter::quarter_name(quarter, lang));
    let Work::Done(review) = review(request, &picture, quarter, &closing, workshop)? else {
        return working(request, &picture, &title);
    };
    let (owned, letterhead) = (format.to_owned(), request.app.config().letterhead.clone());
    let word = picture.track.word();
    let key = format!(
        "file {word} {quarter} {} {} {} {format} {}",
        closing.id,
        picture.key.policy,
        lang.tag(),
        // Of another letterhead it is another file.
        Digest::of(format!("{letterhead:?}").as_bytes()).hex(),
    );
    let made = workshop.get(&key, move || render(&review, &letterhead, lang, &owned))?;
    let Work::Done(octets) = made else { return working(request, &picture, &title) };
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{quarter}.{}.{format}\"", lang.tag()),
        ),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, octets.as_ref().clone()).into_response())
}

fn render(
    review: &Review,
    letterhead: &Letterhead,
    lang: Lang,
    format: &str,
) -> Result<Vec<u8>, Problem> {
    let context = QuarterContext { review, lang };
    let mut octets = Vec::new();
    let written = match format {
        "pdf" => pdf::quarter::write(&context, letterhead, &mut octets),
        "xlsx" => xlsx::quarter::write(&context, &mut octets),
        _ => quarter::html::write(&context, &mut octets),
    };
    written.map_err(|error| Problem::internal(&error))?;
    Ok(octets)
}
