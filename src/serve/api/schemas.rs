//! Schemas of documents that the API doesn't make itself.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

/// Where the schemas of files stand among the components.
pub const RESULT: &str = "Result";
/// See [`RESULT`].
pub const INVENTORY: &str = "Inventory";

/// The schema of a result file.
pub fn result_schema(_: &mut SchemaGenerator) -> Schema {
    Schema::new_ref(format!("#/components/schemas/{RESULT}"))
}

/// The schema of an inventory, which is sent as YAML.
pub fn inventory_schema() -> Value {
    json!({"$ref": format!("#/components/schemas/{INVENTORY}")})
}

/// The schema of an observation: its request, when it was made, how long it took, and the reply.
pub fn observation_schema(_: &mut SchemaGenerator) -> Schema {
    let schema = json!({
        "type": "object",
        "description": "A request, when it was made (RFC 3339), how many microseconds it took, and the reply.",
        "required": ["request", "observed_at", "elapsed_us", "reply"],
    });
    Schema::try_from(schema).unwrap_or_default()
}
