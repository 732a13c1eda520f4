//! Wherever services are counted by where they stand, the counts add up, and a name that doesn't exist
//! is never called IPv4 only.

use serde_json::Value;

use super::quarter::review;
use super::sample::{PLAIN, render, result};
use crate::judge::{RunResult, Standing};
use crate::model::{Lang, Stage};
use crate::policy::Policy;
use crate::report::parts::Part;
use crate::report::quarter::{self, QuarterContext};
use crate::report::table::{self, Cell, Kind, Table};
use crate::report::terminal::EvidenceBeside;
use crate::report::{ReportContext, csv, html, json, junit, markdown, terminal, texts};

/// The sample under a policy that judges stages up to this one; no service is above it.
fn up_to(highest: Stage) -> RunResult {
    let mut result = result(3, 8, &PLAIN);
    let gates: Vec<_> =
        (1..=highest.number()).map(|stage| format!("{stage}: [dns-aaaa]")).collect();
    let yaml =
        format!("version: 1\nname: p\ntitle: {{vi: P, en: P}}\nstages: {{{}}}\n", gates.join(", "));
    result.policy = Policy::parse("p", &yaml, |_, _| true).unwrap().into();
    for service in &mut result.services {
        if service.standing.at_least() > Some(highest) {
            service.standing = Standing::At(highest);
        }
    }
    result
}

fn samples() -> [RunResult; 2] {
    [up_to(Stage::Reachable), up_to(Stage::Ipv6OnlyUsable)]
}

/// The whole numbers of a row, from the named column on.
fn counts(row: &[Cell]) -> Vec<usize> {
    row.iter()
        .filter_map(|cell| if let Cell::Count(count) = cell { Some(*count) } else { None })
        .collect()
}

#[test]
fn the_parts_of_a_run_add_up() {
    for result in samples() {
        let all = result.summary().all;
        assert!(all.absent > 0 && all.unknown > 0 && all.retired > 0);
        let parts: usize = Part::all(&result.policy).map(|part| part.count(&all)).sum();
        assert_eq!(parts, all.counted());
        assert_eq!(parts + all.retired, all.services);
    }
}

#[test]
fn every_table_of_counts_adds_up() {
    for result in samples() {
        let parts = Part::all(&result.policy).count();
        for lang in [Lang::Vi, Lang::En] {
            for table in [table::categories(&result, lang), table::organisations(&result, lang)] {
                for row in table.rows.iter().chain(&table.total) {
                    let [services, rest @ ..] = &counts(row)[..] else { panic!("{row:?}") };
                    // The parts and, behind them, what is retired.
                    assert_eq!(rest[..=parts].iter().sum::<usize>(), *services, "{row:?}");
                }
            }
            let stages = table::stages(&result, lang);
            let sum: usize = stages.rows.iter().flat_map(|row| counts(row)).sum();
            assert_eq!(vec![sum], counts(stages.total.as_ref().unwrap()));
            assert_eq!(sum, result.summary().all.counted());
            let shares: f64 = stages.rows.iter().map(|row| share(row)).sum();
            assert!((shares - 100.0).abs() < 1e-9, "{shares}");
        }
    }
    let review = review(&PLAIN);
    let parts = Part::all(&review.closing.policy).count();
    for lang in [Lang::Vi, Lang::En] {
        let tables: [Table; 3] = [
            table::quarter::categories(&review, lang),
            table::quarter::organisations(&review, lang),
            table::quarter::trend(&review, lang),
        ];
        for row in tables.iter().flat_map(|table| table.rows.iter().chain(&table.total)) {
            let [services, rest @ ..] = &counts(row)[..] else { panic!("{row:?}") };
            // The parts and, behind them, what is retired.
            assert_eq!(rest.len(), parts + 1);
            assert_eq!(rest.iter().sum::<usize>(), *services, "{row:?}");
        }
    }
}

fn share(row: &[Cell]) -> f64 {
    match row.last() {
        Some(Cell::Percent(percent)) => *percent,
        other => panic!("{other:?}"),
    }
}

