//! The generated catalogue of checks in `docs/checks/` is that of this program.
//! `V6READY_UPDATE=1 cargo test --test catalogue` writes it anew.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use v6ready::check::CATALOGUE;
use v6ready::model::Lang;
use v6ready::report::texts;

/// One page in one language: a table of all checks, then every check's own page one heading lower.
fn page(lang: Lang) -> String {
    let (title, note, head) = match lang {
        Lang::En => (
            "The checks",
            "Generated from `src/check/*/*.en.md`; do not edit. `v6ready explain ID` prints one of them.",
            "| check | severity | what it asks |",
        ),
        Lang::Vi => (
            "Các tiêu chí kiểm tra",
            "Được tạo tự động từ `src/check/*/*.vi.md`; không sửa trực tiếp. Lệnh `v6ready explain ID --lang vi` in từng tiêu chí.",
            "| tiêu chí | mức độ | nội dung |",
        ),
    };
    let mut text = format!("# {title}\n\n{note}\n\n{head}\n|---|---|---|\n");
    for check in CATALOGUE.iter() {
        let id = check.id;
        let severity = texts::severity(check.severity).get(lang);
        text.push_str(&format!("| [`{id}`](#{id}) | {severity} | {} |\n", check.title(lang)));
    }
    for check in CATALOGUE.iter() {
        text.push_str(&format!("\n<a id=\"{}\"></a>\n", check.id));
        for line in check.doc.markdown(lang).trim_end().lines() {
            let deeper = if line.starts_with('#') { "#" } else { "" };
            text.push_str(&format!("{deeper}{line}\n"));
            if line.starts_with("# ") {
                text.push_str(&format!("\n`{}`\n", check.id));
            }
        }
    }
    text
}

#[test]
fn the_catalogue_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks");
    for (lang, file) in [(Lang::En, "en.md"), (Lang::Vi, "vi.md")] {
        let path = folder.join(file);
        let text = page(lang);
        if std::env::var_os("V6READY_UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == text, "docs/checks/{file} is not fresh: see this test's head");
    }
}
