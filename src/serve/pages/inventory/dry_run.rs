//! A dry run: another inventory is read, and told what is wrong with it and what it would change.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::StatusCode;
use axum::response::Response;

use super::shown::{FAULTS_SHOWN, FaultBlock, InventoryWords, particulars};
use crate::inventory;
use crate::inventory::INVENTORY_OCTETS_MAX;
use crate::model::Text;
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::Permission;
use crate::serve::pages::frame::Frame;
use crate::serve::pages::problem::Problem;
use crate::serve::pages::request::{PageRequest, unreadable_form};
use crate::serve::pages::section::INVENTORY;

/// Octets of the whole form.
pub const UPLOAD_OCTETS_MAX: usize = INVENTORY_OCTETS_MAX + (64 << 10);
/// Services that are named on each side.
const NAMED_MAX: usize = 200;

const NO_FILE: Text = Text {
    vi: "Chưa chọn tệp nào để kiểm tra.",
    en: "No file was chosen to be looked at.",
};
const BROKEN_OFF: Text = Text {
    vi: "Tệp tải lên bị ngắt giữa chừng hoặc vượt quá giới hạn.",
    en: "The upload was broken off, or is over the limit.",
};

#[derive(Template)]
#[template(path = "serve/dry_run.html")]
struct DryRunPage {
    frame: Frame,
    w: &'static InventoryWords,
    up: String,
    is_good: bool,
    meta: Vec<(&'static str, String)>,
    faults: Vec<FaultBlock>,
    more_faults: String,
    added: Vec<String>,
    removed: Vec<String>,
    knows_current: bool,
}

/// Looks at an uploaded file.
pub async fn dry_run(
    request: PageRequest,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let Ok(mut form) = form else {
        return unreadable_form(&request, StatusCode::BAD_REQUEST);
    };
    let mut found: Option<(String, Vec<u8>)> = None;
    loop {
        match form.next_field().await {
            Ok(Some(field)) if field.name() == Some("file") => {
                let name = field.file_name().map(clean).filter(|name| !name.is_empty());
                match field.bytes().await {
                    Ok(octets) => {
                        found =
                            Some((name.unwrap_or("inventory.yaml".to_owned()), octets.to_vec()));
                    }
                    Err(_) => return too_large(&request),
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(_) => return too_large(&request),
        }
    }
    request
        .show_for(Permission::Operate(None), move |request| {
            let file = found.filter(|(_, octets)| !octets.is_empty());
            let none = || Problem::bad(NO_FILE.get(request.lang).to_owned(), Vec::new());
            let (name, octets) = file.ok_or_else(none)?;
            Ok(page(request, &name, &octets))
        })
        .await
}

fn too_large(request: &PageRequest) -> Response {
    let problem = Problem::plain(StatusCode::PAYLOAD_TOO_LARGE);
    request.problem(Problem { message: Some(BROKEN_OFF.get(request.lang).to_owned()), ..problem })
}

fn page(request: &PageRequest, name: &str, octets: &[u8]) -> DryRunPage {
    let (lang, links) = (request.lang, request.links());
    let w = InventoryWords::of(lang);
    let picture = request.picture().ok();
    let (parsed, faults) = match inventory::parse(octets, name) {
        Ok(parsed) => {
            let warnings = parsed.warnings.clone();
            (Some(parsed), warnings)
        }
        Err(diagnostics) => (None, diagnostics.iter().cloned().collect()),
    };
    let ids = |inventory: &crate::model::Inventory| -> BTreeSet<String> {
        inventory.services.iter().map(|service| service.id.to_string()).collect()
    };
    let current = picture.as_ref().map(|picture| ids(&picture.result.inventory));
    let proposed = parsed.as_ref().map(|parsed| ids(&parsed.inventory));
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    if let (Some(current), Some(proposed)) = (&current, &proposed) {
        added = proposed.difference(current).take(NAMED_MAX).cloned().collect();
        removed = current.difference(proposed).take(NAMED_MAX).cloned().collect();
    }
    let count = faults.len();
    DryRunPage {
        up: links.page(INVENTORY.path),
        is_good: parsed.is_some(),
        meta: parsed
            .as_ref()
            .map(|parsed| particulars(request, &parsed.inventory))
            .unwrap_or_default(),
        faults: faults.iter().take(FAULTS_SHOWN).map(FaultBlock::of).collect(),
        more_faults: match count.saturating_sub(FAULTS_SHOWN) {
            0 => String::new(),
            more => format!("{} {}", texts::MORE.get(lang), texts::number(more, lang)),
        },
        added,
        removed,
        knows_current: current.is_some() && parsed.is_some(),
        frame: Frame {
            judged: Vec::new(),
            ..request.frame(&INVENTORY, &format!("{}: {name}", w.dry_run), picture.as_deref())
        },
        w,
    }
}
