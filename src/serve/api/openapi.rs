//! The OpenAPI 3.1 document, made from the table of operations, and a page that shows it.

use std::borrow::Borrow;
use std::sync::LazyLock;

use askama::Template;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::operation::{Operation, Parameter, Values};
use super::operations::OPERATIONS;
use super::page_words::Words;
use super::params::Params;
use super::problem::{KINDS, Kind, Problem};
use super::schemas::RESULT;
use crate::model::{Lang, Text};
use crate::report::json;
use crate::serve::access::{Permission, PublicPage, Visitor};
use crate::serve::app::Shared;
use crate::serve::pages::preferences;

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(made);
    &DOCUMENT
}

fn made() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut schemas = settings.into_generator();
    let problem = schemas.subschema_for::<Problem>().to_value();
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let answer = (operation.answer)(&mut schemas).to_value();
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        let method = operation.method.to_ascii_lowercase();
        if let Value::Object(methods) = path {
            methods.insert(method, described(operation, answer, &problem));
        }
    }
    let mut components = schemas.take_definitions(true);
    add_result(&mut components);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "v6ready",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "IPv6 readiness of services: what is known now, and what was.",
            "description": "Figures are judged by one policy and one set of rules, which `key` names. Lists \
                go on by `cursor`. Every answer has an `ETag`; what can't be answered is a problem document \
                (RFC 9457) whose `errors` name what is wrong and what would be right.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}, {}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer",
                    "description": "A token of the configuration (`serve.tokens`)."},
                "session": {"type": "apiKey", "in": "cookie", "name": "v6ready-session",
                    "description": "The session of a browser that is logged in."},
            },
        },
    })
}

/// Adds the schema of result files, whose parts stand under names of their own.
fn add_result(components: &mut Map<String, Value>) {
    let text = json::schema().replace("#/$defs/", &format!("#/components/schemas/{RESULT}"));
    let Ok(Value::Object(mut schema)) = serde_json::from_str(&text) else { return };
    if let Some(Value::Object(parts)) = schema.remove("$defs") {
        for (name, part) in parts {
            components.insert(format!("{RESULT}{name}"), part);
        }
    }
    schema.remove("$schema");
    components.insert(RESULT.to_owned(), Value::Object(schema));
}

fn described(operation: &Operation, answer: Value, problem: &Value) -> Value {
    let good = operation.status().as_u16().to_string();
    let mut responses = json!({
        good: {
            "description": "The answer.",
            "headers": {"ETag": {"description": "Of what is in the answer.", "schema": {"type": "string"}}},
            "content": {"application/json": {"schema": answer}},
        },
        "default": {
            "description": "A problem document.",
            "content": {"application/problem+json": {"schema": problem}},
        },
    });
    if let (Value::Object(responses), "GET") = (&mut responses, operation.method) {
        let same = json!({"description": "It is what `If-None-Match` names."});
        responses.insert("304".to_owned(), same);
    }
    let parameters: Vec<Value> = operation.parameters.iter().map(parameter).collect();
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary.en,
        "description": operation.description.en,
        "parameters": parameters,
        "responses": responses,
    });
    if let (Value::Object(described), false) = (&mut described, operation.body.is_empty()) {
        let content: Map<String, Value> = operation
            .body
            .iter()
            .map(|media_type| ((*media_type).to_owned(), json!({"schema": {"type": "string"}})))
            .collect();
        described.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    described
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match &parameter.values {
        Values::Text => json!({"type": "string", "maxLength": 500}),
        Values::Number(least, most, otherwise) => {
            json!({"type": "integer", "minimum": least, "maximum": most, "default": otherwise})
        }
        Values::Words(words) => json!({"type": "string", "enum": words()}),
        Values::Pattern(pattern) => json!({"type": "string", "pattern": pattern}),
    };
    json!({
        "name": parameter.name,
        "in": if parameter.is_of_path { "path" } else { "query" },
        "required": parameter.is_of_path,
        "description": parameter.description.en,
        "schema": schema,
    })
}

/// `GET /api/v1/openapi.json`.
pub(super) async fn answer(visitor: Visitor, headers: HeaderMap) -> Response {
    if let Err(refusal) = visitor.require(Permission::ViewPage(PublicPage::Api)) {
        return refusal.into_response();
    }
    match Answer::json(document()) {
        Ok(answer) => answer.respond(axum::http::StatusCode::OK, &headers),
        Err(problem) => problem.into_response(),
    }
}

/// The page of the API, at `/api`.
pub fn page_routes() -> Router<Shared> {
    Router::new().route("/api", get(page))
}

#[derive(Template)]
#[template(path = "serve/api.html")]
struct Page<'a> {
    lang: Lang,
    w: &'static Words,
    operations: &'a [Operation],
    kinds: &'a [Kind],
}

impl Page<'_> {
    fn say(&self, text: impl Borrow<Text>) -> &'static str {
        let text: &Text = text.borrow();
        text.get(self.lang)
    }

    fn values(&self, parameter: &Parameter) -> String {
        match &parameter.values {
            Values::Text => String::new(),
            Values::Number(least, most, otherwise) => match self.lang {
                Lang::Vi => format!("{least} – {most}; mặc định {otherwise}"),
                Lang::En => format!("{least} – {most}; {otherwise} when nothing is said"),
            },
            Values::Words(words) => words().join(", "),
            Values::Pattern(pattern) => (*pattern).to_owned(),
        }
    }
}

/// No script, no picture, no other style than its own few lines.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

async fn page(
    visitor: Visitor,
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = visitor.require(Permission::ViewPage(PublicPage::Api)) {
        return refusal.into_response();
    }
    let params = Params::of_query(query.as_deref().unwrap_or_default());
    let chosen = params.choice("lang", &[("vi", Lang::Vi), ("en", Lang::En)]);
    let lang = chosen.unwrap_or_else(|| preferences::language(&headers, app.config().lang));
    let page = Page { lang, w: Words::of(lang), operations: OPERATIONS, kinds: KINDS };
    match page.render() {
        Ok(html) => {
            let mut response = html.into_response();
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            response
        }
        Err(error) => Problem::internal(error.to_string()).into_response(),
    }
}
