//! A daemon over a store, and requests to its pages in the process.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::{Extension, Router};
use jiff::Timestamp;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::model::{Run, RunId, Vantage};
use crate::serve::access::testing::{guest, operator};
use crate::serve::access::{PublicPage, Visitor};
use crate::serve::app::{App, Places, Shared};
use crate::serve::config::ServeConfig;
use crate::serve::pages;
use crate::store::{RunInputs, Store};

/// The texts of an inventory that somebody wrote to harm whoever reads it.
const HOSTILE: &str = r#"
version: 1
timezone: Asia/Ho_Chi_Minh
title: "<script>alert('title')</script>"
organisations:
  - id: o
    name: "\"><img src=x onerror=alert(1)> \u202e"
    contact: "<script>@example"
    services:
      - id: a
        name: "</title><script>alert(1)</script>"
        category: portal
        web: "https://www.example/'><script>alert(1)</script>"
      - id: b
        name: "' onmouseover='alert(1)"
        category: public-service
        mail: "mail.example"
        exemption: {reason: "<img src=x>", until: 2027-01-01}
"#;

/// A daemon.
pub struct Site {
    folder: TempDir,
    app: Shared,
    visitor: Visitor,
}

/// What came back.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Site {
    /// Over the run of the demonstration's province.
    pub fn of_demo() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let file = File::open(root.join("tests/data/lab-run.v6ready")).unwrap();
        Self::over(|db, _| {
            Store::open(db).unwrap().import(file, None).unwrap();
            Vec::new()
        })
    }

    /// Over three runs of two days of an inventory whose texts are hostile.
    pub fn of_hostile_inventory() -> Self {
        Self::over(|db, folder| {
            let file = folder.join("hostile.yaml");
            std::fs::write(&file, HOSTILE).unwrap();
            let parsed = crate::inventory::parse(HOSTILE.as_bytes(), "hostile.yaml")
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            let mut store = Store::open(db).unwrap();
            let times = ["2026-11-01T01:00:00Z", "2026-11-02T01:00:00Z", "2026-11-02T05:30:00Z"];
            for (number, time) in times.into_iter().enumerate() {
                let started_at: Timestamp = time.parse().unwrap();
                let mut run = Run {
                    id: RunId::parse(&format!("run{number}")).unwrap(),
                    started_at,
                    finished_at: None,
                    vantage: Vantage::new("<script>here", &[]),
                    version: "0".into(),
                    complete: false,
                };
                let policy = "ipv6-for-gov";
                let inputs = RunInputs {
                    inventory_file: file.display().to_string(),
                    inventory_id: None,
                    inventory: HOSTILE.as_bytes().to_vec(),
                    only: Vec::new(),
                    settings: parsed.inventory.settings.clone(),
                    policy_name: policy.into(),
                    policy_yaml: crate::policy::built_in(policy).unwrap().into(),
                };
                let recorder = store.begin(&run, &inputs).unwrap();
                run.finished_at = Some(started_at);
                run.complete = true;
                recorder.finish(&run).unwrap();
            }
            vec![file]
        })
    }

    fn over(fill: impl FnOnce(&std::path::Path, &std::path::Path) -> Vec<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("v6ready.db");
        let inventories = fill(&db, folder.path());
        let config = ServeConfig { inventories, ..ServeConfig::default() };
        let now: Timestamp = "2026-12-01T02:00:00Z".parse().unwrap();
        let places = Places { db, config: None };
        let app = App::open(places, config, Arc::new(move || now)).unwrap();
        app.begin_view();
        Self { folder, app, visitor: operator() }
    }

    /// The same for those who aren't logged in.
    pub fn for_guests(self, public: &[PublicPage]) -> Self {
        Self { visitor: guest(public), ..self }
    }

    fn router(&self) -> Router {
        assert!(self.folder.path().exists());
        pages::routes().layer(Extension(self.visitor.clone())).with_state(Arc::clone(&self.app))
    }

    /// Asks for a page.
    pub async fn get(&self, address: &str, lang: &str) -> Page {
        let address = address.replace("&amp;", "&");
        self.send(Method::GET, &address, lang, "").await
    }

    /// Sends a form.
    pub async fn send(&self, method: Method, address: &str, lang: &str, form: &str) -> Page {
        let kind = "application/x-www-form-urlencoded";
        self.ask(method, address, lang, kind, form.to_owned()).await
    }

    /// Uploads an inventory for a dry run.
    pub async fn upload(&self, text: &str) -> Page {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nx\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"new.yaml\"\r\n\r\n{text}\r\n--b--\r\n"
        );
        let kind = "multipart/form-data; boundary=b";
        self.ask(Method::POST, "/inventory/check", "en", kind, body).await
    }

    async fn ask(
        &self,
        method: Method,
        address: &str,
        lang: &str,
        kind: &str,
        body: String,
    ) -> Page {
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(ACCEPT, "text/html")
            .header(ACCEPT_LANGUAGE, lang)
            .header(CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let answer = self.router().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let octets = to_bytes(body, 64 << 20).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&octets).into_owned(),
        }
    }
}

impl Page {
    /// Whether it is a page, and not a file.
    pub fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
            && self.header("content-disposition").is_empty()
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// All headers of a name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Where its links lead within the site, without the part behind `#`.
    pub fn links(&self) -> Vec<String> {
        let links = self.body.split("<a ").skip(1).filter_map(|rest| {
            let tag = rest.split('>').next()?;
            let href = tag.split("href=\"").nth(1)?.split('"').next()?;
            let href = href.replace("&#38;", "&").replace("&amp;", "&");
            let href = href.split('#').next()?.to_owned();
            (!href.is_empty()).then_some(href)
        });
        links.collect()
    }

    /// The page's own part, for messages.
    pub fn main(&self) -> &str {
        self.body.split("<main").nth(1).unwrap_or(&self.body)
    }
}
