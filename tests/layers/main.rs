//! The walls between the rooms: which room and which area may import which, that no file imports in a
//! circle, and the words that pure rooms may not contain. Read with `syn`, test modules left out. And whether
//! each dependency is used.

#![allow(clippy::unwrap_used)]

mod dependencies;
mod imports;
mod walls;

use std::collections::BTreeMap;
use std::path::Path;

use imports::Tree;

/// Every Rust file below `src/`, by its path from there.
fn sources(folder: &Path, root: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, root, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn violations(sources: &BTreeMap<String, String>) -> Vec<String> {
    walls::violations(&Tree::read(sources))
}

/// The violations of a tree that consists of these files.
fn planted(files: &[(&str, &str)]) -> Vec<String> {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    violations(&files.iter().map(owned).collect())
}

#[test]
fn the_walls_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    sources(&root, &root, &mut found);
    let rooms = walls::ROOMS.iter().map(|(room, _)| format!("{room}.rs"));
    let missing: Vec<_> = rooms.filter(|file| !found.contains_key(file)).collect();
    assert!(missing.is_empty(), "no such rooms: {missing:?}");
    let violations = violations(&found);
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn an_arrow_between_rooms_that_runs_back_up_is_found() {
    for import in [
        "use crate::check::X;",
        "use crate::{check, lang};",
        "fn f() { crate::check::x() }",
        "fn f() { println!(\"{}\", crate::check::x()) }",
        "#[cfg(test)] mod tests {} use crate::check::X;",
        "mod inner { use super::super::check::X; }",
        "use super::check::X;",
    ] {
        let files = [("model.rs", import), ("check.rs", "pub struct X;")];
        assert_eq!(planted(&files), ["model.rs imports check.rs: `model` may not import `check`"]);
    }
}

#[test]
fn an_arrow_between_areas_that_runs_back_up_is_found() {
    let files = [
        ("evidence.rs", "pub mod dns; pub mod web;"),
        ("evidence/dns.rs", "use super::web::page;"),
        ("evidence/web.rs", "pub fn page() {}"),
    ];
    let expected =
        "evidence/dns.rs imports evidence/web.rs: in `evidence`, `dns` may not import `web`";
    assert_eq!(planted(&files), [expected]);
}

#[test]
fn a_circle_of_files_is_found() {
    let direct = [
        ("store.rs", "mod a; mod b;"),
        ("store/a.rs", "use super::b::B;"),
        ("store/b.rs", "use crate::store::a::A;"),
    ];
    assert_eq!(planted(&direct), ["files import in a circle: store/a.rs, store/b.rs"]);
    let with_the_root = [
        ("store.rs", "mod a; pub struct Root; use a::A;"),
        ("store/a.rs", "use super::Root; pub struct A;"),
    ];
    assert_eq!(planted(&with_the_root), ["files import in a circle: store.rs, store/a.rs"]);
    let through_a_re_export = [
        ("store.rs", "mod a; mod b; pub use b::B;"),
        ("store/a.rs", "use super::B; pub struct A;"),
        ("store/b.rs", "use super::a::A; pub struct B;"),
    ];
    assert_eq!(planted(&through_a_re_export), ["files import in a circle: store/a.rs, store/b.rs"]);
}

#[test]
fn what_re_exports_lead_to_is_no_circle() {
    let files = [
        ("store.rs", "mod a; mod b; pub use b::B; pub use a::A;"),
        ("store/a.rs", "use super::B; pub struct A;"),
        ("store/b.rs", "pub struct B; #[cfg(test)] mod tests;"),
        ("store/b/tests.rs", "use super::super::a::A; use crate::check::X;"),
    ];
    assert!(planted(&files).is_empty());
}

#[test]
fn an_impure_word_in_a_pure_room_is_found() {
    for (word, code) in [
        ("tokio", "use tokio::time::sleep;"),
        ("std::fs", "fn f() { std::fs::read(\"x\"); }"),
        ("now()", "fn f() { jiff::Timestamp::now(); }"),
        ("Instant", "use std::time::{Duration, Instant};"),
        ("std::fs", "use std::{fs, io};"),
    ] {
        let text = format!("#[cfg(test)] mod tests {{ use std::time::SystemTime; }} {code}");
        assert_eq!(
            planted(&[("judge.rs", &text)]),
            [format!("judge.rs contains `{word}`: `judge` is without network, disk and clock")]
        );
        assert!(planted(&[("store.rs", &text)]).is_empty(), "{word}");
    }
}
