//! The inventory: as it is read now, what is wrong with it, names that the scans came by, and a dry run of
//! another one.

mod dry_run;
mod shown;
mod suggestions;

use std::path::PathBuf;

use askama::Template;
use axum::response::Response;

pub use dry_run::{UPLOAD_OCTETS_MAX, dry_run};
use shown::{FAULTS_SHOWN, FaultBlock, InventoryWords, particulars};
pub use suggestions::suggestions;

use super::actions::inventory_file;
use super::frame::Frame;
use super::organisations::may_see_contacts;
use super::problem::Problem;
use super::request::PageRequest;
use super::section::INVENTORY;
use crate::inventory;
use crate::inventory::{Diagnostic, Parsed, Weight};
use crate::model::Inventory;
use crate::report::describe::clean;
use crate::report::texts;
use crate::runs::load;
use crate::serve::access::PublicPage;

#[derive(Template)]
#[template(path = "serve/inventory.html")]
struct InventoryPage {
    frame: Frame,
    w: &'static InventoryWords,
    meta: Vec<(&'static str, String)>,
    notice: (&'static str, &'static str),
    organisations: Vec<(String, String, String, String)>,
    faults: Vec<FaultBlock>,
    more_faults: String,
    suggestions: Option<String>,
    upload: Option<String>,
}

/// Hands out the page.
pub async fn inventory(request: PageRequest) -> Response {
    request.show(PublicPage::Inventory, page).await
}

fn page(request: &PageRequest) -> Result<InventoryPage, Problem> {
    let (lang, links) = (request.lang, request.links());
    let w = InventoryWords::of(lang);
    let picture = match request.picture() {
        Ok(picture) => Some(picture),
        Err(problem) if problem.status.is_success() => None,
        Err(problem) => return Err(problem),
    };
    let file = inventory_file(request).or_else(|problem| {
        let shown = picture.as_ref().map(|picture| PathBuf::from(&picture.track.inventory_file));
        shown.ok_or(problem)
    })?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (parsed, faults) = read(&file, &name);
    let mut meta = vec![(w.file, clean(&name))];
    let mut organisations = Vec::new();
    // Where the file can't be read, what the newest run had of it.
    let inventory = parsed.as_ref().map(|parsed| &parsed.inventory);
    let inventory = inventory.or(picture.as_ref().map(|picture| &*picture.result.inventory));
    if let Some(inventory) = inventory {
        meta.extend(particulars(request, inventory));
        organisations = organisations_of(request, inventory);
    }
    let is_broken = faults.iter().any(|fault| fault.weight == Weight::Error);
    let scanned = picture.as_ref().map(|picture| &picture.result.inventory.sha256);
    let read_now = parsed.as_ref().map(|parsed| &parsed.inventory.sha256);
    let notice = match (&parsed, is_broken) {
        (None, false) => ("bad", w.unreadable),
        (_, true) => ("bad", w.broken),
        _ if scanned.is_some() && scanned != read_now => ("told", w.changed),
        _ => ("", ""),
    };
    let count = faults.len();
    let may_try = request.visitor.may_operate(None);
    Ok(InventoryPage {
        meta,
        notice,
        organisations,
        faults: faults.iter().take(FAULTS_SHOWN).map(FaultBlock::of).collect(),
        more_faults: match count.saturating_sub(FAULTS_SHOWN) {
            0 => String::new(),
            more => format!("{} {}", texts::MORE.get(lang), texts::number(more, lang)),
        },
        suggestions: picture.as_ref().map(|_| links.page("/inventory/suggestions")),
        upload: may_try.then(|| links.page("/inventory/check")),
        frame: request.frame(&INVENTORY, texts::INVENTORY.get(lang), picture.as_deref()),
        w,
    })
}

/// An inventory's file as it is now, with all that is wrong with it.
fn read(file: &std::path::Path, name: &str) -> (Option<Parsed>, Vec<Diagnostic>) {
    let Ok(text) = load::inventory_text(file) else { return (None, Vec::new()) };
    match inventory::parse(&text, name) {
        Ok(parsed) => {
            let folder = file.parent().unwrap_or(std::path::Path::new(""));
            let mut faults = load::problems_of_files(&parsed, folder).unwrap_or_default();
            faults.extend(parsed.warnings.iter().cloned());
            (Some(parsed), faults)
        }
        Err(diagnostics) => (None, diagnostics.iter().cloned().collect()),
    }
}

/// Each organisation: its page, name, contact, services.
fn organisations_of(
    request: &PageRequest,
    inventory: &Inventory,
) -> Vec<(String, String, String, String)> {
    let shows_contacts = may_see_contacts(request);
    let row = |organisation: &crate::model::Organisation| {
        let own = |service: &&std::sync::Arc<crate::model::Service>| {
            service.id.organisation == organisation.id
        };
        let count = inventory.services.iter().filter(own).count();
        let contact = organisation.contact.as_deref().filter(|_| shows_contacts);
        (
            organisation.id.to_string(),
            clean(&organisation.name),
            contact.map(clean).unwrap_or_default(),
            texts::number(count, request.lang),
        )
    };
    inventory.organisations.iter().map(row).collect()
}
