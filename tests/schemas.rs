//! The published schemas are those of this program. `V6READY_UPDATE=1 cargo test --test schemas`
//! writes them anew.

use std::path::Path;

#[test]
fn the_result_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/result-1.json");
    let schema = v6ready::report::json::schema();
    if std::env::var_os("V6READY_UPDATE").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), schema, "see this test's head");
}
