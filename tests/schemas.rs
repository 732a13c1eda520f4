//! The published schemas are those of this program. `cargo xtask generate` makes
//! them anew.

#![allow(clippy::unwrap_used)]

use serde_json::Value;

fn is_fresh(file: &str, schema: &str) {
    xtask::assert_fresh([(format!("schemas/{file}"), schema.as_bytes())]);
}

#[test]
fn the_result_schema_is_fresh() {
    is_fresh("result-1.json", &v6ready::report::json::schema());
}

#[test]
fn the_quarter_schema_is_fresh() {
    is_fresh("quarter-1.json", &v6ready::report::quarter::json::schema());
}

#[test]
fn the_diff_schema_is_fresh() {
    is_fresh("diff-1.json", &v6ready::report::difference::json::schema());
}

#[test]
fn the_schemas_of_commands_are_fresh() {
    for (file, schema) in v6ready::commands::schemas() {
        is_fresh(file, &schema);
    }
}

#[test]
fn the_inventory_schema_is_fresh() {
    is_fresh("inventory-1.json", &v6ready::inventory::schema());
}

#[test]
fn the_schema_and_the_documentation_of_the_daemon_are_fresh() {
    use v6ready::model::Lang;
    use v6ready::serve::config::{documentation, schema};
    let schema = schema();
    let pages = [Lang::En, Lang::Vi].map(|lang| (lang.tag(), documentation(lang)));
    let pages = pages.iter().map(|(tag, page)| (format!("docs/serve/{tag}.md"), page.as_bytes()));
    let schema = ("schemas/serve-1.json".to_owned(), schema.as_bytes());
    xtask::assert_fresh(pages.chain([schema]));
}

#[test]
fn the_policy_schema_is_fresh_and_knows_policies() {
    let text = v6ready::policy::schema();
    is_fresh("policy-1.json", &text);
    let schema: Value = serde_json::from_str(&text).unwrap();
    let good = |yaml: &str| {
        let policy: Value = serde_saphyr::from_str(yaml).unwrap();
        jsonschema::validate(&schema, &policy).is_ok()
    };
    for (name, yaml) in v6ready::policy::BUILT_IN {
        assert!(good(yaml), "{name}");
        let gated = |gates: &str| format!("{yaml}\ngates: [{gates}]\n");
        assert!(good(&gated("{only: [tag:portal], stage: 3, percent: 100}, {fail_on: critical}")));
        assert!(!good(&gated("{onyl: [tag:portal], stage: 3, percent: 100}")));
        assert!(!good(&gated("{only: tag:portal, fail_on: grave}")));
    }
}

/// The gates in the documentation are gates.
#[test]
fn the_documented_gates_are_read() {
    for page in [include_str!("../docs/policy/en.md"), include_str!("../docs/policy/vi.md")] {
        let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
        let policy = v6ready::policy::built_in("ipv6-for-gov").unwrap().to_owned() + example;
        let policy = v6ready::policy::Policy::parse("documented", &policy, |_, _| true).unwrap();
        assert_eq!(policy.run_gates().len(), 3);
    }
}

fn accepted_by_schema(yaml: &str) -> bool {
    let schema: Value = serde_json::from_str(&v6ready::inventory::schema()).unwrap();
    let inventory: Value = serde_saphyr::from_str(yaml).unwrap();
    jsonschema::validate(&schema, &inventory).is_ok()
}

fn accepted_by_parser(yaml: &str) -> bool {
    v6ready::inventory::parse(yaml.as_bytes(), "t.yaml").is_ok()
}

/// Example inventories are good for both, and what the schema can say it says as the parser does.
#[test]
fn the_inventory_schema_and_the_parser_agree() {
    use v6ready::model::Lang;
    let own = include_str!("../inventory.yaml").to_owned();
    let scaffolds = [Lang::Vi, Lang::En].map(|lang| v6ready::inventory::scaffold(lang, None));
    for good in scaffolds.iter().chain([&own]) {
        assert!(accepted_by_schema(good) && accepted_by_parser(good), "{good}");
    }
    let with = |head: &str, service: &str| {
        format!("version: 1\n{head}\norganisations: [{{id: o, services: [{service}]}}]\n")
    };
    let service =
        "{id: s, category: portal, tags: [pilot, hosted-1], web: \"https://example.vn/\"}";
    for head in [
        "title: x",
        "lang: en",
        "settings: {attempts: 3, timeouts: {dns: 3s}, per_host_interval: 100ms}",
        "networks: [{prefix: \"2001:db8::/32\", name: x, asn: 64500, testbed: true}]",
    ] {
        let good = with(head, service);
        assert!(accepted_by_schema(&good) && accepted_by_parser(&good), "{head}");
    }
    for head in [
        "titel: x",
        "lang: fr",
        "settings: {attempts: 0}",
        "settings: {timeouts: {dns: 3}}",
        "settings: {timeouts: {smtp: 3s}}",
        "networks: [{name: x}]",
        "networks: [{prefix: \"2001:db8::/32\", name: x, asn: 0}]",
    ] {
        let bad = with(head, service);
        assert!(!accepted_by_schema(&bad) && !accepted_by_parser(&bad), "{head}");
    }
    for bad in [
        "{category: portal, web: \"https://example.vn/\"}",
        "{id: s, web: \"https://example.vn/\"}",
        "{id: s, category: portal}",
        "{id: s, category: portal, web: \"https://example.vn/\", mail: example.vn}",
        "{id: S, category: portal, mail: example.vn}",
        "{id: s, category: shop, mail: example.vn}",
        "{id: s, category: portal, tags: [Pilot], mail: example.vn}",
        "{id: s, category: portal, tags: pilot, mail: example.vn}",
        "{id: s, category: portal, mail: example.vn, state: closed}",
        "{id: s, category: portal, mail: example.vn, security_level: 6}",
        "{id: s, category: portal, mail: example.vn, target: {stage: 5, by: 2026-12-31}}",
        "{id: s, category: portal, mail: example.vn, target: {stage: 3}}",
        "{id: s, category: portal, mail: example.vn, exemption: {reason: x, until: soon}}",
    ] {
        let text = with("title: x", bad);
        assert!(!accepted_by_schema(&text) && !accepted_by_parser(&text), "{bad}");
    }
}
