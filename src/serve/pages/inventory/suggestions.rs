//! Names that the newest run came by and the inventory lacks.

use askama::Template;
use axum::Extension;
use axum::response::Response;

use super::shown::InventoryWords;
use crate::evidence::discovered_names::{self, Via};
use crate::evidence::query::View;
use crate::judge;
use crate::model::{Target, Text};
use crate::report::describe::clean;
use crate::serve::access::{Permission, PublicPage};
use crate::serve::app::Shared;
use crate::serve::pages::blocks::Link;
use crate::serve::pages::frame::Frame;
use crate::serve::pages::problem::Problem;
use crate::serve::pages::request::PageRequest;
use crate::serve::pages::section::INVENTORY;
use crate::serve::pages::workshop::{Work, Workshop};
use crate::view::Picture;

/// Names that are shown.
const SHOWN: usize = 300;
/// Ways by which each was found.
const WAYS_SHOWN: usize = 6;

#[derive(Template)]
#[template(path = "serve/suggestions.html")]
struct SuggestionsPage {
    frame: Frame,
    w: &'static InventoryWords,
    up: String,
    rows: Vec<Row>,
    is_working: bool,
}

struct Row {
    organisation: Link,
    target: String,
    ways: Vec<(&'static str, Link)>,
}

/// A name and what it would be, by organisation; how it was found.
struct Found(Vec<judge::Suggestion>);

/// Hands out the page.
pub async fn suggestions(
    Extension(workshop): Extension<Workshop>,
    request: PageRequest,
) -> Response {
    request
        .show_for(Permission::ViewPage(PublicPage::Inventory), move |request| {
            page(request, &workshop)
        })
        .await
}

fn page(request: &PageRequest, workshop: &Workshop) -> Result<SuggestionsPage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let w = InventoryWords::of(lang);
    let (app, shown) = (Shared::clone(&request.app), std::sync::Arc::clone(&picture));
    let name = format!("suggestions {} {}", picture.track.word(), picture.key.run);
    let work = workshop.get(&name, move || look(&app, &shown))?;
    let row = |one: &judge::Suggestion| Row {
        organisation: Link {
            text: clean(picture.organisation_name(&one.organisation)),
            href: links.organisation(&one.organisation),
        },
        target: target(&one.target),
        ways: one
            .seen_by
            .iter()
            .take(WAYS_SHOWN)
            .map(|(id, via)| {
                (words(*via).get(lang), Link { text: id.to_string(), href: links.service(id) })
            })
            .collect(),
    };
    let (rows, is_working) = match &work {
        Work::Done(found) => (found.0.iter().take(SHOWN).map(row).collect(), false),
        Work::GoesOn => (Vec::new(), true),
    };
    let frame = request.frame(&INVENTORY, w.suggestions, Some(&picture));
    Ok(SuggestionsPage {
        up: links.page(INVENTORY.path),
        frame: Frame { refreshes: is_working, ..frame },
        rows,
        is_working,
        w,
    })
}

/// Goes through the evidence of every service.
fn look(app: &Shared, picture: &Picture) -> Result<Found, Problem> {
    let store = app.store()?;
    let (result, inventory) = (&picture.result, &picture.result.inventory);
    let mut found = Vec::new();
    for one in &result.services {
        let id = &one.service.id;
        let run = result.rescans.get(id).map_or(&picture.key.run, |rescan| &rescan.run);
        let evidence = store.evidence_of(run, id)?;
        let dns64 = &result.run.vantage.dns64;
        let view = View::new(&evidence, &inventory.settings, &inventory.networks, dns64)
            .of_service(&one.service);
        found.push((&*one.service, discovered_names::discovered_names(&view, &one.service)));
    }
    Ok(Found(judge::suggestions(inventory, found)))
}

fn target(target: &Target) -> String {
    clean(&target.to_string())
}

fn words(via: Via) -> Text {
    match via {
        Via::Zone => Text { vi: "vùng (zone) của", en: "the zone of" },
        Via::NameServer => Text { vi: "máy chủ tên miền của", en: "a name server of" },
        Via::MailExchanger => Text { vi: "máy chủ thư (MX) của", en: "a mail exchanger of" },
        Via::Redirect => Text { vi: "chuyển hướng của", en: "a redirect of" },
        Via::Resource => Text { vi: "trang chủ của", en: "the front page of" },
        Via::Certificate => Text { vi: "chứng thư số của", en: "the certificate of" },
    }
}
