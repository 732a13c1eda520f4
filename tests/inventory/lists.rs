//! Lists of other tools, imported as a user would; inventories that are laid out and compared.

use std::path::Path;
use std::process::{Command, Output};

use crate::make::Office;

#[test]
fn each_list_is_known_by_what_it_holds() {
    for (name, text, expected) in [
        (
            "sites.txt",
            "www.example.gov.vn\nmail:example.gov.vn\n",
            "vp/www-example-gov-vn https://www.example.gov.vn/",
        ),
        (
            "request.json",
            "{\"type\": \"web\", \"domains\": [\"www.example.gov.vn\"]}",
            "vp/www-example-gov-vn https://www.example.gov.vn/",
        ),
        (
            "example.gov.vn.yml",
            "subdomains:\n  - tv\n",
            "vp/tv-example-gov-vn https://tv.example.gov.vn/",
        ),
        (
            "targets.yml",
            "- targets: ['a.example:22']\n  labels: {module: ssh_banner}\n",
            "vp/ssh-a-example ssh:a.example:22",
        ),
        (
            "crt.json",
            "[{\"name_value\": \"a.example\", \"not_after\": \"2999-01-01T00:00:00\"}]",
            "vp/a-example https://a.example/",
        ),
        (
            "scan.xml",
            "<nmaprun><host><hostnames><hostname name=\"a.example\" type=\"user\"/></hostnames><ports>\
             <port protocol=\"tcp\" portid=\"993\"><state state=\"open\"/></port></ports></host></nmaprun>",
            "vp/imaps-a-example imaps:a.example:993",
        ),
    ] {
        let office = Office::new();
        let import = office.import(name, text.as_bytes(), &["--organisation", "vp"]);
        assert_eq!(import.code, Some(0), "{name}: {}", import.stderr);
        assert_eq!(import.services.first().map(String::as_str), Some(expected), "{name}");
        let is_guess = matches!(name, "crt.json" | "scan.xml");
        assert_eq!(import.text.contains("# a guess from"), is_guess, "{name}: {}", import.text);
        // Once more, and nothing comes.
        let again = office.import(name, text.as_bytes(), &["--organisation", "vp"]);
        assert_eq!((again.code, again.text), (Some(0), import.text));
    }
}

#[test]
fn what_is_wrong_with_a_list_is_said() {
    let office = Office::new();
    let import =
        office.import("bad.json", b"{\"type\": \"web\", \"domains\": [", &["--organisation", "vp"]);
    assert_eq!(import.code, Some(2));
    assert!(
        import.stderr.contains("bad.json: it is no request or result of internet.nl"),
        "{}",
        import.stderr
    );
    let import = office.import(
        "names.txt",
        b"a b\ngood.example\n",
        &["--from", "names", "--organisation", "vp"],
    );
    assert_eq!(import.code, Some(2));
    assert!(
        import.stderr.contains("error: line 1:") && import.stderr.contains("--keep-going"),
        "{}",
        import.stderr
    );
    let import = office.import("names.txt", b"good.example\n", &[]);
    assert_eq!(import.code, Some(2));
    assert!(import.stderr.contains("use `--organisation`"), "{}", import.stderr);
}

/// Fails when a comparison is not as its published schema says.
fn assert_valid(comparison: &serde_json::Value) {
    let schema = include_str!("../../schemas/inventory-diff-1.json");
    let schema = serde_json::from_str(schema).unwrap();
    jsonschema::validate(&schema, comparison)
        .unwrap_or_else(|error| panic!("{error}: {comparison}"));
}

#[test]
fn a_comparison_is_as_its_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let service = |id: &str, rest: &str| {
        format!("{{id: {id}, category: portal, web: 'https://{id}.example/'{rest}}}")
    };
    let inventory = |head: &str, organisations: &[(&str, &[String])]| {
        let organisations = organisations.iter().map(|(id, services)| {
            format!("{{id: {id}, name: {id}, services: [{}]}}", services.join(", "))
        });
        let organisations: Vec<String> = organisations.collect();
        format!("version: 1\n{head}organisations: [{}]\n", organisations.join(", "))
    };
    let before = inventory(
        "title: One\n",
        &[
            ("a", &[service("s", ""), service("t", ""), service("u", "")]),
            ("b", &[service("s", "")]),
        ],
    );
    let after = inventory(
        "title: Two\nsettings: {attempts: 2}\n",
        &[
            ("a", &[service("s", ", tags: [pilot]"), service("v", ", formerly: [a/u]")]),
            ("c", &[service("s", "")]),
        ],
    );
    std::fs::write(folder.path().join("a.yaml"), before).unwrap();
    std::fs::write(folder.path().join("b.yaml"), after).unwrap();
    for (files, code, changes) in [
        (["a.yaml", "a.yaml"], 0, &[][..]),
        (["a.yaml", "b.yaml"], 1, &["added", "changed", "removed", "renamed"]),
    ] {
        let output = program(folder.path(), &["diff", files[0], files[1], "--format", "json"]);
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        let comparison: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_valid(&comparison);
        let services = comparison["services"].as_array().unwrap();
        let mut found: Vec<&str> =
            services.iter().map(|one| one["change"].as_str().unwrap()).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, changes);
        assert_eq!(comparison["is_same"], changes.is_empty());
    }
}

fn program(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
    command.arg("inventory").args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn an_inventory_is_laid_out_and_compared() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let messy = "version: 1\n\n\n\norganisations:\n- id: a   # one\n  services:\n  - {id: s, category: portal, web: \"https://a.example/\"}\n";
    std::fs::write(at("a.yaml"), messy).unwrap();
    let code = |arguments: &[&str]| program(folder.path(), arguments).status.code();
    assert_eq!(code(&["fmt", "--check", "a.yaml"]), Some(1));
    assert_eq!(code(&["fmt", "a.yaml"]), Some(0));
    assert_eq!(code(&["fmt", "--check", "a.yaml"]), Some(0));
    let laid_out = std::fs::read_to_string(at("a.yaml")).unwrap();
    assert_eq!(
        laid_out,
        "version: 1\n\norganisations:\n  - id: a   # one\n    services:\n      \
         - {id: s, category: portal, web: \"https://a.example/\"}\n"
    );
    std::fs::write(at("messy.yaml"), messy).unwrap();
    assert_eq!(code(&["diff", "messy.yaml", "a.yaml"]), Some(0));
    std::fs::write(at("b.yaml"), laid_out.replace("portal", "public-service")).unwrap();
    let differs = program(folder.path(), &["diff", "a.yaml", "b.yaml"]);
    assert_eq!(differs.status.code(), Some(1));
    let said = String::from_utf8(differs.stdout).unwrap();
    assert_eq!(
        said,
        "~ a/s  https://a.example/\n    category: portal → public-service\nservices: changed 1\n"
    );
    let json = program(folder.path(), &["diff", "a.yaml", "b.yaml", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["schema"], "v6ready/inventory-diff/1");
    assert_eq!(json["services"][0]["values"][0]["to"], "public-service");
    assert_valid(&json);
    std::fs::write(at("bad.yaml"), "version: 1\n").unwrap();
    assert_eq!(code(&["diff", "a.yaml", "bad.yaml"]), Some(2));
    std::fs::write(at("no.yaml"), "a: [\n").unwrap();
    assert_eq!(code(&["fmt", "no.yaml"]), Some(2));
}
