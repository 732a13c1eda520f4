//! Good, extreme and wrong input for every operation, made of the document itself: whatever is sent, the answer
//! is one that the document describes, and no fault of the program.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::{Extension, Router};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::form_urlencoded;

use super::openapi::document;
use super::operations::OPERATIONS;
use crate::serve::access::testing::operator;
use crate::serve::app::{App, Places};
use crate::serve::config::ServeConfig;
use crate::view::tests::world::World;

/// Requests with several values at once, for each operation.
const MIXED: usize = 40;

/// Values that no schema asks for.
const STRANGE: [&str; 14] = [
    "",
    " ",
    "0",
    "-1",
    "18446744073709551616",
    "1e3",
    "null",
    "../../etc/passwd",
    "a/b",
    "%00",
    "\u{0}",
    "'\"><script>",
    "quản trị",
    "\u{202e}\u{1f600}",
];

/// Bodies that are none.
const BAD_BODIES: [&str; 9] =
    ["", "null", "[]", "{", "\"\"", "{\"only\": 1}", "{\"other\": true}", "\u{0}", "- - - -"];

struct Api {
    router: Router,
    _world: World,
    /// A good value of each parameter of a path.
    good: HashMap<&'static str, String>,
    validators: HashMap<String, jsonschema::Validator>,
    random: u64,
}

impl Api {
    fn new() -> Self {
        let mut world = World::new(9);
        (0..4).for_each(|_| world.scan());
        let file = world.db().with_file_name("inventory.yaml");
        let config = ServeConfig { inventories: vec![file], ..ServeConfig::default() };
        let places = Places { db: world.db().to_owned(), config: None };
        let now = "2026-07-01T00:00:00Z".parse().unwrap();
        let app = App::open(places, config, Arc::new(move || now)).unwrap();
        app.view().refresh().unwrap();
        app.jobs().set_inventories(app.config().inventories.clone());
        app.jobs().open(app.db());
        let picture = app.view().picture("i", None).unwrap();
        let id = &picture.result.services[0].service.id;
        let run = picture.whole_runs().last().unwrap();
        let zone = &picture.result.inventory.timezone;
        let quarter = crate::judge::quarter::Quarter::of(crate::judge::day_of(run.ended_at, zone));
        let store = app.store().unwrap();
        let services = picture.result.services.iter();
        let judged = services
            .filter_map(|one| app.view().judge_again(&store, &picture, &one.service.id).unwrap());
        let cited = judged.flat_map(|one| one.observations()).next().unwrap();
        let good = HashMap::from([
            ("run", run.id.to_string()),
            ("organisation", id.organisation.to_string()),
            ("service", id.service.to_string()),
            ("quarter", quarter.to_string()),
            ("digest", cited.to_string()),
        ]);
        drop(store);
        let router = super::routes().layer(Extension(operator())).with_state(app);
        Self { router, _world: world, good, validators: HashMap::new(), random: 7 }
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        &all[usize::try_from(self.random % all.len() as u64).unwrap()]
    }