/// A reader who knows nothing of `absent` finds such services at stage 0, as ever.
#[test]
fn sums_of_the_json_documents_hold() {
    let sum = |counts: &Value| -> u64 {
        let stages = counts["stages"].as_object().unwrap();
        let stages: u64 = stages.values().map(|count| count.as_u64().unwrap()).sum();
        stages + counts["unknown"].as_u64().unwrap() + counts["retired"].as_u64().unwrap()
    };
    let run = result(3, 8, &PLAIN);
    let document: Value = serde_json::from_slice(&render(&run, Lang::En, json::write)).unwrap();
    let summary = &document["summary"];
    assert_eq!(summary["services"].as_u64(), Some(sum(summary)));
    let services = document["services"].as_array().unwrap();
    let with = |key: &str, value: Value| services.iter().filter(|s| s[key] == value).count() as u64;
    assert_eq!(summary["stages"]["0"].as_u64(), Some(with("stage", 0.into())));
    for standing in ["absent", "unknown", "retired"] {
        assert_eq!(summary[standing].as_u64(), Some(with("standing", standing.into())));
    }
    let absent = services.iter().find(|service| service["standing"] == "absent").unwrap();
    assert_eq!(absent["stage"], 0);
    let review = review(&PLAIN);
    let mut bytes = Vec::new();
    let context = QuarterContext { review: &review, lang: Lang::En };
    quarter::json::write(&context, &mut bytes).unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    let groups = document["organisations"].as_array().unwrap().iter();
    let points = document["trend"].as_array().unwrap().iter();
    for counts in groups.chain(points).chain([&document["summary"]]).map(|of| &of["counts"]) {
        assert_eq!(counts["services"].as_u64(), Some(sum(counts)));
        assert!(counts["absent"].as_u64() <= counts["stages"]["0"].as_u64());
    }
}

/// What checks say has words of its own, some of them those of a standing.
fn without_verdicts(run: &mut RunResult) {
    for service in &mut run.services {
        service.verdicts = Vec::new().into();
    }
}

const DISPLAY: terminal::Display =
    terminal::Display { color: false, width: 100, all: false, evidence: EvidenceBeside::Nothing };

/// A run whose only service has a name that doesn't exist: every format says so, and none IPv4 only
/// of it.
#[test]
fn every_format_shows_it() {
    let mut run = result(1, 8, &PLAIN);
    run.services.retain(|service| service.standing == Standing::Absent);
    assert_eq!(run.services.len(), 1);
    without_verdicts(&mut run);
    let terminal = |context: &ReportContext<'_>, out: &mut dyn std::io::Write| {
        terminal::write(context, DISPLAY, out)?;
        terminal::write_service(context, &context.result.services[0], DISPLAY, out)
    };
    for lang in [Lang::Vi, Lang::En] {
        let (absent, stage0) = (texts::ABSENT.get(lang), Stage::Ipv4Only.name().get(lang));
        let text = |write| String::from_utf8(render(&run, lang, write)).unwrap();
        for shown in [text(csv::write_services), text(junit::write)] {
            assert!(shown.contains(absent) && !shown.contains(stage0), "{shown}");
        }
        // Here the parts are listed, too, each with its number.
        let shown = text(terminal);
        let number_of = |part: &str| {
            let line = shown.lines().find_map(|line| line.trim_start().strip_prefix(part));
            line.and_then(|line| line.split_whitespace().next())
        };
        assert_eq!(number_of(&format!("0 {stage0}")), Some("0"), "{shown}");
        assert!(shown.lines().any(|line| line.contains(absent)), "{shown}");
        let shown = text(html::write).replace("&#39;", "'");
        assert!(shown.contains(&format!("class=\"pill sa\">{absent}")), "{shown}");
        assert!(shown.contains(&format!("0 {stage0}: <b>0</b>")), "{shown}");
        assert!(shown.contains(&format!("{absent}: <b>1</b>")), "{shown}");
        assert!(shown.contains(texts::ABSENT_NOTE.get(lang)), "{shown}");
        let shown = text(markdown::write);
        assert!(shown.contains(&format!("| {absent} | 1 |\n| 0 {stage0} | 0 |")), "{shown}");
        let stages = table::stages(&run, lang);
        assert_eq!(stages.rows.iter().map(|row| counts(row)[0]).sum::<usize>(), 1);
        let services = table::services(&run, lang, false).whole();
        let at = services.columns.iter().position(|column| column.kind == Kind::Stage).unwrap();
        let cells = [&services.rows[0][at], &services.rows[0][at + 1]];
        assert_eq!(
            cells.map(|cell| cell.words(lang)),
            [absent, texts::ABSENT_COUNTS.get(lang)].map(str::to_owned)
        );
    }
}

#[test]
fn where_no_name_is_missing_the_summary_says_nothing_of_it() {
    let mut run = result(1, 8, &PLAIN);
    run.services.retain(|service| service.standing != Standing::Absent);
    without_verdicts(&mut run);
    let text = |context: &ReportContext<'_>, out: &mut dyn std::io::Write| {
        terminal::write(context, DISPLAY, out)
    };
    let shown = String::from_utf8(render(&run, Lang::En, text)).unwrap();
    assert!(!shown.contains(texts::ABSENT.get(Lang::En)), "{shown}");
}
