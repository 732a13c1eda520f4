//! The pages that people read: rendered here, usable without a script.
//!
//! Each page has a file: a model of what it shows, made from the view, the store and the rules, and its
//! template of the same name below `templates/serve/`. What stands around every page is its [`frame`]. Texts
//! of verdicts, remedies and reasons come from [`report`](crate::report) and the checks' pages, and are said
//! nowhere a second time. A page that changes something does so by a form, which the guard of
//! [`access`](super::access) has looked at before.

mod about;
mod actions;
mod alerts;
mod api;
mod assets;
mod banners;
mod blocks;
mod causes;
mod changes;
mod checks;
mod compare;
mod filter;
pub mod frame;
mod inventory;
pub mod links;
mod live;
mod markdown;
mod open_alerts;
mod organisations;
mod overview;
pub mod preferences;
mod problem;
mod quarters;
mod request;
mod run;
mod runs;
mod section;
mod service;
mod services;
mod shared_causes;
mod texts_of_pages;
mod vantage;
pub mod words;
mod workshop;

#[cfg(test)]
mod tests;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};

use super::app::Shared;
use problem::Problem;
use request::PageRequest;
use workshop::Workshop;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(overview::overview))
        .route("/services", get(services::services))
        .route("/services/{organisation}/{service}", get(service::service))
        .route("/services/{organisation}/{service}/scan", post(actions::scan_service))
        .route("/organisations", get(organisations::organisations))
        .route("/organisations/{organisation}", get(organisations::organisation))
        .route("/organisations/{organisation}/scan", post(actions::scan_organisation))
        .route("/checks", get(checks::checks))
        .route("/checks/{check}", get(checks::check))
        .route("/causes", get(causes::causes))
        .route("/runs", get(runs::runs))
        .route("/runs/compare", get(compare::compare))
        .route("/runs/start", post(actions::scan_all))
        .route("/runs/{run}", get(run::run))
        .route("/runs/{run}/events", get(live::events))
        .route("/runs/{run}/cancel", post(actions::cancel))
        .route("/quarters", get(quarters::quarters))
        .route("/quarters/{quarter}", get(quarters::quarter))
        .route("/quarters/{quarter}/{format}", get(quarters::file))
        .route("/inventory", get(inventory::inventory))
        .route("/inventory/suggestions", get(inventory::suggestions))
        .route(
            "/inventory/check",
            post(inventory::dry_run).layer(DefaultBodyLimit::max(inventory::UPLOAD_OCTETS_MAX)),
        )
        .route("/vantage", get(vantage::vantage))
        .route("/alerts", get(alerts::alerts))
        .route("/alerts/{alert}/acknowledge", post(alerts::acknowledge))
        .route("/alerts/acknowledge", post(alerts::acknowledge_several))
        .route("/alerts/maintenance", post(alerts::add_window))
        .route("/alerts/maintenance/{window}/end", post(alerts::end_window))
        .route("/about", get(about::about))
        .route("/api", get(api::api))
        .route("/preferences", post(preferences::choose))
        .route("/assets/{name}", get(assets::asset))
        .fallback(no_such_page)
        .method_not_allowed_fallback(no_such_method)
        .layer(Extension(Workshop::default()))
}

async fn no_such_page(request: PageRequest) -> Response {
    request.problem(Problem::plain(StatusCode::NOT_FOUND))
}

async fn no_such_method(request: PageRequest) -> Response {
    request.problem(Problem::plain(StatusCode::METHOD_NOT_ALLOWED))
}
