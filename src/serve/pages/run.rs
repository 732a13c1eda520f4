//! One run: when, from where, by which rules, and where it left the services.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::blocks::{Link, StagesBlock};
use super::frame::Frame;
use super::live::{LiveBlock, live_run};
use super::problem::Problem;
use super::request::PageRequest;
use super::runs::{is_of, run_line, scope};
use super::section::RUNS;
use super::texts_of_pages as said;
use super::words::words;
use crate::model::RunId;
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::PublicPage;
use crate::view::SeenRun;

words! {
    /// The words of the page.
    RunWords {
        began: "Bắt đầu", "Began";
        ended: "Kết thúc", "Ended";
        lasted: "Thời gian thực hiện", "Lasted";
        scope: "Phạm vi", "Scope";
        state: "Tình trạng", "State";
        vantage: "Điểm đo", "Vantage point";
        policy: "Bộ tiêu chí đánh giá", "Policy";
        version: "Phiên bản chương trình", "Version";
        inventory: "Tệp danh mục", "Inventory's file";
        imported: "Nhập từ tệp", "Imported from";
        stages: "Kết quả", "Where it left the services";
        no_picture: "Không có kết luận về đợt đo này: đợt chưa kết thúc, hoặc chỉ đo các tên được nêu.", "Nothing is concluded from this run: it has not ended, or looked at single names only.";
        compare_before: "So với đợt trước", "Compare with the run before";
        compare_now: "So với đợt gần nhất", "Compare with the newest run";
    }
}

#[derive(Template)]
#[template(path = "serve/run.html")]
struct RunPage {
    frame: Frame,
    w: &'static RunWords,
    up: (String, &'static str),
    meta: Vec<(&'static str, String)>,
    live: Option<LiveBlock>,
    stages: Option<StagesBlock>,
    comparisons: Vec<Link>,
}

/// Hands out the page.
pub async fn run(Path(id): Path<String>, request: PageRequest) -> Response {
    request.show(PublicPage::Runs, move |request| page(request, &id)).await
}

fn page(request: &PageRequest, id: &str) -> Result<RunPage, Problem> {
    let (lang, links) = (request.lang, request.links());
    let w = RunWords::of(lang);
    let none = || Problem::not_found(said::NO_RUN.get(lang).to_owned());
    let id = RunId::parse(id).map_err(|_| none())?;
    let live = live_run(request, &id);
    let listed = request.app.store()?.listed_runs()?;
    let listed = listed.into_iter().find(|run| run.run.id == id);
    let pictures = request.app.view().pictures();
    let picture =
        listed.as_ref().and_then(|run| pictures.iter().find(|picture| is_of(run, picture)));
    let Some(listed) = listed else {
        // It was asked for, and has not begun.
        let Some(live) = live else { return Err(none()) };
        return Ok(RunPage {
            up: (links.page(RUNS.path), RUNS.name.get(lang)),
            meta: Vec::new(),
            live: Some(live),
            stages: None,
            comparisons: Vec::new(),
            frame: Frame { refreshes: true, ..request.frame(&RUNS, id.as_str(), None) },
            w,
        });
    };
    let timezone = picture.map_or("UTC", |picture| &picture.result.inventory.timezone);
    let line = run_line(request, &listed, timezone);
    let run = &listed.run;
    let mut meta = vec![(w.state, line.state.to_owned()), (w.began, line.began.shown)];
    meta.extend(line.ended.map(|ended| (w.ended, ended.shown)));
    if let Some(ended) = run.finished_at {
        meta.push((w.lasted, texts::duration(ended.duration_since(run.started_at), lang)));
    }
    let resolver = run.vantage.resolver.as_deref().map(clean).unwrap_or_default();
    meta.extend([
        (w.scope, scope(listed.scope).get(lang).to_owned()),
        (w.inventory, clean(&listed.inventory_file)),
        (w.vantage, format!("{} · {resolver}", line.vantage)),
        (w.policy, clean(&listed.policy)),
        (w.version, clean(&run.version)),
    ]);
    if let Some(imported) = &listed.imported {
        meta.push((w.imported, imported.file.to_string()));
    }
    let seen = picture.and_then(|picture| picture.runs.iter().find(|seen| seen.id == id));
    let policy = picture.map(|picture| &picture.result.policy);
    let stages = seen.zip(policy).map(|(seen, policy)| {
        let mut block = StagesBlock::of(&seen.summary.all, policy, &links, &[], lang);
        // The list shows the services as they are now, and not as they were.
        if picture.is_none_or(|picture| picture.key.run != id) {
            block.legend.iter_mut().for_each(|key| key.href.clear());
        }
        block
    });
    let mut comparisons = Vec::new();
    if let Some(picture) = picture {
        let whole: Vec<&SeenRun> = picture.whole_runs().collect();
        let at = whole.iter().position(|seen| seen.id == id);
        let before = at.and_then(|at| at.checked_sub(1)).map(|at| whole[at]);
        comparisons.extend(before.map(|before| Link {
            text: w.compare_before.to_owned(),
            href: links.comparison(before.id.as_str(), id.as_str()),
        }));
        if at.is_some() && picture.key.run != id {
            comparisons.push(Link {
                text: w.compare_now.to_owned(),
                href: links.comparison(id.as_str(), picture.key.run.as_str()),
            });
        }
    }
    let frame = request.frame(&RUNS, id.as_str(), picture.map(|picture| &**picture));
    Ok(RunPage {
        up: (links.page(RUNS.path), RUNS.name.get(lang)),
        meta,
        stages,
        comparisons,
        frame: Frame { refreshes: live.is_some(), ..frame },
        live,
        w,
    })
}
