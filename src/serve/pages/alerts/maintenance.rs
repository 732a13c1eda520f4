//! When services are worked on.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::model::{Selection, Text};
use crate::report::describe::clean;
use crate::serve::access::Permission;
use crate::serve::pages::blocks::Moment;
use crate::serve::pages::problem::Problem;
use crate::serve::pages::request::{PageRequest, go_to, unreadable_form};
use crate::store::{MaintenanceWindow, Store};
use crate::view::Picture;

/// Characters of a note.
pub const NOTE_MAX: usize = 500;
/// Patterns of one window.
const PATTERNS_MAX: usize = 50;

/// A window in the list.
pub struct WindowLine {
    /// From when on.
    pub from: Moment,
    /// Until when.
    pub to: Moment,
    /// Which services.
    pub only: String,
    /// What is done.
    pub note: String,
    /// Who announced it.
    pub by: String,
    /// Where the form that ends it is sent; empty where the reader may not, or it is configured.
    pub end: String,
}

/// The windows that last or are to come: those of the configuration, and those that were announced here.
pub fn window_lines(
    request: &PageRequest,
    picture: &Picture,
    store: &Store,
) -> Result<Vec<WindowLine>, Problem> {
    let (lang, timezone) = (request.lang, &picture.result.inventory.timezone);
    let moment = |at| Moment::at(at, timezone, lang);
    let may_end = request.visitor.may_operate(None);
    let line = |window: MaintenanceWindow| WindowLine {
        from: moment(window.begins_at),
        to: moment(window.ends_at),
        only: clean(&window.only.join(", ")),
        note: clean(&window.note),
        by: clean(&window.by),
        end: match may_end {
            true => request.links().page(&format!("/alerts/maintenance/{}/end", window.number)),
            false => String::new(),
        },
    };
    let now = request.app.now();
    let config = request.app.config();
    let configured = config.alerts.maintenance.iter().filter_map(|window| {
        let (begins_at, ends_at) = window.span().filter(|(_, ends_at)| *ends_at > now)?;
        let own = WindowLine {
            from: moment(begins_at),
            to: moment(ends_at),
            only: clean(&window.patterns().join(", ")),
            note: window.note.as_deref().map(clean).unwrap_or_default(),
            by: CONFIGURATION.get(lang).to_owned(),
            end: String::new(),
        };
        Some((begins_at, own))
    });
    let announced = store.maintenance(now)?;
    let mut all: Vec<(Timestamp, WindowLine)> = configured.collect();
    all.extend(announced.into_iter().map(|window| (window.begins_at, line(window))));
    all.sort_by_key(|(begins_at, _)| *begins_at);
    Ok(all.into_iter().map(|(_, line)| line).collect())
}

/// What the form sends that announces a window.
#[derive(Debug, Deserialize)]
pub struct NewWindow {
    from: String,
    to: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    note: String,
}

const CONFIGURATION: Text = Text { vi: "tệp cấu hình", en: "the configuration" };
const A_TIME: Text =
    Text { vi: "thời điểm dạng 2026-11-30T22:00", en: "a time as 2026-11-30T22:00" };
const ENDS_FIRST: Text = Text {
    vi: "Thời điểm kết thúc phải sau thời điểm bắt đầu và sau hiện tại.",
    en: "The window must end after it begins, and after now.",
};
const NO_WINDOW: Text =
    Text { vi: "Không có thời gian bảo trì này.", en: "There is no such window." };

/// Announces a window.
pub async fn add_window(
    request: PageRequest,
    form: Result<Form<NewWindow>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return unreadable_form(&request, StatusCode::BAD_REQUEST);
    };
    request
        .answer(Permission::Operate(None), move |request| {
            let picture = request.picture()?;
            let timezone = &picture.result.inventory.timezone;
            let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
            let time = |key: &str, text: &str| -> Result<Timestamp, Problem> {
                let read = text.trim().parse::<DateTime>().ok();
                let read = read.and_then(|time| zone.to_timestamp(time).ok());
                let wanted = A_TIME.get(request.lang);
                read.ok_or_else(|| Problem::bad(request.wrong(key, text, wanted), Vec::new()))
            };
            let (begins_at, ends_at) = (time("from", &form.from)?, time("to", &form.to)?);
            let now = request.app.now();
            if ends_at <= begins_at || ends_at <= now {
                return Err(Problem::bad(ENDS_FIRST.get(request.lang).to_owned(), Vec::new()));
            }
            let patterns =
                form.only.split([',', '\n']).map(str::trim).filter(|one| !one.is_empty());
            let only: Vec<String> = patterns.take(PATTERNS_MAX).map(str::to_owned).collect();
            if let Err(error) = Selection::parse(only.iter().map(String::as_str)) {
                return Err(Problem::bad(error.to_string(), Vec::new()));
            }
            let window = MaintenanceWindow {
                number: 0,
                begins_at,
                ends_at,
                only,
                note: form.note.trim().chars().take(NOTE_MAX).collect(),
                by: request.visitor.actor(),
            };
            request.app.store()?.add_maintenance(&window)?;
            Ok(go_to(&request.links().page("/alerts")))
        })
        .await
}

/// Ends a window, or takes it back.
pub async fn end_window(Path(number): Path<String>, request: PageRequest) -> Response {
    request
        .answer(Permission::Operate(None), move |request| {
            let none = || Problem::not_found(NO_WINDOW.get(request.lang).to_owned());
            let number: i64 = number.parse().map_err(|_| none())?;
            match request.app.store()?.end_maintenance(number, request.app.now())? {
                true => Ok(go_to(&request.links().page("/alerts"))),
                false => Err(none()),
            }
        })
        .await
}
