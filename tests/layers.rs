//! The layers: what each module may import, and the words that pure modules may not contain.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// Module, and the modules of this crate that it may import beside itself.
const MAY_IMPORT: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("inventory", &["model"]),
    ("policy", &["model"]),
    ("evidence", &["model"]),
    ("plan", &["model", "evidence"]),
    ("check", &["model", "evidence"]),
    ("judge", &["model", "evidence", "check", "policy"]),
    ("probe", &["model"]),
    ("store", &["model"]),
    // `describe` reads certificates as the checks do.
    ("report", &["model", "judge", "check", "policy", "evidence"]),
    ("lab", &["model"]),
];

/// Modules without network, disk and clock.
const PURE: [&str; 8] =
    ["model", "inventory", "policy", "evidence", "plan", "check", "judge", "report"];

const FORBIDDEN: [&str; 7] = [
    "tokio::",
    "std::fs",
    "::now()",
    "SystemTime",
    "Instant",
    "std::net::TcpStream",
    "std::net::UdpSocket",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"))
        {
            found.push(path);
        }
    }
}

/// The code of a file: without comments, and without what stands in its test module, which is last.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn violations(module: &str, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module).map(|(_, may)| *may);
    for part in code.split("crate::").skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let known = MAY_IMPORT.iter().any(|(known, _)| *known == name) || name == "commands";
        if known && name != module && !allowed.is_some_and(|may| may.contains(&name.as_str())) {
            found.push(format!("{module} imports {name}"));
        }
    }
    if PURE.contains(&module) {
        let words = FORBIDDEN.iter().filter(|word| code.contains(**word));
        found.extend(words.map(|word| format!("{module} contains `{word}`")));
    }
    found
}

#[test]
fn layers_are_kept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (module, _) in MAY_IMPORT {
        let mut files = Vec::new();
        sources(&root.join(module), &mut files);
        assert!(!files.is_empty(), "{module}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(violations(module, &code(&text)), [""; 0], "{}", file.display());
        }
    }
}

#[test]
fn a_violation_is_found() {
    assert_eq!(violations("model", "use crate::check::X;"), ["model imports check"]);
    assert_eq!(violations("judge", "Timestamp::now()"), ["judge contains `::now()`"]);
    assert!(violations("judge", &code("// std::fs\n#[cfg(test)]\nmod t { tokio::x }")).is_empty());
}
