//! The JSON Schema of an inventory, for editors: `v6ready inventory schema`.
//!
//! It says which keys there are and what they hold. What a schema can't say (that ids are unique,
//! that a host name is a good one) only `v6ready inventory validate` tells.

use serde_json::json;

use super::format::document::DOCUMENT;
use super::section::description;

/// The schema, in draft 2020-12, as text.
pub fn schema() -> String {
    let mut schema = description::schema(&DOCUMENT);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$id"] = json!("v6ready/inventory/1");
    schema["title"] = json!("v6ready inventory, version 1");
    format!("{schema:#}\n")
}
