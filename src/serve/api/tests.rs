//! The routes and the document, held together.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::openapi::document;
use super::operation::Operation;
use super::operations::OPERATIONS;
use crate::serve::access::PublicPage;
use crate::serve::app::{App, Places, Shared};
use crate::serve::config::ServeConfig;
use crate::serve::server;
use crate::store::Scope;
use crate::view::tests::world::World;

struct Daemon {
    world: World,
    app: Shared,
    router: Router,
}

struct Said {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Daemon {
    fn with_public(pages: &[PublicPage]) -> Self {
        let mut world = World::new(5);
        (0..5).for_each(|_| world.scan());
        let mut config = ServeConfig::default();
        config.access.public = pages.iter().copied().collect();
        let places = Places { db: world.db().to_owned(), config: None };
        let now = "2026-07-01T00:00:00Z".parse().unwrap();
        let app = App::open(places, config, Arc::new(move || now)).unwrap();
        app.view().refresh().unwrap();
        let router = server::router(Arc::clone(&app), "t");
        Self { world, app, router }
    }

    fn new() -> Self {
        Self::with_public(&[PublicPage::Api, PublicPage::Metrics, PublicPage::Badges])
    }

    async fn ask(&self, request: Request<Body>) -> Said {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap().to_vec();
        Said { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Said {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// A good request for an operation.
    fn example(&self, operation: &Operation) -> Request<Body> {
        let picture = self.app.view().picture("i", None).unwrap();
        let id = &picture.result.services[0].service.id;
        let store = self.app.store().unwrap();
        let run = picture.whole_runs().last().unwrap();
        let result = self.app.view().judge_again(&store, &picture, id).unwrap().unwrap();
        let digest = result.observations().first().map(ToString::to_string);
        let digest = digest.unwrap_or_else(|| self.some_observation());
        let zone = &picture.result.inventory.timezone;
        let quarter = crate::judge::quarter::Quarter::of(crate::judge::day_of(run.ended_at, zone));
        let path = operation
            .path
            .replace("{run}", run.id.as_str())
            .replace("{organisation}", &id.organisation)
            .replace("{service}", &id.service)
            .replace("{digest}", &digest)
            .replace("{quarter}", &quarter.to_string());
        let request = Request::builder().method(operation.method).uri(format!("/api/v1{path}"));
        match operation.body.first() {
            Some(media_type) => request
                .header("content-type", *media_type)
                .body(Body::from(match *media_type {
                    "application/json" => "{}",
                    _ => "version: 1\norganisations: [{id: o, servicez: []}]\n",
                }))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        }
    }

    fn some_observation(&self) -> String {
        let store = self.app.store().unwrap();
        let picture = self.app.view().picture("i", None).unwrap();
        let services = &picture.result.services;
        let judged = services.iter().map(|one| {
            let id = &one.service.id;
            self.app.view().judge_again(&store, &picture, id).unwrap().unwrap()
        });
        let cited: Vec<_> = judged.flat_map(|one| one.observations()).collect();
        cited.first().unwrap().to_string()
    }
}

/// A schema of the document, with all that it refers to.
fn validator(schema: &Value) -> jsonschema::Validator {
    let mut whole = schema.clone();
    whole["components"] = document()["components"].clone();
    jsonschema::draft202012::new(&whole).unwrap()
}

fn assert_valid(schema: &Value, document: &Value, of: &str) {
    let validator = validator(schema);
    let faults: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{of}: {faults:#?}\n{document:#}");
}

fn described(operation: &Operation) -> &'static Value {
    &document()["paths"][operation.path][operation.method.to_ascii_lowercase()]
}

#[tokio::test]
async fn every_operation_answers_as_its_document_says() {
    let daemon = Daemon::new();
    assert!(!daemon.world.runs().is_empty());
    let mut ids = BTreeSet::new();
    for operation in OPERATIONS {
        assert!(ids.insert(operation.id), "{} is there twice", operation.id);
        let said = daemon.ask(daemon.example(operation)).await;
        if matches!(operation.id, "startRun" | "cancelRun") {
            // Nobody starts a scan because the API is public.
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
            assert!(refused.contains(&said.status), "{}: {}", operation.id, said.status);
            continue;
        }
        let body = String::from_utf8_lossy(&said.body).into_owned();
        assert_eq!(said.status, operation.status(), "{}: {body}", operation.id);
        assert_eq!(said.header("content-type"), "application/json", "{}", operation.id);
        let status = said.status.as_u16().to_string();
        let schema =
            &described(operation)["responses"][&status]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{} has no schema", operation.id);
        assert_valid(schema, &said.json(), operation.id);
    }
}

#[tokio::test]
async fn the_document_and_the_routes_are_the_same() {
    let daemon = Daemon::new();
    let said = daemon.get("/api/v1/openapi.json").await;
    assert_eq!(said.status, StatusCode::OK);
    let whole = said.json();
    assert_eq!(whole["openapi"], "3.1.0");
    let mut documented = BTreeSet::new();
    for (path, methods) in whole["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            documented.insert((path.clone(), method.to_uppercase()));
            let of_path: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|one| one["in"] == "path")
                .map(|one| one["name"].as_str().unwrap())
                .collect();
            let in_path: BTreeSet<&str> =
                path.split('{').skip(1).map(|part| part.split('}').next().unwrap()).collect();
            assert_eq!(of_path, in_path, "{path}");
        }
    }
    let table: BTreeSet<(String, String)> =
        OPERATIONS.iter().map(|one| (one.path.to_owned(), one.method.to_owned())).collect();
    assert_eq!(documented, table);
    // Every reference leads somewhere.
    let text = whole.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(whole["components"]["schemas"][name].is_object(), "{name}");
    }
    // What is in no table is not there, and no path has other methods than it says.
    let said = daemon.get("/api/v1/nothing").await;
    assert_eq!(said.status, StatusCode::NOT_FOUND);
    assert_problem(&said, "no-such-path");
    for operation in OPERATIONS {
        let (mut parts, _) = daemon.example(operation).into_parts();
        parts.method = Method::PUT;
        let said = daemon.ask(Request::from_parts(parts, Body::empty())).await;
        assert_eq!(said.status, StatusCode::METHOD_NOT_ALLOWED, "{}", operation.id);
        assert!(said.header("allow").contains(operation.method), "{}", operation.id);
        assert_problem(&said, "method-not-allowed");
    }
}

fn assert_problem(said: &Said, kind: &str) {
    assert_eq!(said.header("content-type"), "application/problem+json");
    let problem = said.json();
    assert_eq!(problem["type"], format!("/api#problem-{kind}"), "{problem:#}");
    assert_eq!(problem["status"], said.status.as_u16());
    assert_valid(&json!({"$ref": "#/components/schemas/Problem"}), &problem, kind);
}

#[tokio::test]
async fn what_is_wrong_is_named_with_what_would_be_right() {
    let daemon = Daemon::new();
    for (path, status, parameter, expected) in [
        ("/services?stage=9", 400, "stage", "absent"),
        ("/services?check=tls-nam", 400, "check", "tls-name"),
        ("/services?outcome=failed", 400, "outcome", "fail"),
        ("/services?colour=red", 400, "colour", "cursor"),
        ("/services?limit=0", 400, "limit", "1..1000"),
        ("/services?limit=ten", 400, "limit", "1..1000"),
        ("/services?cursor=nonsense", 400, "cursor", ""),
        ("/services?organisation=oo", 400, "organisation", "o"),
        ("/services?lang=vi", 400, "lang", "tag"),
        ("/services?stage=1&stage=2", 400, "stage", ""),
        ("/services?inventory=j", 404, "inventory", "i"),
        ("/services?vantage=there", 404, "vantage", "here"),
        ("/services/o/nothing", 404, "service", "o/s"),
        ("/diff?before=never", 404, "before", "run"),
        ("/runs/run", 404, "run", "run0"),
        ("/quarters/2026Q5", 400, "quarter", "2026Q"),
        ("/quarters/1999Q1", 404, "quarter", "2026Q"),
        ("/observations/sha256:12", 400, "digest", "sha256:"),
        ("/causes?lang=fr", 400, "lang", "vi"),
    ] {
        let said = daemon.get(&format!("/api/v1{path}")).await;
        assert_eq!(said.status.as_u16(), status, "{path}: {}", said.json());
        let kind = if status == 400 { "bad-parameter" } else { "not-found" };
        assert_problem(&said, kind);
        let problem = said.json();
        let errors = problem["errors"].as_array().unwrap();
        let fault = errors.iter().find(|fault| fault["parameter"] == parameter);
        let fault = fault.unwrap_or_else(|| panic!("{path}: {problem:#}"));
        let named = fault["expected"].to_string();
        assert!(named.contains(expected), "{path}: {problem:#}");
    }
    let all = daemon.get("/api/v1/services?stage=9&limit=0&colour=red").await.json();
    assert_eq!(all["errors"].as_array().unwrap().len(), 3, "{all:#}");
    let sent = Request::post("/api/v1/inventory/check").header("content-type", "image/png");
    let said = daemon.ask(sent.body(Body::from("x")).unwrap()).await;
    assert_eq!(said.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_problem(&said, "unsupported-type");
}

#[tokio::test]
async fn lists_go_on_until_their_end_or_until_another_run_ends() {
    let mut daemon = Daemon::new();
    let whole = daemon.get("/api/v1/services").await.json();
    let ids = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap();
        items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..50 {
        let page = daemon.get(&format!("/api/v1/services?limit=2&cursor={cursor}")).await.json();
        seen.extend(ids(&page));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ids(&whole));
    assert_eq!(whole["total"], seen.len());
    let path = format!("/api/v1/services?limit=2&cursor={cursor}");
    assert_eq!(daemon.get(&path).await.status, StatusCode::OK);
    daemon.world.scan();
    daemon.app.view().refresh().unwrap();
    let said = daemon.get(&path).await;
    assert_eq!(said.status, StatusCode::GONE);
    assert_problem(&said, "stale-cursor");
    let results = daemon.get("/api/v1/results?limit=1").await;
    assert!(results.header("link").contains("rel=\"next\""), "{:?}", results.headers);
    assert_eq!(results.json()["services"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let daemon = Daemon::new();
    let first = daemon.get("/api/v1/services").await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"'), "{tag}");
    let again = Request::get("/api/v1/services").header("if-none-match", &tag);
    let again = daemon.ask(again.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
    let head = Request::head("/api/v1/services").body(Body::empty()).unwrap();
    let head = daemon.ask(head).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.header("etag"), tag);
    assert_eq!(first.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn nobody_reads_what_is_not_public() {
    let daemon = Daemon::with_public(&[]);
    for path in ["/api/v1/services", "/api/v1/openapi.json", "/metrics", "/badge/o.svg"] {
        let said = daemon.get(path).await;
        let is_refused = said.status == StatusCode::UNAUTHORIZED || said.status.is_redirection();
        assert!(is_refused, "{path}: {}", said.status);
    }
}

#[tokio::test]
async fn an_inventory_is_checked_with_line_and_column() {
    let daemon = Daemon::new();
    let check = |text: &'static str| {
        let request = Request::post("/api/v1/inventory/check");
        request.header("content-type", "application/yaml").body(Body::from(text)).unwrap()
    };
    let bad =
        daemon.ask(check("version: 1\norganisations:\n  - id: o\n    servicez: []\n")).await.json();
    assert_eq!(bad["usable"], false);
    let diagnostics = bad["diagnostics"].as_array().unwrap();
    let misspelt = diagnostics.iter().find(|one| one["help"] == "did you mean `services`?");
    let misspelt = misspelt.unwrap_or_else(|| panic!("{bad:#}"));
    assert_eq!((&misspelt["line"], &misspelt["column"]), (&json!(4), &json!(5)), "{bad:#}");
    let good = "version: 1\norganisations: [{id: o, services: [{id: s, category: portal, \
                web: \"https://www.example/\"}]}]\n";
    let good = daemon.ask(check(good)).await.json();
    assert_eq!((&good["usable"], &good["services"]), (&json!(true), &json!(1)), "{good:#}");
}

#[tokio::test]
async fn metrics_and_badges_tell_the_same() {
    let daemon = Daemon::new();
    let picture = daemon.app.view().picture("i", None).unwrap();
    assert!(picture.runs.iter().any(|run| run.scope == Scope::Whole));
    let said = daemon.get("/metrics").await;
    let text = String::from_utf8(said.body).unwrap();
    assert_eq!(said.status, StatusCode::OK, "{text}");
    let counts = picture.result.summary().all;
    for line in [
        format!("v6ready_services{{stage=\"unknown\"}} {}", counts.unknown),
        format!("v6ready_view_runs {}", picture.runs.len()),
        "v6ready_config_fault 0".to_owned(),
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    let open = Request::get("/metrics").header("accept", "application/openmetrics-text");
    let open = daemon.ask(open.body(Body::empty()).unwrap()).await;
    assert!(open.header("content-type").starts_with("application/openmetrics-text"));
    assert!(open.body.ends_with(b"# EOF\n"));
    assert_eq!(daemon.get("/metrics?inventory=none").await.status, StatusCode::NOT_FOUND);
    let documented = std::fs::read_to_string("docs/monitoring/README.md").unwrap();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(documented.contains(&format!("| `{name}`")), "{name} is not documented");
    }

    let id = &picture.result.services[0].service.id;
    let badge = daemon.get(&format!("/badge/{}/{}.svg?lang=en", id.organisation, id.service)).await;
    assert_eq!(badge.header("content-type"), "image/svg+xml; charset=utf-8");
    let svg = String::from_utf8(badge.body).unwrap();
    assert!(svg.contains("<title id=\"t\">IPv6 readiness of Service"), "{svg}");
    for (path, status) in [
        ("/badge/o.svg", 200),
        ("/badge/o.svg?lang=vi", 200),
        ("/badge/o.svg?lang=fr", 400),
        ("/badge/nobody.svg", 404),
        ("/badge/o", 404),
        ("/badge/o/nothing.svg", 404),
    ] {
        assert_eq!(daemon.get(path).await.status.as_u16(), status, "{path}");
    }
    let page = daemon.get("/api").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = String::from_utf8(page.body).unwrap();
    for operation in OPERATIONS {
        assert!(page.contains(&format!("id=\"{}\"", operation.id)), "{}", operation.id);
    }
}
