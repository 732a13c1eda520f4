//! `/badge`: the state of an organisation or a service as a small picture, to stand on their own pages.
//!
//! `/badge/ORG.svg` says how many of an organisation's services have reached the stage that the policy aims
//! at, `/badge/ORG/SERVICE.svg` says a service's stage; `?lang=` chooses the language. What isn't known is said
//! to be unknown, and data that has become old says how old it is.

mod draw;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use self::draw::Badge;
use super::access::{Permission, PublicPage, Visitor};
use super::api::{Params, Problem};
use super::app::{App, Shared};
use crate::judge::{Counts, Standing, day_of};
use crate::model::{Digest, Lang, ServiceId, Text};
use crate::view::Picture;

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/badge/{file}", get(of_organisation))
        .route("/badge/{organisation}/{file}", get(of_service))
}

async fn of_organisation(
    state: State<Shared>,
    visitor: Visitor,
    Path(file): Path<String>,
    query: RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&state.0, &visitor, (&file, None), query.0, &headers)
}

async fn of_service(
    state: State<Shared>,
    visitor: Visitor,
    Path((organisation, file)): Path<(String, String)>,
    query: RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&state.0, &visitor, (&organisation, Some(&file)), query.0, &headers)
}

fn answer(
    app: &App,
    visitor: &Visitor,
    of: (&str, Option<&str>),
    query: Option<String>,
    headers: &HeaderMap,
) -> Response {
    if let Err(refusal) = visitor.require(Permission::ViewPage(PublicPage::Badges)) {
        return refusal.into_response();
    }
    match badge(app, of, query.as_deref().unwrap_or_default()) {
        Ok(badge) => respond(&badge.svg(), headers),
        Err(problem) => problem.respond(headers),
    }
}

/// The picture is in memory, so making a badge blocks nobody.
fn badge(app: &App, of: (&str, Option<&str>), query: &str) -> Result<Badge, Problem> {
    let params = Params::of_query(query);
    let lang = params.choice("lang", &[("vi", Lang::Vi), ("en", Lang::En)]);
    let lang = lang.unwrap_or(app.config().lang);
    params.finish(&["lang", "inventory"])?;
    let not_found = || {
        let detail = Text {
            en: "There is no such badge: they are at /badge/ORG.svg and /badge/ORG/SERVICE.svg.",
            vi: "Không có huy hiệu này: huy hiệu ở /badge/ORG.svg và /badge/ORG/SERVICE.svg.",
        };
        Problem::not_found("file", detail, Vec::new())
    };
    let stem = |file: &str| file.strip_suffix(".svg").map(str::to_owned);
    let is_chosen = |picture: &&Arc<Picture>| {
        params.value("inventory").is_none_or(|word| picture.track.is_called(word))
    };
    let pictures = app.view().pictures();
    let mut chosen = pictures.iter().filter(is_chosen);
    match of {
        (file, None) => {
            let organisation = stem(file).ok_or_else(not_found)?;
            let counted = |picture: &Arc<Picture>| counts(picture, &organisation);
            let (picture, counts) = chosen
                .find_map(|picture| Some((picture, counted(picture)?)))
                .ok_or_else(not_found)?;
            let day = day_of(picture.result.as_of, &picture.result.inventory.timezone);
            let age = age(app, picture);
            let aim = picture.result.policy.aim();
            let name = picture.organisation_name(&organisation);
            Ok(words::organisation(name, &counts, aim, (day, age), lang))
        }
        (organisation, Some(file)) => {
            let service = stem(file).ok_or_else(not_found)?;
            let id =
                ServiceId { organisation: organisation.into(), service: service.as_str().into() };
            let (picture, result) = chosen
                .find_map(|picture| Some((picture, picture.service(&id)?)))
                .ok_or_else(not_found)?;
            let ended_at = picture.result.rescans.get(&id).map(|rescan| rescan.ended_at);
            let at = ended_at.unwrap_or(picture.result.as_of);
            let day = day_of(at, &picture.result.inventory.timezone);
            let age = age(app, picture);
            Ok(words::service(&result.service.name, result.standing, (day, age), lang))
        }
    }
}

/// Days since the newest whole run ended.
fn age(app: &App, picture: &Picture) -> i64 {
    let seconds = app.now().as_second() - picture.result.as_of.as_second();
    seconds.max(0) / 86_400
}

/// The figures of an organisation; `None` where it has no service.
fn counts(picture: &Picture, organisation: &str) -> Option<Counts> {
    let services = picture.result.services.iter();
    let mut own = services
        .filter(|one| {
            *one.service.id.organisation == *organisation && one.standing != Standing::NotCounted
        })
        .peekable();
    own.peek()?;
    Some(Counts::of(own))
}

fn respond(svg: &str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &Digest::of(svg.as_bytes()).hex()[..32]);
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known.is_some_and(|known| known.contains(&tag)) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => (StatusCode::OK, svg.to_owned()).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    response
}
