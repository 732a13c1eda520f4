//! The page about one's own account: who am I, and what may I do.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::{Html, IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};

use super::frame_of::frame_of;
use super::guard::CurrentSession;
use super::proof::Proof;
use super::refusal::Refusal;
use super::role::{Organisations, Role};
use super::session::SessionTimes;
use super::state::Access;
use super::visitor::{Identity, Visitor};
use super::words::AccountWords;
use crate::model::Lang;
use crate::report::texts;
use crate::serve::pages::frame::Frame;

/// The page.
pub async fn show(
    visitor: Visitor,
    Extension(access): Extension<Arc<Access>>,
    session: Option<Extension<CurrentSession>>,
) -> Response {
    let Identity::User { name, role, organisations, proof } = visitor.identity() else {
        return Refusal::not_logged_in(visitor.wanted()).into_response();
    };
    let lang = visitor.wanted().lang;
    let w = AccountWords::of(lang);
    let times = access.current().config.sessions;
    let session = session.map(|Extension(CurrentSession(session))| session);
    let (role, role_means) = match role {
        Role::Viewer => (w.viewer, w.viewer_means),
        Role::Operator => (w.operator, w.operator_means),
    };
    let page = AccountPage {
        frame: frame_of(&visitor, w.title),
        w,
        name: name.to_string(),
        role,
        role_means,
        acts_for: match (visitor.role(), organisations) {
            (Some(Role::Operator), Organisations::All) => vec![w.everything.to_owned()],
            (Some(Role::Operator), Organisations::Only(ids)) => {
                ids.iter().map(|id| id.to_string()).collect()
            }
            _ => Vec::new(),
        },
        proof: match proof {
            Proof::Password => w.by_password,
            Proof::Oidc => w.by_oidc,
            Proof::Proxy => w.by_proxy,
        },
        since: session.as_ref().map(|one| shown(one.started, lang)).unwrap_or_default(),
        idle: hours(times, lang),
        until: session.as_ref().map(|one| end_of(one.started, times, lang)).unwrap_or_default(),
        sessions: access.sessions.count_of(name, *proof),
        is_proxy: *proof == Proof::Proxy,
    };
    match page.render() {
        Ok(page) => Html(page).into_response(),
        Err(_) => w.title.into_response(),
    }
}

/// By UTC: an account belongs to no inventory, and so to no time zone.
fn shown(time: Timestamp, lang: Lang) -> String {
    let moment = texts::moment(time, "UTC", lang);
    match lang {
        Lang::Vi => format!("{moment} (UTC)"),
        Lang::En => moment,
    }
}

fn hours(times: SessionTimes, lang: Lang) -> String {
    texts::duration(SignedDuration::try_from(times.idle).unwrap_or_default(), lang)
}

fn end_of(started: Timestamp, times: SessionTimes, lang: Lang) -> String {
    let most = SignedDuration::try_from(times.absolute).unwrap_or_default();
    started.saturating_add(most).map(|end| shown(end, lang)).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "serve/access/account.html")]
struct AccountPage {
    frame: Frame,
    w: &'static AccountWords,
    name: String,
    role: &'static str,
    role_means: &'static str,
    acts_for: Vec<String>,
    proof: &'static str,
    since: String,
    idle: String,
    until: String,
    sessions: usize,
    is_proxy: bool,
}
