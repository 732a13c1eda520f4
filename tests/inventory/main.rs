//! The owner's starting inventory is a good one, and the documentation in `docs/inventory/` is that of
//! this program: `cargo xtask generate` makes it anew.

#![allow(clippy::unwrap_used)]

mod bounds;
mod concurrent;
mod lists;
mod make;
mod tables;
mod update;

use v6ready::model::Lang;

#[test]
fn the_documentation_is_fresh() {
    let [en, vi] = [Lang::En, Lang::Vi].map(v6ready::inventory::documentation);
    let pages = [("docs/inventory/en.md", &en), ("docs/inventory/vi.md", &vi)];
    xtask::assert_fresh(pages.map(|(path, text)| (path.to_owned(), text.as_bytes())));
}

#[test]
fn the_inventory_is_good() {
    let text = include_bytes!("../../inventory.yaml");
    let parsed = v6ready::inventory::parse(text, "inventory.yaml")
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    assert_eq!(parsed.inventory.services.len(), 28);
}

/// The command as a user runs it: what would come, then what came, then nothing.
#[test]
fn services_are_imported_once() {
    use std::process::{Command, Output};
    let folder = tempfile::tempdir().unwrap();
    let inventory = folder.path().join("inventory.yaml");
    std::fs::copy("inventory.yaml", &inventory).unwrap();
    let table = folder.path().join("services.csv");
    std::fs::write(&table, "\u{feff}Đơn vị;Địa chỉ\nSở Y tế;moi.example\nSở mới;khac.example\n")
        .unwrap();
    let import = |arguments: &[&str]| -> Output {
        Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .args(["inventory", "import"])
            .arg(&table)
            .arg("--into")
            .arg(&inventory)
            .args(arguments)
            .output()
            .unwrap()
    };
    let before = std::fs::read_to_string(&inventory).unwrap();
    let text = || std::fs::read_to_string(&inventory).unwrap();
    let dry = import(&["--dry-run"]);
    assert!(dry.status.success());
    assert!(String::from_utf8_lossy(&dry.stdout).contains("+ so-y-te/moi-example"));
    assert_eq!(text(), before);
    assert!(import(&[]).status.success());
    let after = text();
    assert_eq!(after.lines().count(), before.lines().count() + 5);
    assert!(v6ready::inventory::parse(after.as_bytes(), "t.yaml").is_ok());
    assert!(import(&[]).status.success());
    assert_eq!(text(), after);
    std::fs::write(&table, "Đơn vị;Địa chỉ\nSở Y tế;a b\nSở mới;tot.example\n").unwrap();
    let bad = import(&[]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("row 2, column 2 (Địa chỉ)"));
    assert_eq!(text(), after);
    assert!(import(&["--keep-going"]).status.success());
    assert!(text().contains("tot.example"));
}

/// `validate` opens the files that an inventory names, and says at its place what is wrong with one.
#[test]
fn files_that_an_inventory_names_are_opened() {
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let inventory = folder.path().join("inventory.yaml");
    let validate = || {
        let output = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .args(["inventory", "validate"])
            .arg(&inventory)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let services =
        "organisations:\n  - {id: o, services: [{id: s, category: portal, zone: s.example}]}\n";
    let settings =
        "version: 1\nsettings:\n  extra_ca: [ca.pem]\n  root_hints: /dev/zero\npolicy: own.yaml\n";
    std::fs::write(&inventory, format!("{settings}{services}")).unwrap();
    std::fs::write(folder.path().join("own.yaml"), "nonsense: [").unwrap();
    let (code, said) = validate();
    assert_eq!(code, Some(2));
    for expected in [
        "inventory.yaml:3:14",
        "can't be read",
        "inventory.yaml:4:15",
        "no regular file",
        "inventory.yaml:5:9",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    std::fs::write(&inventory, format!("version: 1\n{services}")).unwrap();
    assert_eq!(validate().0, Some(0));
}
