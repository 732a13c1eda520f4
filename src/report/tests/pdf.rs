//! The PDF, read by an independent reader where there is one (`.ci/install-peers` installs it).

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::sample::{HOSTILE, PLAIN, result};
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report::letterhead::Letterhead;
use crate::report::{ReportContext, pdf};

fn render(result: &RunResult, lang: Lang, letterhead: &Letterhead) -> Vec<u8> {
    let mut out = Vec::new();
    pdf::write(&ReportContext { result, lang, find_observation: &|_| None }, letterhead, &mut out)
        .unwrap();
    out
}

fn example() -> Letterhead {
    Letterhead::parse(include_str!("../../../docs/letterhead.yaml")).unwrap()
}

/// The text of each page as poppler reads it. On a machine without poppler there is none; CI has it.
pub(super) fn read(pdf: &[u8]) -> Option<Vec<String>> {
    let reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut reader) = reader else {
        assert!(std::env::var_os("CI").is_none(), "CI has no pdftotext");
        eprintln!("not run: no pdftotext here (Debian: poppler-utils)");
        return None;
    };
    let mut input = reader.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = reader.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.split_terminator('\u{c}').map(str::to_owned).collect())
}

/// Words one blank apart, so that places on the page don't matter.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_independent_reader_finds_the_vietnamese_words() {
    let pdf = render(&result(3, 4, &PLAIN), Lang::Vi, &example());
    let Some(pages) = read(&pdf) else { return };
    let first = words(&pages[0]);
    for expected in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "CƠ QUAN BAN HÀNH (VÍ DỤ)",
        "Địa danh (ví dụ), ngày …… tháng …… năm ………",
        "BÁO CÁO",
        "Kết quả chuyển đổi IPv6: Tỉnh thử nghiệm",
        "Kính gửi: Cơ quan chủ quản (ví dụ)",
        "I. TÌNH HÌNH VÀ KẾT QUẢ THỰC HIỆN",
    ] {
        assert!(first.contains(expected), "{expected}: {first}");
    }
    let all = words(&pages.join(" "));
    for expected in [
        "Phụ lục I",
        "KẾT QUẢ CỦA TỪNG DỊCH VỤ",
        "(Kèm theo Báo cáo số",
        "Hình 1. Số dịch vụ theo mức",
        "Nơi nhận:",
        "- Lưu: VT, CNTT.",
        "KT. THỦ TRƯỞNG",
    ] {
        assert!(all.contains(expected), "{expected}: {all}");
    }
    // The first page has no number, the others have theirs in the upper margin; annexes count anew.
    let mut number = 0;
    for page in &pages {
        let is_first = number == 0 || page.trim_start().starts_with("Phụ lục ");
        number = if is_first { 1 } else { number + 1 };
        let shown = page.split_whitespace().next().and_then(|word| word.parse::<usize>().ok());
        assert_eq!(shown, (!is_first).then_some(number), "{page}");
    }
}

#[test]
fn headings_of_a_table_stand_on_each_of_its_pages() {
    let pdf = render(&result(10, 30, &PLAIN), Lang::En, &Letterhead::default());
    let Some(pages) = read(&pdf) else { return };
    let begins = |number: &str| {
        let heading = format!("Annex {number}");
        pages.iter().position(|page| page.lines().any(|line| line.trim() == heading)).unwrap()
    };
    let (first, second) = (begins("I"), begins("II"));
    assert!(second > first + 5);
    for page in &pages[first..second] {
        assert!(page.contains("What holds it"), "{page}");
    }
    assert!(words(&pages.join(" ")).contains(" 300 "), "the last service has its number");
}

#[test]
fn hostile_and_long_text_stays_inside() {
    let long = ["Ủy ban ".repeat(30), "x".repeat(200), "https://a-b.c/".repeat(20)];
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    for list in [&HOSTILE[..], &long] {
        for lang in [Lang::Vi, Lang::En] {
            let pdf = render(&result(4, 6, list), lang, &example());
            let Some(pages) = read(&pdf) else { return };
            let text = pages.join("");
            let bad =
                |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
            // Poppler itself writes marks around letters of the other direction; there are none here.
            assert_eq!(text.chars().find(bad), None);
        }
    }
}

/// A hundred bodies with fifteen services each, all of which are named.
#[test]
fn a_large_inventory_is_a_document_too() {
    let pdf = render(&result(100, 15, &PLAIN), Lang::Vi, &example());
    let Some(pages) = read(&pdf) else { return };
    let all = pages.join(" ");
    let words: std::collections::BTreeSet<_> = all.split_whitespace().collect();
    for organisation in 0..100 {
        for service in 0..15 {
            // Narrow columns break an address after a dot.
            let address = format!("https://s{service}.o{organisation}.");
            assert!(words.iter().any(|word| word.starts_with(&address)), "{address}");
        }
    }
    assert!(words.contains("1.500"));
    // What is signed stays short, whatever the size.
    let body = pages.iter().position(|page| page.contains("Phụ lục I\n")).unwrap();
    assert!(body <= 4, "{body} pages before the annexes");
}

#[test]
fn the_same_result_gives_the_same_file() {
    let once = render(&result(2, 3, &PLAIN), Lang::Vi, &example());
    assert_eq!(once, render(&result(2, 3, &PLAIN), Lang::Vi, &example()));
}

#[test]
fn an_empty_result_is_a_document_too() {
    let mut empty = result(1, 1, &PLAIN);
    empty.services.clear();
    assert!(render(&empty, Lang::Vi, &Letterhead::default()).starts_with(b"%PDF-"));
}
