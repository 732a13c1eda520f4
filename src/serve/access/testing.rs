//! A daemon with a few pages, and browsers that come to it.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Path};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use jiff::Timestamp;
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

use super::csrf::CsrfToken;
use super::guard::ClientAddress;
use super::password::PasswordHash;
use super::proof::Proof;
use super::public_page::PublicPage;
use super::refusal::{Refusal, Why};
use super::role::{Organisations, Permission, Role};
use super::session::SessionTable;
use super::state::Access;
use super::visitor::{Identity, Visitor};
use super::wanted::Wanted;
use crate::model::{Digest, Lang};
use crate::serve::config::ServeConfig;
use crate::serve::config::access::UserConfig;
use crate::store::{SavedSession, StoreError};

/// The password of every user.
pub const PASSWORD: &str = "đúng rồi";

static HASH: LazyLock<PasswordHash> = LazyLock::new(|| PasswordHash::of(PASSWORD).unwrap());

/// A table in memory, which can be made to fail.
#[derive(Default)]
pub struct MemoryTable {
    rows: Mutex<HashMap<Digest, SavedSession>>,
    pub is_full: AtomicBool,
}

impl SessionTable for MemoryTable {
    fn load(&self) -> Result<Vec<SavedSession>, StoreError> {
        Ok(self.rows.lock().unwrap().values().cloned().collect())
    }

    fn save(&self, kept: &[SavedSession], ended: &[Digest]) -> Result<(), StoreError> {
        if self.is_full.load(Ordering::Relaxed) {
            return Err(StoreError::Full { path: PathBuf::from("v6ready.db") });
        }
        let mut rows = self.rows.lock().unwrap();
        ended.iter().for_each(|key| drop(rows.remove(key)));
        rows.extend(kept.iter().map(|row| (row.key, row.clone())));
        Ok(())
    }
}

/// A user whose password is [`PASSWORD`].
pub fn user(name: &str, role: Role, organisations: &[&str]) -> UserConfig {
    UserConfig {
        name: name.into(),
        hash: HASH.clone(),
        role,
        organisations: Organisations::listed(organisations.iter().map(|id| (*id).into())),
    }
}

/// A configuration with a viewer, an operator, and one of the organisation `a`.
pub fn config() -> ServeConfig {
    let mut config = ServeConfig::default();
    config.access.users = vec![
        user("viewer", Role::Viewer, &[]),
        user("operator", Role::Operator, &[]),
        user("of-a", Role::Operator, &["a"]),
    ];
    config
}

/// A daemon.
pub struct World {
    pub access: Arc<Access>,
    pub table: Arc<MemoryTable>,
    clock: Arc<AtomicI64>,
}

impl World {
    pub fn new(config: &ServeConfig) -> Self {
        Self::with(config, Arc::default(), Arc::new(AtomicI64::new(1_800_000_000)))
    }

    fn with(config: &ServeConfig, table: Arc<MemoryTable>, clock: Arc<AtomicI64>) -> Self {
        let tells = Arc::clone(&clock);
        let now = move || Timestamp::from_second(tells.load(Ordering::Relaxed)).unwrap();
        let access = Access::open(config, Arc::clone(&table) as _, Arc::new(now)).unwrap();
        Self { access: Arc::new(access), table, clock }
    }

    /// The same after a restart.
    pub fn restarted(self, config: &ServeConfig) -> Self {
        self.access.write_sessions_blocking();
        Self::with(config, self.table, self.clock)
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    pub fn router(&self) -> Router {
        let router = Router::new()
            .route("/page/{id}", get(page))
            .route("/api/v1/page/{id}", get(page))
            .route("/operate", post(|visitor: Visitor| async move { operate(&visitor, None) }))
            .route("/operate/{id}", post(operate_for))
            .route("/api/v1/operate/{id}", post(operate_for))
            .route("/administer", post(administer))
            .route("/form", get(form))
            .route("/address", get(address))
            .route("/preferences", post(|| async { "kept" }))
            .route("/badge/a.svg", get(|| async { ([(CONTENT_TYPE, "image/svg+xml")], "<svg/>") }))
            .merge(super::routes());
        super::protect(router, &self.access)
    }

    pub fn browser(&self) -> Browser<'_> {
        let peer = SocketAddr::from(([127, 0, 0, 1], 4711));
        Browser { world: self, cookies: BTreeMap::new(), headers: Vec::new(), peer }
    }

