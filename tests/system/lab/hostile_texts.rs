//! What hostile sites say, in every form in which a run is shown.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader as _, Xlsx};
use lol_html::{HtmlRewriter, Settings, element, text};

use crate::program::{succeed, v6ready};

/// Sites whose texts are made to do harm; what they say is shown with all its evidence.
const SHOWN: [&str; 7] = [
    "so-b-vidu/doc-thu",
    "so-b-vidu/doc-chung-thu",
    "so-b-vidu/doc-chuyen",
    "so-b-vidu/doc-khong-http",
    "so-b-vidu/doc-trang",
    "so-b-vidu/doc-caa",
    "so-b-vidu/van-ten",
];

/// Addresses that some site leads to and that may not be visited.
const FORBIDDEN: [&str; 3] = ["[::ffff:169.254.169.254]", "[::1]", "[fd00:ec2::254]"];

/// A part of the texts that survives every way of escaping.
const MARK: &str = "alert";

/// Whether a terminal, a browser or a reader could be misled by a character.
fn is_dangerous(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn assert_plain(text: &str, what: &str) {
    if let Some(at) = text.find(is_dangerous) {
        let around: String = text[..at].chars().rev().take(80).collect();
        panic!("{what}: {:?} after {:?}", text[at..].chars().next(), around);
    }
}

/// Shows a run of the lab in every form; `terminal` is what the terminal shows of it.
pub fn are_shown_harmless(folder: &Path, db: &Path, terminal: &str) {
    assert_plain(terminal, "terminal");
    let program = |arguments: &[&str]| {
        let output = succeed(&mut v6ready(db, arguments));
        String::from_utf8(output.stdout).unwrap()
    };
    for service in SHOWN {
        let shown = program(&["show", "-v", service]);
        assert_plain(&shown, service);
        let is_marked = shown.contains(MARK);
        assert!(is_marked || service.ends_with("khong-http") || service.ends_with("van-ten"));
    }
    for service in ["so-b-vidu/sieu-du-lieu", "so-b-vidu/ten-noi-bo"] {
        let shown = program(&["show", "-v", service]);
        assert!(shown.contains("to-private-address"), "{service}");
        let asked = |line: &str| FORBIDDEN.iter().any(|at| line.contains(&format!("tcp {at}")));
        assert!(!shown.lines().any(asked), "{service}: {shown}");
    }
    let shown = program(&["show", "-v", "so-b-vidu/h2"]);
    assert!(shown.contains("HTTP: h2 200") && !shown.contains("HTTP/1.1 200"), "{shown}");

    let out = folder.join("hostile");
    let formats = "html,markdown,json,csv,xlsx,junit";
    let to = out.to_str().unwrap();
    program(&["report", "--lang", "en", "--format", formats, "--html", "file", "--out", to]);
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(&out).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let ending = path.extension().unwrap().to_str().unwrap().to_owned();
        let octets = std::fs::read(&path).unwrap();
        if ending == "xlsx" {
            assert_workbook_is_safe(&octets);
        } else {
            let text = String::from_utf8(octets).unwrap();
            let what = path.to_str().unwrap();
            assert_plain(&text, what);
            match ending.as_str() {
                "html" => assert_page_is_safe(&text, |_| false),
                "md" => assert!(!text.contains("<script") && !text.contains("<img"), "{what}"),
                "json" => drop(serde_json::from_str::<serde_json::Value>(&text).unwrap()),
                "csv" => assert_table_is_safe(&text),
                "xml" => {
                    assert!(!text.contains("<script") && !text.contains("<img"), "{what}");
                    drop(quick_junit::Report::deserialize_from_str(&text).unwrap());
                }
                other => panic!("{other}"),
            }
            let is_short = ending == "md" || (ending == "csv" && !what.ends_with("verdicts.csv"));
            assert!(is_short || text.contains(MARK), "{what} lacks what the sites say");
        }
        seen.push(ending);
    }
    seen.sort_unstable();
    assert_eq!(seen, ["csv", "csv", "csv", "html", "json", "md", "xlsx", "xml"]);
    // So many services are a folder of pages, if nothing else is said.
    let out = folder.join("pages");
    program(&["report", "--lang", "en", "--format", "html", "--out", out.to_str().unwrap()]);
    let (mut open, mut pages) = (vec![out], 0);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert_plain(&text, path.to_str().unwrap());
            assert_page_is_safe(&text, |link| {
                let page = link.split('#').next().unwrap();
                page.ends_with(".html") && path.parent().unwrap().join(page).is_file()
            });
            pages += 1;
        }
    }
    assert!(pages > 200, "only {pages} pages");
}

/// No cell is a formula.
fn assert_table_is_safe(text: &str) {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for row in rows.records() {
        for cell in row.unwrap().iter() {
            let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!is_formula, "{cell}");
        }
    }
}

/// No cell is a formula, and every text is plain.
fn assert_workbook_is_safe(octets: &[u8]) {
    let mut book = Xlsx::new(std::io::Cursor::new(octets)).unwrap();
    for sheet in book.sheet_names() {
        assert!(book.worksheet_formula(&sheet).unwrap().is_empty(), "{sheet}");
        let range = book.worksheet_range(&sheet).unwrap();
        for (_, _, cell) in range.used_cells() {
            if let Data::String(text) = cell {
                assert_plain(text, &sheet);
            }
        }
    }
}

/// Nothing in a page runs, loads or leads anywhere but within it, to pages beside it, and to the standards' sites.
fn assert_page_is_safe(html: &str, is_beside: impl Fn(&str) -> bool) {
    let settings = Settings::new()
        .append_element_content_handler(element!("*", |element| {
            let tag = element.tag_name();
            let loads = ["img", "iframe", "object", "embed", "link", "base", "form"];
            assert!(!loads.contains(&tag.as_str()), "<{tag}>");
            for attribute in element.attributes() {
                let (name, value) = (attribute.name(), attribute.value());
                let loads = ["src", "srcset", "action", "formaction", "data", "poster", "style"];
                assert!(!name.starts_with("on") && !loads.contains(&name.as_str()), "{name}");
                let is_safe = value.starts_with('#')
                    || value.starts_with("https://")
                    || is_beside(value.as_str());
                assert!(name != "href" || is_safe, "{value}");
                assert!(!value.contains(MARK) || matches!(name.as_str(), "title"), "{value}");
            }
            Ok(())
        }))
        .append_element_content_handler(text!("script", |chunk| {
            let text = chunk.as_str();
            assert!(!text.contains(MARK) && !text.contains("http"), "{text}");
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            assert!(!chunk.as_str().contains("url(") && !chunk.as_str().contains("@import"));
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html.as_bytes()).unwrap();
    rewriter.end().unwrap();
}
