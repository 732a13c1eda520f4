//! The same review through every form of a quarter.

use calamine::Reader as _;

use super::sample::{HOSTILE, PLAIN, golden, result};
use crate::check::common;
use crate::judge::quarter::{Material, Point, Previous, Review, Snapshot};
use crate::judge::{Change, GateReading, Histories, Lineage, RunResult, Standing};
use crate::model::{Lang, RunId, Stage, Verdict};
use crate::report::letterhead::Letterhead;
use crate::report::quarter::{QuarterContext, html, json, markdown, sections};
use crate::report::{csv, pdf, table, xlsx};

type Book = calamine::Xlsx<std::io::Cursor<Vec<u8>>>;
type Write = fn(&QuarterContext<'_>, &mut dyn std::io::Write) -> std::io::Result<()>;

/// A quarter whose closing run is compared with a quite different one.
pub(super) fn review(words: &[&str]) -> Review {
    compared(result(3, 4, words), result(3, 3, words))
}

/// As [`review`], of few checks, so that a new one changes no golden file.
pub(super) fn golden_review() -> Review {
    let mut earlier = golden();
    earlier.services.truncate(6);
    compared(golden(), earlier)
}

pub(super) fn compared(closing: RunResult, mut earlier: RunResult) -> Review {
    earlier.run.id = RunId::of_tests("20260929T200800Z-past");
    earlier.run.started_at = "2026-09-29T20:08:00Z".parse().unwrap();
    earlier.run.finished_at = Some("2026-09-29T20:20:00Z".parse().unwrap());
    earlier.services.rotate_left(1);
    for (at, service) in earlier.services.iter_mut().enumerate() {
        service.service = closing.services[at].service.clone();
    }
    let points = vec![Point::of(&earlier)];
    let runs = runs_with_incidents(&earlier);
    let quarter = "2026Q4".parse().unwrap();
    let previous = Some(Previous { quarter: "2026Q3".parse().unwrap(), result: earlier });
    let mut histories = Histories::default();
    for run in [&previous.as_ref().unwrap().result, &closing] {
        histories.add_result(run, &Lineage::default());
    }
    Review::of(Material { quarter, closing, previous, points, runs, histories })
}

/// Runs of the quarter in which something came and went: a fault of two services, one that hid one of
/// them, and an outage of our own.
fn runs_with_incidents(of: &RunResult) -> Vec<Snapshot> {
    let run = |id: &str, day: i8, change: fn(usize, &mut GateReading)| {
        let mut run = Snapshot::of(of);
        run.run = RunId::of_tests(id);
        run.ended_at =
            jiff::civil::date(2026, 10, day).at(19, 15, 0, 0).in_tz("UTC").unwrap().into();
        let ids: Vec<_> = of.services.iter().map(|result| result.service.id.clone()).collect();
        for (at, id) in ids.iter().enumerate() {
            let reading = run.services.get_mut(id).unwrap();
            *reading = GateReading {
                failing: Vec::new(),
                following: Vec::new(),
                unknown: Vec::new(),
                ..reading.clone()
            };
            reading.standing = Standing::At(Stage::AtParity);
            change(at, reading);
        }
        run
    };
    vec![
        run("20261001T191000Z-good", 1, |_, _| {}),
        run("20261002T191000Z-bad1", 2, |at, reading| {
            if at < 2 {
                reading.failing.push(("reach-port", "refused"));
            }
        }),
        run("20261003T191000Z-bad2", 3, |at, reading| {
            if at < 2 {
                reading.failing.push(("reach-port", "refused"));
            }
        }),
        run("20261005T191000Z-good", 5, |_, _| {}),
        run("20261006T191000Z-lost", 6, |_, reading| {
            reading.standing = Standing::Unknown { at_least: Stage::Ipv4Only };
        }),
        run("20261007T191000Z-good", 7, |_, _| {}),
    ]
}

fn render(review: &Review, lang: Lang, write: Write) -> String {
    let mut out = Vec::new();
    write(&QuarterContext { review, lang }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn hostile_text_is_harmless_in_a_quarter() {
    let hostile = review(&HOSTILE);
    for lang in [Lang::Vi, Lang::En] {
        for write in [html::write as Write, markdown::write] {
            let text = render(&hostile, lang, write);
            assert!(!text.contains("<script") && !text.contains("<img src=x"), "{text}");
            let control = |c: char| c.is_control() && c != '\n';
            assert!(!text.contains(control) && !text.contains('\u{202e}'), "{text}");
        }
        let text = render(&hostile, lang, json::write);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }
}

#[test]
fn hostile_and_long_text_stays_inside_documents() {
    let hostile = review(&HOSTILE);
    for lang in [Lang::Vi, Lang::En] {
        let context = QuarterContext { review: &hostile, lang };
        let (mut document, mut book, mut table) = (Vec::new(), Vec::new(), Vec::new());
        pdf::quarter::write(&context, &Letterhead::default(), &mut document).unwrap();
        xlsx::quarter::write(&context, &mut book).unwrap();
        csv::write_work(&context, &mut table).unwrap();
        assert!(document.starts_with(b"%PDF-"));
        let mut again = Vec::new();
        pdf::quarter::write(&context, &Letterhead::default(), &mut again).unwrap();
        assert_eq!(document, again);
        let mut book: Book = calamine::Reader::new(std::io::Cursor::new(book)).unwrap();
        for name in book.sheet_names() {
            let formulas = book.worksheet_formula(&name).unwrap();
            assert!(formulas.used_cells().next().is_none(), "{name}");
        }
    }
}

#[test]
fn a_large_inventory_fits_into_every_form() {
    let large = compared(result(20, 10, &PLAIN), result(20, 10, &PLAIN));
    let context = QuarterContext { review: &large, lang: Lang::Vi };
    let (mut document, mut book) = (Vec::new(), Vec::new());
    pdf::quarter::write(&context, &Letterhead::default(), &mut document).unwrap();
    xlsx::quarter::write(&context, &mut book).unwrap();
    assert!(!document.is_empty() && !book.is_empty());
}

#[test]
fn every_section_speaks_and_its_tables_are_rectangular() {
    let plain = review(&PLAIN);
    for lang in [Lang::Vi, Lang::En] {
        let context = QuarterContext { review: &plain, lang };
        let sections: Vec<_> = sections(&context).collect();
        for section in &sections {
            assert!(!section.paragraphs.is_empty() || !section.tables.is_empty(), "{}", section.id);
            for table in &section.tables {
                for row in table.rows.iter().chain(&table.total) {
                    assert_eq!(row.len(), table.columns.len(), "{}", table.title);
                }
            }
        }
        let page = render(&plain, lang, html::write);
        for section in &sections {
            assert!(page.contains(&format!("id=\"{}\"", section.id)), "{}", section.id);
        }
    }
}

#[test]
fn the_document_keeps_its_schema_and_every_rendering_its_bytes() {
    let schema: serde_json::Value = serde_json::from_str(&json::schema()).unwrap();
    for words in [&PLAIN[..], &HOSTILE] {
        let document = render(&review(words), Lang::Vi, json::write);
        let value = serde_json::from_str(&document).unwrap();
        jsonschema::validate(&schema, &value).unwrap_or_else(|error| panic!("{error}"));
    }
    for write in [html::write as Write, markdown::write, json::write] {
        let again = render(&review(&PLAIN), Lang::Vi, write);
        assert_eq!(render(&review(&PLAIN), Lang::Vi, write), again);
    }
}

#[test]
fn what_came_and_went_is_named_once() {
    let incidents = golden_review().incidents;
    let faults: Vec<_> = incidents.iter().filter(|i| i.change == Change::Worse).collect();
    let [fault] = faults[..] else { panic!("{}", faults.len()) };
    assert_eq!(fault.failures, [("reach-port", "refused")]);
    assert_eq!((fault.services.len(), fault.runs, fault.lasted().as_hours()), (2, 2, 72));
    let outages: Vec<_> = incidents.iter().filter(|i| i.change == Change::Unknown).collect();
    let [outage] = outages[..] else { panic!("{}", outages.len()) };
    assert!(outage.services.len() > 4 && outage.runs == 1);
}

/// The closing run saw nothing, because our own side was cut off: one row, and what it hides beneath.
#[test]
fn an_outage_of_our_own_is_one_row() {
    let mut closing = golden();
    closing.services.truncate(4);
    let earlier = closing.clone();
    for service in &mut closing.services {
        service.standing = Standing::Unknown { at_least: Stage::Ipv4Only };
        let mut verdicts = service.verdicts.unpack();
        for judged in &mut verdicts {
            judged.verdict = Verdict::inconclusive(common::VANTAGE_LOST);
        }
        service.verdicts = verdicts.into();
    }
    let review = compared(closing, earlier);
    for lang in [Lang::Vi, Lang::En] {
        for table in [
            table::quarter::stage_changes(&review, lang),
            table::quarter::check_changes(&review, lang),
        ] {
            let rows = table.with_beneath();
            assert_eq!(rows.len(), 1, "{rows:?}");
            assert!(rows[0].1.len() >= 3 && rows[0].0[1].words(lang) == common::VANTAGE_LOST);
        }
        let work = table::work_list(&review.closing, lang).whole();
        let rows = work.with_beneath();
        assert_eq!((rows.len(), rows[0].1.len()), (1, 4), "{rows:?}");
        let context = QuarterContext { review: &review, lang };
        let mut page = Vec::new();
        html::write(&context, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("<summary>↳ +") && page.contains("vantage-lost"));
    }
}
