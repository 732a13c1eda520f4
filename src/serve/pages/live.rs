//! Runs that are under way or wait, and the schedules, as pages show them.

use std::convert::Infallible;
use std::path::Path as FilePath;
use std::time::Duration;

use axum::extract::Path;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::blocks::Moment;
use super::links::escaped;
use super::problem::Problem;
use super::request::PageRequest;
use super::texts_of_pages as said;
use crate::model::{Lang, RunId, ServiceId, Text};
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::{Permission, PublicPage};
use crate::serve::jobs::{JobEvent, LiveRun, Progress};

/// How often a listener that hears nothing is told that the connection lasts.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// A run under way.
pub struct LiveBlock {
    /// The run.
    pub run: String,
    /// Its page.
    pub href: String,
    /// Where its events come from.
    pub events: String,
    /// The page to show when it has ended.
    pub after: String,
    /// How far it is, in words.
    pub text: String,
    /// Services that are done.
    pub done: usize,
    /// Services in all.
    pub total: usize,
    /// Whether the reader may end it.
    pub may_cancel: bool,
    /// Where the form that ends it is sent.
    pub cancel: String,
}

/// A schedule, and what became of it.
pub struct ScheduleLine {
    /// Its name.
    pub name: String,
    /// Its times.
    pub cron: String,
    /// When it is due next.
    pub next: Option<Moment>,
    /// When it was last acted on.
    pub last: Option<Moment>,
    /// Why that failed.
    pub problem: String,
}

/// The runs under way; of one organisation those that look at its services.
pub fn live_runs(request: &PageRequest, organisation: Option<&str>) -> Vec<LiveBlock> {
    let mut live = request.app.jobs().live();
    if let Some(organisation) = organisation {
        live.retain(|run| looks_at(run, |pattern| pattern.split('/').next() == Some(organisation)));
    }
    live.iter().map(|run| block(request, run)).collect()
}

/// The runs under way that look at a service.
pub fn live_runs_of(request: &PageRequest, service: &ServiceId) -> Vec<LiveBlock> {
    let id = service.to_string();
    let mut live = request.app.jobs().live();
    live.retain(|run| {
        looks_at(run, |pattern| {
            pattern == id || pattern.strip_suffix("/*") == Some(&*service.organisation)
        })
    });
    live.iter().map(|run| block(request, run)).collect()
}

fn looks_at(run: &LiveRun, chooses: impl Fn(&str) -> bool) -> bool {
    run.request.only.is_empty() || run.request.only.iter().any(|pattern| chooses(pattern))
}

/// One run, if it is under way.
pub fn live_run(request: &PageRequest, run: &RunId) -> Option<LiveBlock> {
    let live = request.app.jobs().live();
    live.iter().find(|live| live.run == *run).map(|live| block(request, live))
}

fn block(request: &PageRequest, live: &LiveRun) -> LiveBlock {
    let links = request.links();
    let path = format!("/runs/{}", escaped(live.run.as_str()));
    LiveBlock {
        run: live.run.to_string(),
        href: links.run(live.run.as_str()),
        events: format!("{path}/events"),
        after: request.with("", ""),
        text: words(live, request.lang),
        done: live.finished,
        total: live.services.max(1),
        may_cancel: may_cancel(request, live) && live.progress != Progress::Stopping,
        cancel: links.page(&format!("{path}/cancel")),
    }
}

/// Who may start what a run looks at may end it.
pub fn may_cancel(request: &PageRequest, live: &LiveRun) -> bool {
    let only = &live.request.only;
    let own = |pattern: &String| request.visitor.may_operate(pattern.split('/').next());
    match only.is_empty() {
        true => request.visitor.may_operate(None),
        false => only.iter().all(own),
    }
}

fn words(live: &LiveRun, lang: Lang) -> String {
    const OF: Text = Text { vi: "dịch vụ đã kiểm tra xong", en: "services are done" };
    let state = match live.progress {
        Progress::Queued => Text { vi: "đang chờ đến lượt", en: "waits for its turn" },
        Progress::Running => Text { vi: "", en: "" },
        Progress::Waiting => Text {
            vi: "đang chờ IPv6 của điểm đo",
            en: "waits for the vantage point's IPv6",
        },
        Progress::Stopping => Text { vi: "đang dừng", en: "is ending" },
    };
    let number = |count| texts::number(count, lang);
    let counts = format!("{} / {} {}", number(live.finished), number(live.services), OF.get(lang));
    let waits = live.waits_for.as_deref().map(clean);
    let parts =
        [Some(state.get(lang).to_owned()), Some(counts).filter(|_| live.services > 0), waits];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// The schedules of the inventory that is shown; all where none is.
pub fn schedule_lines(
    request: &PageRequest,
    timezone: &str,
    file: Option<&str>,
) -> Vec<ScheduleLine> {
    let lang = request.lang;
    let name_of = |path: &FilePath| path.file_name().map(|name| name.to_owned());
    let wanted = file.map(|file| name_of(FilePath::new(file)));
    let states = request.app.jobs().schedules();
    let own = states
        .into_iter()
        .filter(|state| wanted.as_ref().is_none_or(|wanted| *wanted == name_of(&state.inventory)));
    let line = |state: crate::serve::jobs::ScheduleState| {
        let moment = |at| Moment::at(at, timezone, lang);
        ScheduleLine {
            name: clean(&state.name),
            cron: clean(&state.cron),
            next: state.next.map(moment),
            last: state.last_began.or(state.last_due).map(moment),
            problem: state.problem.or(state.late).as_deref().map(clean).unwrap_or_default(),
        }
    };
    own.map(line).collect()
}

/// The events of a run, until it ends.
pub async fn events(Path(id): Path<String>, request: PageRequest) -> Response {
    if let Err(refusal) = request.visitor.require(Permission::ViewPage(PublicPage::Runs)) {
        return refusal.into_response();
    }
    let lang = request.lang;
    let heard = request.app.jobs().subscribe();
    let now = request.app.jobs().live();
    let Some(live) =
        RunId::parse(&id).ok().and_then(|id| now.into_iter().find(|live| live.run == id))
    else {
        return request.problem(Problem::not_found(said::NO_RUN.get(lang).to_owned()));
    };
    let state = (heard, live.run.clone(), Some(progress(&live, lang)), false);
    let events = stream::unfold(state, move |(mut heard, run, first, is_over)| async move {
        if is_over {
            return None;
        }
        if let Some(first) = first {
            return Some((Ok::<_, Infallible>(first), (heard, run, None, false)));
        }
        loop {
            match heard.recv().await {
                Ok(JobEvent::Run { live }) if live.run == run => {
                    return Some((Ok(progress(&live, lang)), (heard, run, None, false)));
                }
                Ok(JobEvent::Ended { run: ended, .. }) if ended == run => {
                    return Some((
                        Ok(Event::default().event("end").data("{}")),
                        (heard, run, None, true),
                    ));
                }
                // What was missed is in the next event.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response()
}

fn progress(live: &LiveRun, lang: Lang) -> Event {
    let data = json!({
        "done": live.finished, "total": live.services, "text": words(live, lang),
    });
    Event::default().event("progress").data(data.to_string())
}