    /// A browser in which somebody has logged in.
    pub async fn logged_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.log_in(name, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }
}

async fn page(visitor: Visitor, Path(id): Path<String>) -> Result<String, Refusal> {
    let page = PublicPage::ALL.iter().map(|(page, _)| *page).find(|page| page.id() == id).unwrap();
    visitor.require(Permission::ViewPage(page))?;
    Ok(id)
}

fn operate(visitor: &Visitor, organisation: Option<&str>) -> Result<String, Refusal> {
    visitor.require(Permission::Operate(organisation))?;
    Ok(visitor.actor())
}

async fn operate_for(visitor: Visitor, Path(id): Path<String>) -> Result<String, Refusal> {
    operate(&visitor, Some(&id))
}

async fn administer(visitor: Visitor) -> Result<&'static str, Refusal> {
    visitor.require(Permission::Administer)?;
    Ok("done")
}

async fn form(visitor: Visitor) -> String {
    let csrf = visitor.csrf().map(ToString::to_string).unwrap_or_default();
    format!("<input name=\"csrf\" value=\"{csrf}\">")
}

async fn address(Extension(ClientAddress(address)): Extension<ClientAddress>) -> String {
    address.map(|address| address.to_string()).unwrap_or_default()
}

/// A browser, or a program.
pub struct Browser<'w> {
    world: &'w World,
    pub cookies: BTreeMap<String, String>,
    pub headers: Vec<(&'static str, String)>,
    pub peer: SocketAddr,
}

/// What it got.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The token of the page's form.
    pub fn csrf(&self) -> String {
        let field = "name=\"csrf\" value=\"";
        let values = self.body.split(field).skip(1);
        let value =
            values.map(|rest| rest.split('"').next().unwrap()).find(|text| !text.is_empty());
        value.unwrap_or_default().to_owned()
    }

    pub fn notice(&self) -> &str {
        let rest = self.body.split("data-notice=\"").nth(1).unwrap_or_default();
        rest.split('"').next().unwrap_or_default()
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, Some("application/x-www-form-urlencoded"), Body::from(body)).await
    }

    /// Posts a form of a page that was just fetched.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get("/form").await.csrf();
        self.post(path, &[&[("csrf", csrf.as_str())][..], fields].concat()).await
    }

    pub async fn log_in(&mut self, name: &str, password: &str) -> Answer {
        let csrf = self.get("/login").await.csrf();
        self.post("/login", &[("csrf", &csrf), ("name", name), ("password", password)]).await
    }

    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: Option<&str>,
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let response = self.world.router().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        for cookie in head.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: head.status, headers: head.headers, body }
    }
}

/// An operator as a handler finds her, for tests of other parts.
pub fn operator() -> Visitor {
    Visitor {
        identity: Identity::User {
            name: "an".into(),
            role: Role::Operator,
            organisations: Organisations::All,
            proof: Proof::Password,
        },
        public: Arc::default(),
        csrf: Some(CsrfToken::of(b"key", "forms")),
        wanted: wanted(),
        why_guest: Why::NotLoggedIn,
    }
}

/// Somebody who isn't logged in, as a handler finds her.
pub fn guest(public: &[PublicPage]) -> Visitor {
    Visitor::guest(Arc::new(public.iter().copied().collect()), wanted())
}

fn wanted() -> Wanted {
    let (parts, ()) = Request::builder().uri("/").body(()).unwrap().into_parts();
    Wanted::of(&parts, Lang::En)
}
