//! Golden files: the same result gives the bytes of last time, in every language.
//! `cargo xtask generate` makes them anew; look at what changed before you commit it.

use super::excerpt::own;
use super::quarter::{compared, golden_review};
use super::sample::golden;
use crate::model::Lang;
use crate::report::letterhead::Letterhead;
use crate::report::mail::{Beside, Mail};
use crate::report::quarter::{QuarterContext, html, json, markdown};
use crate::report::{ReportContext, csv, docx, junit, pdf, xlsx};

type Render = fn(&ReportContext<'_>, &mut Vec<u8>) -> std::io::Result<()>;

fn with_letterhead(context: &ReportContext<'_>, out: &mut Vec<u8>) -> std::io::Result<()> {
    let example = Letterhead::parse(include_str!("../../../docs/letterhead.yaml")).unwrap();
    pdf::write(context, &example, out)
}

type RenderQuarter = fn(&QuarterContext<'_>, &Letterhead, &mut Vec<u8>) -> std::io::Result<()>;

fn quarter_formats() -> [(&'static str, RenderQuarter); 7] {
    [
        ("html", |context, _, out| html::write(context, out)),
        ("md", |context, _, out| markdown::write(context, out)),
        ("json", |context, _, out| json::write(context, out)),
        ("pdf", |context, letterhead, out| pdf::quarter::write(context, letterhead, out)),
        ("docx", |context, letterhead, out| docx::write_quarter(context, letterhead, out)),
        ("xlsx", |context, _, out| xlsx::quarter::write(context, out)),
        ("work.csv", |context, _, out| csv::write_work(context, out)),
    ]
}

#[test]
fn every_format_gives_the_golden_bytes() {
    let formats: [(&str, Render); 5] = [
        ("csv", |context, out| csv::write_services(context, out)),
        ("verdicts.csv", |context, out| csv::write_verdicts(context, out)),
        ("junit.xml", |context, out| junit::write(context, out)),
        ("xlsx", |context, out| xlsx::write(context, out)),
        ("pdf", with_letterhead),
    ];
    let (result, review) = (golden(), golden_review());
    let mut files = Vec::new();
    for lang in [Lang::Vi, Lang::En] {
        for (ending, write) in formats {
            let mut out = Vec::new();
            write(&ReportContext { result: &result, lang, find_observation: &|_| None }, &mut out)
                .unwrap();
            files.push((format!("src/report/tests/golden/run.{}.{ending}", lang.tag()), out));
        }
    }
    for lang in [Lang::Vi, Lang::En] {
        let context = QuarterContext { review: &review, lang };
        let letterhead = Letterhead::parse(include_str!("../../../docs/letterhead.yaml")).unwrap();
        for (ending, write) in quarter_formats() {
            let mut out = Vec::new();
            write(&context, &letterhead, &mut out).unwrap();
            files.push((format!("src/report/tests/golden/quarter.{}.{ending}", lang.tag()), out));
        }
    }
    files.extend(mails());
    xtask::assert_fresh(files.iter().map(|(path, bytes)| (path.clone(), &bytes[..])));
}

/// The mails to one organisation about a run and about a quarter.
fn mails() -> Vec<(String, Vec<u8>)> {
    let letterhead = Letterhead::parse(include_str!("../../../docs/letterhead.yaml")).unwrap();
    let attached = ["o0-2026Q4.pdf".to_owned()];
    let beside = Beside { letterhead: &letterhead, files: &attached };
    let excerpt = own(&golden());
    let result = golden().limited_to(&excerpt);
    let mut earlier = result.clone();
    earlier.services.truncate(6);
    let review = compared(result.clone(), earlier);
    let mut files = Vec::new();
    for lang in [Lang::Vi, Lang::En] {
        let context = ReportContext { result: &result, lang, find_observation: &|_| None };
        let quarter = QuarterContext { review: &review, lang };
        for (what, mail) in [
            ("run", Mail::of_run(&context, None, &beside)),
            ("quarter", Mail::of_quarter(&quarter, &beside)),
        ] {
            let mut out = Vec::new();
            mail.write_text(&mut out).unwrap();
            files.push((format!("src/report/tests/golden/{what}.{}.mail.txt", lang.tag()), out));
        }
    }
    files
}
