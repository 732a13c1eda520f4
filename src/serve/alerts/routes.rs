//! The page by which a contact ends its mails: open to whoever has the signed link, because a mail program has no
//! log-in (RFC 8058). A GET changes nothing: programs that look at links in mails make one.

use std::sync::Arc;

use askama::Template as _;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{texts, unsubscribe};
use crate::model::Lang;
use crate::serve::access::visitor::Visitor;
use crate::serve::app::Shared;
use crate::store::{Store, StoreError};

/// The routes of this part.
pub fn routes() -> Router<Shared> {
    Router::new().route("/alerts/unsubscribe", get(ask).post(end))
}

/// What a link says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Link {
    organisation: String,
    address: String,
    signature: String,
    /// Whether it is to be taken back.
    again: Option<String>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Ask,
    Ended,
    Again,
    BadLink,
    Failed,
}

#[derive(askama::Template)]
#[template(path = "serve/alerts/unsubscribe.html")]
struct Page<'a> {
    link: &'a Link,
    /// What the form of somebody who is logged in has to carry.
    csrf: Option<String>,
    step: Step,
    lang: Lang,
}

impl Page<'_> {
    fn tag(&self) -> &'static str {
        self.lang.tag()
    }

    fn end_button(&self) -> &'static str {
        texts::UNSUBSCRIBE.get(self.lang)
    }

    fn again_button(&self) -> &'static str {
        texts::SUBSCRIBE_AGAIN.get(self.lang)
    }

    fn text(&self) -> &'static str {
        match self.step {
            Step::Ask => texts::ASK_END,
            Step::Ended => texts::HAS_ENDED,
            Step::Again => texts::GOES_ON,
            Step::BadLink => texts::BAD_LINK,
            Step::Failed => texts::NOT_KEPT,
        }
        .get(self.lang)
    }
}

async fn ask(State(app): State<Shared>, visitor: Visitor, Query(link): Query<Link>) -> Response {
    let step = match is_good(&app, &link).await {
        Ok(true) => Step::Ask,
        Ok(false) => Step::BadLink,
        Err(_) => Step::Failed,
    };
    page(&app, &visitor, &link, step)
}

async fn end(State(app): State<Shared>, visitor: Visitor, Query(link): Query<Link>) -> Response {
    match is_good(&app, &link).await {
        Ok(true) => {}
        Ok(false) => return page(&app, &visitor, &link, Step::BadLink),
        Err(_) => return page(&app, &visitor, &link, Step::Failed),
    }
    let (db, now, kept) = (app.db().to_owned(), app.now(), link.clone());
    let written = tokio::task::spawn_blocking(move || -> Result<(), StoreError> {
        let store = Store::open_existing(&db)?;
        match kept.again {
            Some(_) => store.subscribe_again(&kept.address, &kept.organisation),
            None => store.unsubscribe(&kept.address, &kept.organisation, now),
        }
    });
    let step = match written.await {
        Ok(Ok(())) if link.again.is_some() => Step::Again,
        Ok(Ok(())) => Step::Ended,
        Ok(Err(error)) => {
            tracing::error!(%error, "that a contact wants no more mail can't be kept");
            Step::Failed
        }
        Err(_) => Step::Failed,
    };
    page(&app, &visitor, &link, step)
}

async fn is_good(app: &Shared, link: &Link) -> Result<bool, StoreError> {
    let (app, link) = (Arc::clone(app), link.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let secret = Store::open_existing(app.db())?.secret(unsubscribe::SECRET)?;
        let Link { organisation, address, signature, .. } = &link;
        Ok(unsubscribe::is_signed(&secret, address, organisation, signature))
    });
    looked.await.unwrap_or(Ok(false))
}

fn page(app: &Shared, visitor: &Visitor, link: &Link, step: Step) -> Response {
    let config = app.config();
    let lang = config.alerts.contacts.as_ref().map_or(config.lang, |contacts| contacts.lang);
    let status = match step {
        Step::Ask | Step::Ended | Step::Again => StatusCode::OK,
        Step::BadLink => StatusCode::FORBIDDEN,
        Step::Failed => StatusCode::SERVICE_UNAVAILABLE,
    };
    let csrf = visitor.csrf().map(ToString::to_string);
    let html = Page { link, csrf, step, lang }.render().unwrap_or_default();
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
