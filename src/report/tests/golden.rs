//! Golden files: the same result gives the bytes of last time, in every language.
//! `V6READY_UPDATE=1 cargo test --lib golden` writes them anew; look at what changed before you
//! commit it.

use std::io::Write;
use std::path::Path;

use super::quarter::golden_review;
use super::sample::golden;
use crate::model::Lang;
use crate::report::letterhead::Letterhead;
use crate::report::quarter::{QuarterContext, html, json, markdown};
use crate::report::{ReportContext, csv, junit, pdf, xlsx};

type Render = fn(&ReportContext<'_>, &mut dyn Write) -> std::io::Result<()>;

fn with_letterhead(context: &ReportContext<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let example = Letterhead::parse(include_str!("../../../docs/letterhead.yaml")).unwrap();
    pdf::write(context, &example, out)
}

type RenderQuarter = fn(&QuarterContext<'_>, &Letterhead, &mut dyn Write) -> std::io::Result<()>;

fn quarter_formats() -> [(&'static str, RenderQuarter); 6] {
    [
        ("html", |context, _, out| html::write(context, out)),
        ("md", |context, _, out| markdown::write(context, out)),
        ("json", |context, _, out| json::write(context, out)),
        ("pdf", pdf::quarter::write),
        ("xlsx", |context, _, out| xlsx::quarter::write(context, out)),
        ("work.csv", |context, _, out| csv::write_work(context, out)),
    ]
}

#[test]
fn every_format_gives_the_golden_bytes() {
    let formats: [(&str, Render); 5] = [
        ("csv", csv::write_services),
        ("verdicts.csv", csv::write_verdicts),
        ("junit.xml", junit::write),
        ("xlsx", xlsx::write),
        ("pdf", with_letterhead),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/tests/golden");
    let (result, review) = (golden(), golden_review());
    let mut stale = Vec::new();
    for lang in [Lang::Vi, Lang::En] {
        for (ending, write) in formats {
            let mut out = Vec::new();
            write(&ReportContext { result: &result, lang, find_observation: &|_| None }, &mut out)
                .unwrap();
            let path = folder.join(format!("run.{}.{ending}", lang.tag()));
            if std::env::var_os("V6READY_UPDATE").is_some() {
                std::fs::write(&path, &out).unwrap();
            }
            if std::fs::read(&path).unwrap_or_default() != out {
                stale.push(path);
            }
        }
    }
    for lang in [Lang::Vi, Lang::En] {
        let context = QuarterContext { review: &review, lang };
        let letterhead = Letterhead::parse(include_str!("../../../docs/letterhead.yaml")).unwrap();
        for (ending, write) in quarter_formats() {
            let mut out = Vec::new();
            write(&context, &letterhead, &mut out).unwrap();
            let path = folder.join(format!("quarter.{}.{ending}", lang.tag()));
            if std::env::var_os("V6READY_UPDATE").is_some() {
                std::fs::write(&path, &out).unwrap();
            }
            if std::fs::read(&path).unwrap_or_default() != out {
                stale.push(path);
            }
        }
    }
    assert!(stale.is_empty(), "see this file's head: {stale:?}");
}
