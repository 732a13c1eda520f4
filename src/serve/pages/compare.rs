//! Two runs side by side, judged by the same rules.

use askama::Template;
use axum::response::Response;

use super::changes::{ChangeGroup, groups};
use super::frame::Frame;
use super::problem::{Help, Problem};
use super::request::PageRequest;
use super::runs::{Choices, RunsWords, choices};
use super::section::RUNS;
use super::texts_of_pages as said;
use super::words::words;
use crate::judge::{Change, direction};
use crate::model::RunId;
use crate::report::texts;
use crate::serve::access::PublicPage;
use crate::view::{Picture, SeenRun};

/// Services that each direction names.
const SHOWN: usize = 150;

words! {
    /// The words of the page.
    CompareWords {
        title: "So sánh hai đợt đo", "Two runs compared";
        changes: "Thay đổi", "Changes";
        nothing: "Không có thay đổi.", "Nothing changed.";
        same: "Đây là cùng một đợt đo.", "This is one and the same run.";
        swapped: "Đợt trước diễn ra sau đợt sau.", "The earlier run came after the later one.";
        rules: "Cả hai đợt được kết luận theo cùng bộ quy tắc và bộ tiêu chí đánh giá hiện hành.", "Both are judged by the same rules and policy, those of now.";
    }
}

#[derive(Template)]
#[template(path = "serve/compare.html")]
struct ComparePage {
    frame: Frame,
    w: &'static RunsWords,
    c: &'static CompareWords,
    up: (String, &'static str),
    choices: Choices,
    from: String,
    to: String,
    note: &'static str,
    groups: Vec<ChangeGroup>,
}

/// Hands out the page.
pub async fn compare(request: PageRequest) -> Response {
    request.show(PublicPage::Runs, page).await
}

fn page(request: &PageRequest) -> Result<ComparePage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let c = CompareWords::of(lang);
    let whole: Vec<&SeenRun> = picture.whole_runs().collect();
    let to = match request.value("to") {
        Some(id) => named(request, &picture, "to", id)?,
        None => picture.key.run.clone(),
    };
    let from = match request.value("from") {
        Some(id) => named(request, &picture, "from", id)?,
        None => {
            let at = whole.iter().position(|run| run.id == to).and_then(|at| at.checked_sub(1));
            at.map_or_else(|| to.clone(), |at| whole[at].id.clone())
        }
    };
    let changes = request.app.view().changes(&picture, &from, &to)?;
    let of = |change: Change| {
        changes.services.iter().filter(|service| direction(service) == change).collect()
    };
    let directions: Vec<Change> =
        Change::ALL.into_iter().filter(|one| *one != Change::Same).collect();
    let timezone = &picture.result.inventory.timezone;
    let words =
        |run: &SeenRun| format!("{} ({})", texts::moment(run.ended_at, timezone, lang), run.id);
    let note = match changes.before.ended_at.cmp(&changes.after.ended_at) {
        std::cmp::Ordering::Less => "",
        std::cmp::Ordering::Equal => c.same,
        std::cmp::Ordering::Greater => c.swapped,
    };
    Ok(ComparePage {
        w: RunsWords::of(lang),
        up: (links.page(RUNS.path), RUNS.name.get(lang)),
        choices: choices(Some(&picture), Some((from.as_str(), to.as_str())), lang),
        from: words(&changes.before),
        to: words(&changes.after),
        note,
        groups: groups(of, &directions, SHOWN, &links, lang),
        frame: request.frame(&RUNS, c.title, Some(&picture)),
        c,
    })
}

/// A whole run of what is shown.
fn named(request: &PageRequest, picture: &Picture, key: &str, id: &str) -> Result<RunId, Problem> {
    const NAMED_MAX: usize = 8;
    let found = RunId::parse(id).ok().filter(|id| picture.run(id).is_some());
    found.ok_or_else(|| {
        let newest = picture.whole_runs().collect::<Vec<_>>().into_iter().rev().take(NAMED_MAX);
        let help = newest.map(|run| Help {
            text: format!(
                "{} ({})",
                run.id,
                texts::moment(run.ended_at, &picture.result.inventory.timezone, request.lang)
            ),
            href: request.with(key, run.id.as_str()),
        });
        let wanted = said::A_WHOLE_RUN.get(request.lang);
        Problem::bad(request.wrong(key, id, wanted), help.collect())
    })
}
