//! The alerts: those that last and those that are over, who took note of them, and when services are worked
//! on.

mod maintenance;

use std::collections::HashSet;

use askama::Template;
use axum::body::Bytes;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use url::form_urlencoded;

use maintenance::{NOTE_MAX, WindowLine, window_lines};
pub use maintenance::{add_window, end_window};

use super::blocks::{Link, Moment, Pager};
use super::filter::choice;
use super::frame::Frame;
use super::open_alerts::key_of;
use super::problem::Problem;
use super::request::{PageRequest, go_to, unreadable_form};
use super::section::ALERTS;
use super::words::words;
use crate::model::Text;
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::{Permission, PublicPage};
use crate::serve::alerts::alert::Alert;
use crate::serve::alerts::texts as said;
use crate::store::{Acknowledgement, AlertFilter};
use crate::view::Picture;

/// Alerts of a page.
const PER_PAGE: usize = 100;

words! {
    /// The words of the page.
    AlertsWords {
        open: "Chưa khắc phục", "Lasting";
        all: "Gồm cả đã khắc phục", "With those that are over";
        nothing_open: "Không có cảnh báo nào chưa khắc phục.", "No alert lasts.";
        nothing: "Chưa có cảnh báo nào.", "There has been no alert yet.";
        began: "Bắt đầu", "Began";
        ended: "Kết thúc", "Ended";
        taken: "Người xác nhận", "Taken note of";
        take: "Xác nhận", "Acknowledge";
        take_note: "Ghi chú khi xác nhận", "A note on it";
        take_which: "Xác nhận cảnh báo của các dịch vụ", "Acknowledge the alerts of these services";
        windows: "Thời gian bảo trì", "Maintenance windows";
        windows_about: "Trong thời gian bảo trì, thay đổi của các dịch vụ được chọn không được thông báo.", "Changes of the chosen services are not told while a window lasts.";
        no_windows: "Không có thời gian bảo trì nào sắp tới hoặc đang diễn ra.", "No window lasts or is to come.";
        which: "Dịch vụ", "Services";
        by: "Người khai báo", "By";
        add: "Thêm", "Add";
        only: "Dịch vụ (mẫu, cách nhau bằng dấu phẩy; trống là tất cả)", "Services (patterns, with commas between; empty for all)";
        end_now: "Kết thúc", "End it";
        from: "Từ (giờ của danh mục)", "From (by the inventory's clocks)";
        to: "Đến (giờ của danh mục)", "To (by the inventory's clocks)";
    }
}

const NO_ALERT_CHOSEN: Text = Text {
    vi: "Chưa chọn cảnh báo nào để xác nhận.",
    en: "No alert was chosen to take note of.",
};
const NO_ALERT: Text = Text { vi: "Không có cảnh báo này.", en: "There is no such alert." };

#[derive(Template)]
#[template(path = "serve/alerts.html")]
struct AlertsPage {
    frame: Frame,
    w: &'static AlertsWords,
    shows_all: bool,
    open_href: String,
    all_href: String,
    rows: Vec<AlertLine>,
    pager: Pager,
    windows: Vec<WindowLine>,
    may_add: bool,
    add_action: String,
    take_action: String,
    note_max: usize,
}

/// Alerts that differ in nothing but their service.
struct AlertLine {
    /// The first one's id.
    id: String,
    title: String,
    particulars: String,
    check: Option<Link>,
    services: Vec<ServiceOfAlert>,
    severity_id: &'static str,
    severity: &'static str,
    began: Moment,
    ended: Option<Moment>,
    taken: Vec<(String, Moment, String)>,
    /// Whether the reader may take note of them.
    may_take: bool,
}

/// A service that has an alert.
struct ServiceOfAlert {
    /// The alert's id.
    alert: String,
    link: Link,
    name: String,
}

impl AlertLine {
    /// Takes up what differs in nothing but its service.
    fn joins(&self, other: &Self) -> bool {
        let key = |line: &Self| {
            let check = line.check.as_ref().map(|check| check.text.clone());
            let ended = line.ended.as_ref().map(|ended| ended.iso.clone());
            let taken =
                line.taken.iter().map(|(by, at, note)| (by.clone(), at.iso.clone(), note.clone()));
            (
                (line.title.clone(), line.particulars.clone(), check, line.severity_id),
                (line.began.iso.clone(), ended, taken.collect::<Vec<_>>(), line.may_take),
            )
        };
        !self.services.is_empty() && !other.services.is_empty() && key(self) == key(other)
    }
}

/// The lines, with those of the same as the first of them, in their order.
fn joined(lines: Vec<AlertLine>) -> Vec<AlertLine> {
    let mut all: Vec<AlertLine> = Vec::new();
    for line in lines {
        match all.iter_mut().find(|known| known.joins(&line)) {
            Some(known) => known.services.extend(line.services),
            None => all.push(line),
        }
    }
    for line in &mut all {
        line.services.sort_by(|a, b| a.link.text.cmp(&b.link.text));
    }
    all
}

/// Hands out the page.
pub async fn alerts(request: PageRequest) -> Response {
    request.show(PublicPage::Alerts, page).await
}

