//! The OpenAPI 3.1 document, made from the table of operations.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::operation::{Operation, Parameter, Values};
use super::operations::OPERATIONS;
use super::schemas::{INVENTORY, RESULT};
use crate::report::json;
use crate::serve::access::{Permission, PublicPage, Visitor};
use crate::serve::problem_document::ProblemDocument;

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(made);
    &DOCUMENT
}

fn made() -> Value {
    // They are answers: what may be left out of one isn't required.
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut schemas = settings.into_generator();
    let problem = schemas.subschema_for::<ProblemDocument>().to_value();
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
    add_file(&mut components, RESULT, &json::schema());
    add_file(&mut components, INVENTORY, &crate::inventory::schema());
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

/// Adds the schema of a kind of files, whose parts stand under names of their own.
fn add_file(components: &mut Map<String, Value>, name: &str, schema: &str) {
    let text = schema.replace("#/$defs/", &format!("#/components/schemas/{name}"));
    let Ok(Value::Object(mut schema)) = serde_json::from_str(&text) else { return };
    if let Some(Value::Object(parts)) = schema.remove("$defs") {
        for (of_part, part) in parts {
            components.insert(format!("{name}{of_part}"), part);
        }
    }
    schema.remove("$schema");
    schema.remove("$id");
    components.insert(name.to_owned(), Value::Object(schema));
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
        let body =
            operation.body_schema.map_or_else(|| json!({"type": "string"}), |schema| schema());
        let content: Map<String, Value> = operation
            .body
            .iter()
            .map(|media_type| ((*media_type).to_owned(), json!({"schema": body})))
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
        Err(problem) => problem.respond(&headers),
    }
}
