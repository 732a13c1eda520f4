//! What forms do: scans are started and cancelled. Each leads back to a page.

use std::path::PathBuf;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::links::service_path;
use super::live::may_cancel;
use super::problem::Problem;
use super::request::{PageRequest, go_to};
use super::texts_of_pages as said;
use crate::model::{RunId, ServiceId, Text};
use crate::serve::access::Permission;
use crate::serve::jobs::{JobError, ScanRequest};

/// Scans the whole inventory.
pub async fn scan_all(request: PageRequest) -> Response {
    request
        .answer(Permission::Operate(None), |request| {
            let run = start(request, Vec::new(), false)?;
            Ok(go_to(&request.links().run(run.as_str())))
        })
        .await
}

/// Scans an organisation's services.
pub async fn scan_organisation(Path(id): Path<String>, request: PageRequest) -> Response {
    let owned = id.clone();
    request
        .answer(Permission::Operate(Some(&id)), move |request| {
            let picture = request.picture()?;
            let mut services = picture.result.inventory.services.iter();
            if !services.any(|service| *service.id.organisation == *owned) {
                return Err(Problem::not_found(said::NO_ORGANISATION.get(request.lang).to_owned()));
            }
            start(request, vec![format!("{owned}/*")], false)?;
            Ok(go_to(&request.links().organisation(&owned)))
        })
        .await
}

/// Scans one service.
pub async fn scan_service(
    Path((organisation, service)): Path<(String, String)>,
    request: PageRequest,
) -> Response {
    let id = ServiceId { organisation: organisation.as_str().into(), service: service.into() };
    request
        .answer(Permission::Operate(Some(&organisation)), move |request| {
            let picture = request.picture()?;
            if !picture.result.inventory.services.iter().any(|service| service.id == id) {
                return Err(Problem::not_found(said::NO_SERVICE.get(request.lang).to_owned()));
            }
            start(request, vec![id.to_string()], false)?;
            Ok(go_to(&request.links().page(&service_path(&id))))
        })
        .await
}

/// Cancels a run.
pub async fn cancel(Path(id): Path<String>, request: PageRequest) -> Response {
    let live = RunId::parse(&id).ok();
    let live =
        live.and_then(|id| request.app.jobs().live().into_iter().find(|live| live.run == id));
    let Some(live) = live else {
        return request.problem(Problem::conflict(NOT_LIVE.get(request.lang).to_owned()));
    };
    // Whoever may not act for all that it looks at is refused as for anything else.
    let permission = match may_cancel(&request, &live) {
        true => live
            .request
            .only
            .first()
            .and_then(|pattern| pattern.split('/').next())
            .map(str::to_owned),
        false => None,
    };
    let run = live.run.clone();
    request
        .answer(Permission::Operate(permission.as_deref()), move |request| {
            request.app.jobs().cancel(&run).map_err(|error| problem(request, &error))?;
            Ok(go_to(&request.links().run(run.as_str())))
        })
        .await
}

/// The configuration's file of the inventory that is shown; the first one where none is.
pub fn inventory_file(request: &PageRequest) -> Result<PathBuf, Problem> {
    let config = request.app.config();
    let files = &config.inventories;
    let none = || Problem::conflict(NO_INVENTORY.get(request.lang).to_owned());
    if request.value("inventory").is_none() {
        return files.first().cloned().ok_or_else(none);
    }
    let picture = request.picture()?;
    let shown = PathBuf::from(&picture.track.inventory_file);
    let is_it = |file: &&PathBuf| **file == shown || file.file_name() == shown.file_name();
    files.iter().find(is_it).cloned().ok_or_else(none)
}

fn start(request: &PageRequest, only: Vec<String>, quick: bool) -> Result<RunId, Problem> {
    let inventory = inventory_file(request)?;
    let wanted = ScanRequest {
        inventory,
        only,
        quick,
        by: request.visitor.actor(),
        ..ScanRequest::default()
    };
    request.app.jobs().start(wanted).map_err(|error| problem(request, &error))
}

const NOT_LIVE: Text = Text {
    vi: "Đợt đo này không còn đang thực hiện hoặc chờ thực hiện.",
    en: "This run is neither under way nor waiting.",
};
const NO_INVENTORY: Text = Text {
    vi: "Cấu hình của hệ thống không có danh mục dịch vụ này nên không đo được.",
    en: "The configuration does not have this inventory, so it can't be scanned from here.",
};
const NOT_RUNNING: Text = Text {
    vi: "Hệ thống đang khởi động hoặc đang dừng nên chưa nhận yêu cầu đo.",
    en: "The daemon is starting or ending, and begins no scans now.",
};
const QUEUE_FULL: Text = Text {
    vi: "Hàng đợi đã đầy. Hãy chờ một đợt đo kết thúc.",
    en: "Too many scans wait already. Wait until one of them has ended.",
};

fn problem(request: &PageRequest, error: &JobError) -> Problem {
    let said = |text: Text| text.get(request.lang).to_owned();
    match error {
        JobError::NotRunning => {
            Problem { text: Some(NOT_RUNNING), ..Problem::plain(StatusCode::SERVICE_UNAVAILABLE) }
        }
        JobError::NoSuchInventory(_) => Problem::conflict(said(NO_INVENTORY)),
        JobError::QueueFull => Problem::conflict(said(QUEUE_FULL)),
        JobError::NoSuchRun(_) => Problem::conflict(said(NOT_LIVE)),
        JobError::Store(_) => Problem::unavailable(error, None),
    }
}
