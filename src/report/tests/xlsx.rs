//! The workbook, read by an independent reader.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::sample::{HOSTILE, PLAIN, render, result};
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report::{describe, table, xlsx};

type Book = Xlsx<Cursor<Vec<u8>>>;

fn book(result: &RunResult, lang: Lang) -> Book {
    Xlsx::new(Cursor::new(render(result, lang, xlsx::write))).unwrap()
}

/// What calamine reads of a context is what the table says, with the same types.
#[test]
fn cells_have_real_types() {
    let plain = result(2, 4, &PLAIN);
    for lang in [Lang::Vi, Lang::En] {
        let mut book = book(&plain, lang);
        assert_eq!(book.sheet_names().len(), 7);
        let organisations = table::organisations(&plain, lang);
        let range = book.worksheet_range(organisations.title).unwrap();
        let row: Vec<_> = range.rows().nth(1).unwrap().to_vec();
        assert_eq!(row[0], Data::String(PLAIN[0].into()));
        assert_eq!(row[1], Data::Float(4.0));
        let services = table::services(&plain, lang, false);
        let range = book.worksheet_range(services.title).unwrap();
        assert_eq!(range.height(), 1 + 8);
        let by = services.columns.iter().position(|c| c.kind == table::Kind::Date).unwrap();
        let Data::DateTime(by) = &range.rows().nth(1).unwrap()[by] else { panic!("no date") };
        assert_eq!(by.as_f64(), 46022.0, "31 December 2025");
    }
}

#[test]
fn no_cell_is_a_formula_and_every_text_is_the_text() {
    let hostile = result(3, 4, &HOSTILE);
    let mut book = book(&hostile, Lang::Vi);
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
    let services = table::services(&hostile, Lang::Vi, false);
    let range = book.worksheet_range(services.title).unwrap();
    for (row, service) in range.rows().skip(1).zip(&hostile.services) {
        assert_eq!(row[1].to_string(), describe::clean(&service.service.name));
    }
}

/// A blank cell equals 0 by itself: no rule may colour it as stage 0.
#[test]
fn colours_leave_blank_cells_alone() {
    let octets = render(&result(2, 8, &PLAIN), Lang::En, xlsx::write);
    let mut archive = zip::ZipArchive::new(Cursor::new(octets)).unwrap();
    let mut formulas = 0;
    for at in 0..archive.len() {
        let mut text = String::new();
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.starts_with("xl/worksheets/") && name.ends_with(".xml") {
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        }
        for rule in text.split("<cfRule ").skip(1) {
            assert!(rule.starts_with("type=\"expression\""), "{}", &rule[..60]);
            assert!(rule.contains("<formula>AND(NOT(ISBLANK("), "{}", &rule[..200]);
            formulas += 1;
        }
    }
    assert!(formulas > 10, "{formulas}");
}

#[test]
fn the_same_result_gives_the_same_workbook() {
    let once = render(&result(2, 3, &PLAIN), Lang::Vi, xlsx::write);
    assert_eq!(once, render(&result(2, 3, &PLAIN), Lang::Vi, xlsx::write));
}

#[test]
fn an_empty_result_is_a_workbook_too() {
    let mut empty = result(1, 1, &PLAIN);
    empty.services.clear();
    empty.vantage.clear();
    assert_eq!(book(&empty, Lang::En).sheet_names().len(), 7);
}
