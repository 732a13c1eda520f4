//! Whether every crate that a manifest declares is named by the code that it is declared for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Spacing, TokenStream, TokenTree};

use super::imports::Tree;
use super::sources;

/// Packages whose crate has another name.
const CRATE_NAMES: [(&str, &str); 1] = [("rustls-webpki", "webpki")];

/// The packages that a section of a manifest declares.
fn declared(manifest: &str, section: &str) -> Vec<String> {
    let heading = format!("[{section}]");
    let lines = manifest.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let keys = lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    keys.map(|(key, _)| key.trim().trim_end_matches(".workspace").to_owned()).collect()
}

/// Those of a section that no path begins with.
fn unnamed(manifest: &str, section: &str, named: &BTreeSet<String>) -> Vec<String> {
    let crate_name = |package: &str| {
        let other = CRATE_NAMES.iter().find(|(known, _)| *known == package);
        other.map_or_else(|| package.replace('-', "_"), |(_, name)| (*name).to_owned())
    };
    let declared = declared(manifest, section);
    assert!(!declared.is_empty(), "[{section}] is not there");
    declared.into_iter().filter(|package| !named.contains(&crate_name(package))).collect()
}

/// The words before `::` in any of these files, tests included.
fn words_before_colons<'t>(texts: impl Iterator<Item = &'t String>) -> BTreeSet<String> {
    fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
        let mut word = None;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => word = Some(name.to_string()),
                // The first of two; the second comes when the word is taken.
                TokenTree::Punct(punct)
                    if punct.as_char() == ':' && punct.spacing() == Spacing::Joint =>
                {
                    words.extend(word.take());
                }
                TokenTree::Group(group) => {
                    word = None;
                    collect(group.stream(), words);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => word = None,
            }
        }
    }
    let mut words = BTreeSet::new();
    for text in texts {
        collect(text.parse().unwrap(), &mut words);
    }
    words
}

fn files(root: &Path, folders: &[&str]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for folder in folders {
        sources(&root.join(folder), root, &mut found);
    }
    found
}

#[test]
fn every_dependency_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let mut program = BTreeMap::new();
    sources(&root.join("src"), &root.join("src"), &mut program);
    let tree = Tree::read(&program);
    let firsts = tree.files().flat_map(|file| file.paths.iter().filter_map(|path| path.first()));
    let named: BTreeSet<String> = firsts.cloned().collect();
    assert_eq!(unnamed(&manifest, "dependencies", &named), [""; 0], "in src/, tests left out");
    let tests = files(root, &["src", "tests", "benches", "fuzz", "examples"]);
    let named = words_before_colons(tests.values());
    assert_eq!(unnamed(&manifest, "dev-dependencies", &named), [""; 0], "in tests and benches");
    let fuzz = files(root, &["fuzz"]);
    let manifest = std::fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
    let named = words_before_colons(fuzz.values());
    assert_eq!(unnamed(&manifest, "dependencies", &named), [""; 0], "in fuzz/");
}

#[test]
fn a_dependency_that_nobody_names_is_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# a remark = 1\nserde_json = \"1\"\n\
                    rustls-webpki = \"1\"\nmiette = \"1\"\n[dev-dependencies]\ntempfile = \"3\"\n";
    let code = ["use serde_json::Value; fn f() { webpki::g(); let miette: u8 = 1; }".to_owned()];
    let named = words_before_colons(code.iter());
    assert_eq!(unnamed(manifest, "dev-dependencies", &named), ["tempfile"]);
    // One colon follows a variable.
    assert_eq!(unnamed(manifest, "dependencies", &named), ["miette"]);
}
