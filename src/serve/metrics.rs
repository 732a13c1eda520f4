//! `/metrics`: the facts for Prometheus, as its text format or as OpenMetrics.
//!
//! The metrics of an inventory are those of the textfile collector (`report::metrics`), so that one dashboard
//! serves both; the daemon's own come after them ([`daemon`]). One scrape tells of one inventory from one vantage
//! point: `?inventory=` and `?vantage=` choose another than the first.

mod daemon;
mod format;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use self::format::Format;
use super::access::{Permission, PublicPage, Visitor};
use super::app::{App, Shared};
use crate::judge::{ServiceSince, SinceLast};
use crate::model::{Run, Text};
use crate::report::metrics::{self, MetricsContext};
use crate::serve::api::Problem;
use crate::view::Picture;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new().route("/metrics", get(answer))
}

async fn answer(
    State(app): State<Shared>,
    visitor: Visitor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if let Err(refusal) = visitor.require(Permission::ViewPage(PublicPage::Metrics)) {
        return refusal.into_response();
    }
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = Format::accepted(accepted);
    let made = tokio::task::spawn_blocking(move || page(&app, query.as_deref(), format)).await;
    match made {
        Ok(Ok(page)) => {
            let mut response = (StatusCode::OK, page).into_response();
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(VARY, HeaderValue::from_static("accept"));
            response
        }
        Ok(Err(problem)) => problem.respond(&headers),
        Err(_) => Problem::internal("The metrics could not be made.").respond(&headers),
    }
}

/// All metrics of a scrape.
fn page(app: &App, query: Option<&str>, format: Format) -> Result<Vec<u8>, Problem> {
    let chosen = chosen(app, query)?;
    let mut page = Vec::new();
    let written = (|| {
        if let Some(picture) = &chosen {
            write_picture(app, picture, &mut page)?;
            daemon::write_targets(picture, app.now(), &mut page)?;
        }
        daemon::write(app, chosen.as_deref(), format, &mut page)?;
        format.end(&mut page)
    })();
    written.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(page)
}

/// The picture that the query means; `None` while nothing has been judged.
fn chosen(app: &App, query: Option<&str>) -> Result<Option<Arc<Picture>>, Problem> {
    let params = crate::serve::api::Params::of_query(query.unwrap_or_default());
    params.finish(&["inventory", "vantage"])?;
    let pictures = app.view().pictures();
    let vantage = params.value("vantage");
    let Some(word) = params.value("inventory") else {
        let config = app.config();
        let first = config.inventories.first().and_then(|file| file.file_name()?.to_str());
        let of_config = first.and_then(|name| app.view().picture(name, vantage));
        let mut any = pictures.iter();
        let any = any.find(|one| vantage.is_none_or(|name| name == one.track.vantage));
        return Ok(of_config.or_else(|| any.cloned()));
    };
    match app.view().picture(word, vantage) {
        Some(picture) => Ok(Some(picture)),
        None => {
            let words = pictures.iter().map(|one| one.track.word().to_owned()).collect();
            let detail = Text {
                en: "No such inventory has been judged from there.",
                vi: "Không có danh mục nào như vậy đã được đánh giá từ điểm đo đó.",
            };
            Err(Problem::not_found("inventory", detail, words))
        }
    }
}

fn write_picture(app: &App, picture: &Picture, page: &mut Vec<u8>) -> std::io::Result<()> {
    let result = &picture.result;
    let since = picture.since_last.as_ref().map(|moved| SinceLast {
        run: moved.since.id.clone(),
        ended_at: moved.since.ended_at,
        is_rescan: false,
        services: moved
            .services
            .iter()
            .map(|change| ServiceSince::of(change.clone(), picture.service(&change.service.id)))
            .collect(),
    });
    let last_complete: &Run = &result.run;
    let timings = app.jobs().timings(&last_complete.id);
    metrics::write(
        &MetricsContext {
            result,
            since: since.as_ref(),
            last_complete: Some(last_complete),
            requests: None,
            timings: timings.as_deref(),
        },
        page,
    )
}
