//! `reports/sample-province` is what this program makes of the runs in its `runs` folder; `cargo xtask
//! generate` makes it anew.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The files of a folder; of one that is not there yet, none.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_sample_province_s_reports_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("store.db");
    let program = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_v6ready"))
            .arg("--db")
            .arg(&db)
            .args(arguments)
            .current_dir(root)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let runs = root.join("reports/sample-province/runs");
    for name in files(&runs).into_keys() {
        program(&["runs", "import", runs.join(name).to_str().unwrap()]);
    }
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for (lang, formats) in
        [("vi", "html,pdf,docx,xlsx,csv,markdown,json,junit"), ("en", "html,pdf,markdown")]
    {
        let out = folder.path().join(lang);
        program(&[
            "report",
            "--quarter",
            "2026Q4",
            "--as-of",
            "2026-12-31",
            "--lang",
            lang,
            "--format",
            formats,
            "--letterhead",
            "docs/letterhead.yaml",
            "--out",
            out.to_str().unwrap(),
        ]);
        let made = files(&out);
        let folder = format!("reports/sample-province/{lang}");
        let kept = files(&root.join(&folder));
        let is_made = |name: &&String| made.contains_key(*name);
        assert_eq!(kept.keys().filter(|name| !is_made(name)).count(), 0, "more than is made");
        all.extend(made.into_iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes)));
    }
    xtask::assert_fresh(all.iter().map(|(path, bytes)| (path.clone(), &bytes[..])));
}
