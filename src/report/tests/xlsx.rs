//! The workbook, read by an independent reader.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::sample::{HOSTILE, PLAIN, result};
use crate::judge::RunResult;
use crate::model::Lang;
use crate::report::xlsx::Form;
use crate::report::{ReportContext, describe, table, xlsx};

type Book = Xlsx<Cursor<Vec<u8>>>;

fn octets(result: &RunResult, lang: Lang, form: &Form<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let context = ReportContext { result, lang, find_observation: &|_| None };
    xlsx::write_with(&context, form, &mut out).unwrap();
    out
}

fn book(result: &RunResult, lang: Lang) -> Book {
    Xlsx::new(Cursor::new(octets(result, lang, &Form::default()))).unwrap()
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
        let services = table::services(&plain, lang, false).whole();
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
    let services = table::services(&hostile, Lang::Vi, false).whole();
    let range = book.worksheet_range(services.title).unwrap();
    for (row, service) in range.rows().skip(1).zip(&hostile.services) {
        assert_eq!(row[1].to_string(), describe::clean(&service.service.name));
    }
}

/// A blank cell equals 0 by itself: no rule may colour it as stage 0.
#[test]
fn colours_leave_blank_cells_alone() {
    let octets = octets(&result(2, 8, &PLAIN), Lang::En, &Form::default());
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
    let made = || octets(&result(2, 3, &PLAIN), Lang::Vi, &Form::default());
    assert_eq!(made(), made());
}

#[test]
fn an_empty_result_is_a_workbook_too() {
    let mut empty = result(1, 1, &PLAIN);
    empty.services.clear();
    empty.vantage.clear();
    assert_eq!(book(&empty, Lang::En).sheet_names().len(), 7);
}

#[test]
fn each_organisation_has_a_sheet_of_its_services_where_that_is_asked_for() {
    let hostile = result(5, 3, &HOSTILE);
    let form = Form { by_organisation: true, ..Form::default() };
    let mut book: Book = Xlsx::new(Cursor::new(octets(&hostile, Lang::Vi, &form))).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), 7 + 5, "{names:?}");
    for (name, (_, services)) in names[6..].iter().zip(hostile.by_organisation()) {
        let range = book.worksheet_range(name).unwrap();
        let ids: Vec<String> = range.rows().skip(1).map(|row| row[1].to_string()).collect();
        let expected: Vec<String> = services.iter().map(|one| one.service.id.to_string()).collect();
        assert_eq!(ids, expected, "{name}");
    }
}

/// What follows from a cause is folded away below it, in as many rows as a program takes well.
#[test]
fn long_sheets_say_the_same_as_the_table() {
    let many = result(3, 60, &PLAIN);
    let work = table::work_list(&many, Lang::En).whole();
    assert!(!work.beneath.is_empty());
    let mut book = book(&many, Lang::En);
    let range = book.worksheet_range(work.title).unwrap();
    assert_eq!(range.height(), 1 + work.rows.len());
    let written = range.rows().skip(1).map(|row| row[2].to_string());
    assert!(written.eq(work.rows.iter().map(|row| row[2].words(Lang::En))));
}
