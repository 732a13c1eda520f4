//! The tables: examples, words in both languages, and names that must agree with other types.

use std::collections::BTreeSet;

use super::document::DOCUMENT;
use super::kinds::KINDS;
use crate::inventory::parse;
use crate::inventory::section::description::{Fallback, Outline, Row};
use crate::model::{Lang, Target};

/// Calls `see` with each row and the path of its section.
fn for_each_row(section: &dyn Outline, path: &[&'static str], see: &mut dyn FnMut(&[&str], &Row)) {
    for row in section.rows().iter().chain(&section.alternatives()) {
        see(path, row);
        if let Some(inner) = row.value.subsection() {
            let path: Vec<_> = path.iter().copied().chain([row.name]).collect();
            for_each_row(inner.section, &path, see);
        }
    }
}

/// An inventory with one more key at a place of the file.
fn inventory_with(path: &[&str], key: &str, value: &str) -> String {
    let pair = format!("{key}: {value}");
    let is_kind = Target::KINDS.contains(&key) && path.last() == Some(&"services");
    let kind = if is_kind { "" } else { ", web: \"https://a.example/\"" };
    let has = |known: &str, at: &[&str]| path == at && key == known;
    let (mut file, mut organisation, mut service) = (String::new(), String::new(), String::new());
    match path {
        [] if !["version", "organisations"].contains(&key) => file = pair,
        ["settings"] => file = format!("settings: {{{pair}}}"),
        ["settings", "caa_issuers"] => {
            let other = if key == "issuer" { "domain: ca.example" } else { "issuer: x" };
            file = format!("settings: {{caa_issuers: [{{{pair}, {other}}}]}}");
        }
        ["settings", "origin_data"] => {
            let routes = if key == "routes" { "" } else { ", routes: r.txt" };
            file = format!("settings: {{origin_data: {{{pair}{routes}}}}}");
        }
        ["settings", inner] => file = format!("settings: {{{inner}: {{{pair}}}}}"),
        ["networks"] => {
            let rest: String = [("prefix", "\"2001:db8::/32\""), ("name", "x")]
                .iter()
                .filter(|(name, _)| *name != key)
                .map(|(name, value)| format!(", {name}: {value}"))
                .collect();
            file = format!("networks: [{{{pair}{rest}}}]");
        }
        ["organisations"] if key != "services" => organisation = pair,
        ["organisations", "services"] => service = pair,
        ["organisations", "services", inner] => {
            let other = match key {
                "stage" => "by: 2026-12-31",
                "by" => "stage: 3",
                "reason" => "until: 2026-12-31",
                _ => "reason: x",
            };
            service = format!("{inner}: {{{pair}, {other}}}");
        }
        _ => {}
    }
    let id =
        |path: &[&str], id: &str| if has("id", path) { "".into() } else { format!("id: {id}") };
    let category = match has("category", &["organisations", "services"]) {
        true => "",
        false => ", category: portal",
    };
    let join = |parts: [&str; 2]| {
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let organisation = join([&id(&["organisations"], "o"), &organisation]);
    let service = join([&id(&["organisations", "services"], "s"), &service]);
    format!(
        "version: 1\n{file}\norganisations: [{{{organisation}, services: [{{{service}{category}{kind}}}]}}]\n"
    )
}

/// What the documentation shows, in both languages, an inventory may hold.
#[test]
fn examples_are_good() {
    let mut seen = 0;
    for_each_row(&DOCUMENT, &[], &mut |path, row| {
        for lang in [Lang::En, Lang::Vi] {
            let example = row.example.get(lang);
            if example.contains('…') {
                continue;
            }
            let text = inventory_with(path, row.name, example);
            if let Err(problems) = parse(text.as_bytes(), row.name) {
                panic!("{text}\n{}", problems.render(false));
            }
            seen += 1;
        }
    });
    assert!(seen > 100, "{seen}");
}

#[test]
fn every_key_is_explained_in_both_languages() {
    for_each_row(&DOCUMENT, &[], &mut |path, row| {
        let place = format!("{path:?} {}", row.name);
        let is_explained = [Lang::En, Lang::Vi].map(|lang| !row.meaning.get(lang).is_empty());
        assert_eq!(is_explained[0], is_explained[1], "{place}");
        assert!(is_explained[0] || row.value.subsection().is_some(), "{place}");
        // The schema puts a default behind the last sentence.
        assert!(!is_explained[0] || row.meaning.get(Lang::En).ends_with('.'), "{place}");
    });
}

#[test]
fn no_key_is_given_twice_in_a_section() {
    let mut seen = BTreeSet::new();
    for_each_row(&DOCUMENT, &[], &mut |path, row| {
        assert!(seen.insert((path.join("."), row.name)), "{path:?} {}", row.name);
    });
}

#[test]
fn the_kinds_are_those_of_targets() {
    assert_eq!(KINDS.each_ref().map(|kind| kind.name), Target::KINDS);
    for kind in &KINDS {
        let example = kind.example.trim_matches('"');
        assert_eq!(kind.target(example).map(|target| target.kind()), Ok(kind.name));
    }
}

#[test]
fn the_default_policy_is_that_of_the_judge() {
    for_each_row(&DOCUMENT, &[], &mut |_, row| {
        if row.name == "policy" {
            let Fallback::Value(name) = row.fallback else { panic!() };
            assert_eq!(name.get(Lang::En), crate::policy::DEFAULT);
        }
    });
}
