//! The generated catalogue of checks in `docs/checks/` is that of this program.
//! `cargo xtask generate` makes it anew.

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
        for line in check.doc.shown(lang).trim_end().lines() {
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
    let [en, vi] = [Lang::En, Lang::Vi].map(page);
    let pages = [("docs/checks/en.md", &en), ("docs/checks/vi.md", &vi)];
    xtask::assert_fresh(pages.map(|(path, text)| (path.to_owned(), text.as_bytes())));
}