fn page(request: &PageRequest) -> Result<AlertsPage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let shows_all = choice(request, "state", &["open", "all"], |word| word)? == Some("all");
    let number = request.page()?;
    let store = request.app.store()?;
    let filter = AlertFilter {
        inventory: Some(key_of(&picture)),
        is_open: !shows_all,
        // One more than is shown tells whether there is another page.
        limit: PER_PAGE + 1,
        offset: (number - 1).saturating_mul(PER_PAGE),
        ..AlertFilter::default()
    };
    let found = store.alerts(&filter)?;
    let pages = if found.len() > PER_PAGE { number + 1 } else { number };
    let taken: HashSet<String> = match shows_all {
        true => found.iter().map(|alert| alert.id.clone()).collect(),
        false => store.acknowledged_alerts()?.into_iter().collect(),
    };
    let lines = found.iter().take(PER_PAGE).map(|stored| {
        let notes = match taken.contains(&stored.id) {
            true => store.acknowledgements(&stored.id)?,
            false => Vec::new(),
        };
        Ok(line(request, &picture, &Alert::of_stored(stored), notes))
    });
    Ok(AlertsPage {
        w: AlertsWords::of(lang),
        shows_all,
        open_href: links.page("/alerts"),
        all_href: links.to("/alerts", &[("state", "all")]),
        rows: joined(lines.collect::<Result<_, Problem>>()?),
        take_action: links.page("/alerts/acknowledge"),
        pager: Pager::of(number, pages, lang, |page| {
            request.with("page", &if page == 1 { String::new() } else { page.to_string() })
        }),
        windows: window_lines(request, &picture, &store)?,
        may_add: request.visitor.may_operate(None),
        add_action: links.page("/alerts/maintenance"),
        note_max: NOTE_MAX,
        frame: request.frame(&ALERTS, ALERTS.name.get(lang), Some(&picture)),
    })
}

fn line(
    request: &PageRequest,
    picture: &Picture,
    alert: &Alert,
    notes: Vec<Acknowledgement>,
) -> AlertLine {
    let (lang, links) = (request.lang, request.links());
    let timezone = &picture.result.inventory.timezone;
    let moment = |at| Moment::at(at, timezone, lang);
    let organisation = alert.service.as_ref().map(|id| &*id.organisation);
    let may_take = alert.is_open() && request.visitor.may_operate(organisation);
    let is_there = |id: &&crate::model::ServiceId| picture.service(id).is_some();
    AlertLine {
        id: alert.id.clone(),
        title: said::title(alert, lang),
        particulars: clean(&said::particulars(alert, lang)),
        check: alert
            .check()
            .map(|check| Link { text: check.id.to_owned(), href: links.check(check.id) }),
        services: alert
            .service
            .iter()
            .map(|id| ServiceOfAlert {
                alert: alert.id.clone(),
                link: Link {
                    text: id.to_string(),
                    href: Some(id).filter(is_there).map(|id| links.service(id)).unwrap_or_default(),
                },
                name: alert.detail.service_name.as_deref().map(clean).unwrap_or_default(),
            })
            .collect(),
        severity_id: alert.severity.id(),
        severity: texts::severity(alert.severity).get(lang),
        began: moment(alert.began_at),
        ended: alert.resolved_at.map(moment),
        taken: notes
            .into_iter()
            .map(|note| (clean(&note.by), moment(note.at), clean(&note.note)))
            .collect(),
        may_take,
    }
}

/// What the form sends that takes note of an alert.
#[derive(Debug, Deserialize)]
pub struct Note {
    #[serde(default)]
    note: String,
}

/// Takes note of an alert.
pub async fn acknowledge(
    Path(id): Path<String>,
    request: PageRequest,
    form: Result<Form<Note>, FormRejection>,
) -> Response {
    let Ok(Form(Note { note })) = form else {
        return unreadable_form(&request, StatusCode::BAD_REQUEST);
    };
    take_note(request, vec![id], note).await
}

/// Takes note of several alerts: each `alert` of the form.
pub async fn acknowledge_several(request: PageRequest, form: Bytes) -> Response {
    let (mut ids, mut note) = (Vec::new(), String::new());
    for (name, value) in form_urlencoded::parse(&form).take(PER_PAGE + 10) {
        match &*name {
            "alert" => ids.push(value.into_owned()),
            "note" => note = value.into_owned(),
            _ => {}
        }
    }
    if ids.is_empty() {
        let message = NO_ALERT_CHOSEN.get(request.lang).to_owned();
        return request.problem(Problem::bad(message, Vec::new()));
    }
    take_note(request, ids, note).await
}

async fn take_note(request: PageRequest, ids: Vec<String>, note: String) -> Response {
    // Who may see alerts is told whether there is this one; who may act for its organisation takes note.
    request
        .answer(Permission::ViewPage(PublicPage::Alerts), move |request| {
            let store = request.app.store()?;
            let none = || Problem::not_found(NO_ALERT.get(request.lang).to_owned());
            for id in &ids {
                let stored = store.alert(id)?.ok_or_else(none)?;
                let permission = Permission::Operate(stored.organisation.as_deref());
                if let Err(refusal) = request.visitor.require(permission) {
                    return Ok(axum::response::IntoResponse::into_response(refusal));
                }
            }
            let taken = Acknowledgement {
                by: request.visitor.actor(),
                at: request.app.now(),
                note: note.trim().chars().take(NOTE_MAX).collect(),
            };
            for id in &ids {
                if !store.acknowledge_alert(id, &taken)? {
                    return Err(none());
                }
            }
            request.app.jobs().tell(crate::serve::jobs::JobEvent::Alerts);
            Ok(go_to(&request.links().page("/alerts")))
        })
        .await
}