    /// Sends a request, and holds its answer against the document.
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        described: &Value,
        body: Option<(&str, &str)>,
    ) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some((media_type, _)) = body {
            request = request.header("content-type", media_type);
        }
        let body = body.map(|(_, body)| body.to_owned()).unwrap_or_default();
        let what = format!("{method} {path} with `{body:.80}`");
        let Ok(request) = request.body(Body::from(body)) else { return };
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap();
        let status = parts.status;
        let text = String::from_utf8_lossy(&body).into_owned();
        // A queue that is full is no fault of the program.
        let is_fault = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
        assert!(!is_fault, "{what}: {status} {text}");
        let responses = &described["responses"];
        let own = &responses[status.as_str()];
        assert!(!status.is_success() || own.is_object(), "{what}: {status} is not described");
        let described = if own.is_object() { own } else { &responses["default"] };
        let media_type = parts.headers["content-type"].to_str().unwrap();
        let content = &described["content"][media_type];
        assert!(content.is_object(), "{what}: {status} is {media_type}");
        let document: Value = serde_json::from_slice(&body).unwrap();
        let faults = self.faults(&content["schema"], &document);
        assert!(faults.is_empty(), "{what}: {faults:#?}\n{document:#}");
        if media_type == "application/problem+json" {
            assert_eq!(document["status"], status.as_u16(), "{what}");
            assert_eq!(parts.headers["content-language"], "en", "{what}");
        }
    }

    fn faults(&mut self, schema: &Value, document: &Value) -> Vec<String> {
        let validator = self.validators.entry(schema.to_string()).or_insert_with(|| {
            let mut whole = schema.clone();
            whole["components"] = super::openapi::document()["components"].clone();
            jsonschema::draft202012::new(&whole).unwrap()
        });
        validator
            .iter_errors(document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    /// A path with these values in it; what is not among them is good.
    fn path(&self, template: &str, values: &[(String, String)]) -> String {
        let mut path = format!("/{}", template.trim_start_matches('/'));
        for (name, good) in &self.good {
            let value = values.iter().find(|(own, _)| own == name).map_or(good, |(_, value)| value);
            path = path.replace(&format!("{{{name}}}"), &escaped(value));
        }
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(values.iter().filter(|(name, _)| !self.good.contains_key(&**name)))
            .finish();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

fn escaped(text: &str) -> String {
    // An empty segment would be another path.
    let text = if text.is_empty() { " " } else { text };
    text.bytes().map(|octet| format!("%{octet:02X}")).collect()
}

/// Values of a parameter: what its schema names, its bounds and what is beyond them, and what is strange.
fn values_of(schema: &Value) -> Vec<String> {
    let mut values: Vec<String> = STRANGE.map(str::to_owned).into();
    let words = schema["enum"].as_array().into_iter().flatten();
    values.extend(words.filter_map(Value::as_str).map(str::to_owned));
    for (bound, beyond) in [("minimum", -1), ("maximum", 1)] {
        if let Some(number) = schema[bound].as_i64() {
            values.extend([number.to_string(), (number + beyond).to_string()]);
        }
    }
    let most = schema["maxLength"].as_u64().unwrap_or(500);
    let of_length = |length: u64| "x".repeat(usize::try_from(length).unwrap());
    values.extend([of_length(most), of_length(most + 1), of_length(4000)]);
    values
}

#[tokio::test]
async fn whatever_is_sent_the_answer_is_one_that_the_document_describes() {
    let mut api = Api::new();
    for operation in OPERATIONS {
        let method = operation.method;
        let described = &document()["paths"][operation.path][method.to_ascii_lowercase()];
        let good_body = operation.body.first().map(|media_type| match *media_type {
            "application/json" => (*media_type, "{\"only\": [\"o/*\"], \"quick\": true}"),
            _ => (*media_type, "version: 1\norganisations: []\n"),
        });
        let good = api.path(operation.path, &[]);
        api.send(method, &good, described, good_body).await;
        let parameters: Vec<(String, Vec<String>)> = described["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["name"].as_str().unwrap().to_owned(), values_of(&one["schema"])))
            .chain([("unheard-of".to_owned(), vec!["1".to_owned()])])
            .collect();
        for (name, values) in &parameters {
            for value in values {
                let path = api.path(operation.path, &[(name.clone(), value.clone())]);
                api.send(method, &path, described, good_body).await;
            }
        }
        if operation.path.contains('{') {
            // No text at all.
            let path = operation.path.replace(['{', '}'], "%FF");
            api.send(method, &path, described, good_body).await;
        }
        for _ in 0..MIXED {
            let mut chosen = Vec::new();
            for _ in 0..3 {
                let (name, values) = api.pick(&parameters).clone();
                chosen.push((name, api.pick(&values).clone()));
            }
            let path = api.path(operation.path, &chosen);
            api.send(method, &path, described, good_body).await;
        }
        for media_type in operation.body {
            for body in BAD_BODIES {
                api.send(method, &good, described, Some((media_type, body))).await;
            }
            let long = "x".repeat(operation.body_octets_max + 1);
            api.send(method, &good, described, Some((media_type, &long))).await;
        }
        if !operation.body.is_empty() {
            for media_type in ["image/png", "", "application/json; charset=latin1"] {
                api.send(method, &good, described, Some((media_type, "x"))).await;
            }
        }
    }
}

/// A request's own schema takes what the operation takes, and nothing else.
#[test]
fn the_bodies_have_their_schemas() {
    let schema = |path: &str, media_type: &str| {
        let mut schema =
            document()["paths"][path]["post"]["requestBody"]["content"][media_type]["schema"]
                .clone();
        schema["components"] = document()["components"].clone();
        jsonschema::draft202012::new(&schema).unwrap()
    };
    let start = schema("/runs", "application/json");
    for good in [json!({}), json!({"only": ["o/*"], "quick": true}), json!({"inventory": null})] {
        assert!(start.is_valid(&good), "{good}");
    }
    for bad in [json!([]), json!({"only": "o/*"}), json!({"fast": true})] {
        assert!(!start.is_valid(&bad), "{bad}");
    }
    let inventory = schema("/inventory/check", "application/yaml");
    let service = json!({"id": "s", "category": "portal", "web": "https://www.example/"});
    let good = json!({"version": 1, "organisations": [{"id": "o", "services": [service]}]});
    assert!(inventory.is_valid(&good));
    assert!(!inventory.is_valid(&json!({"version": 1, "organizations": []})));
}
