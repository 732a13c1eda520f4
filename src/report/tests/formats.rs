//! The same results through every format.

use super::sample::{HOSTILE, PLAIN, render, result};
use crate::judge::{Judged, Root, Roots};
use crate::model::{Lang, Outcome, Severity};
use crate::report::causes::causes;
use crate::report::{ReportContext, csv, html, json, junit, markdown};

type Write = fn(&ReportContext<'_>, &mut dyn std::io::Write) -> std::io::Result<()>;

/// Characters that no format passes on: controls but line ends and tabs, and what turns the order
/// of reading.
fn is_dangerous(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn hostile_text_is_harmless_in_every_text_format() {
    let hostile = result(3, 4, &HOSTILE);
    for lang in [Lang::Vi, Lang::En] {
        for write in
            [html::write, markdown::write, csv::write_services, csv::write_verdicts, junit::write]
        {
            let text = String::from_utf8(render(&hostile, lang, write)).unwrap();
            let found = text.chars().find(|character| is_dangerous(*character));
            assert_eq!(found, None, "{text}");
        }
        // JSON gives the owner's own words back as they are; its own escapes keep them harmless.
        let text = render(&hostile, lang, json::write);
        assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok());
        assert!(!text.iter().any(|byte| *byte < 0x20 && *byte != b'\n'));
        for write in [html::write, markdown::write, junit::write] {
            let text = String::from_utf8(render(&hostile, lang, write)).unwrap();
            assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{text}");
        }
    }
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    let hostile = result(3, 4, &HOSTILE);
    for (write, guards) in [(csv::write_services as Write, true), (csv::write_verdicts, false)] {
        let bytes = render(&hostile, Lang::Vi, write);
        let mut rows = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        let mut guarded = 0;
        for row in rows.records() {
            // The reader refuses rows of unequal lengths.
            for cell in row.unwrap().iter() {
                let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!formula, "{cell}");
                guarded += usize::from(cell.starts_with('\''));
            }
        }
        // Particulars of verdicts begin with their key.
        assert_eq!(guarded > 0, guards);
    }
}

#[test]
fn the_office_csv_opens_in_vietnamese_and_the_other_for_programs() {
    let plain = result(2, 3, &PLAIN);
    let services = String::from_utf8(render(&plain, Lang::Vi, csv::write_services)).unwrap();
    assert!(services.starts_with("\u{feff}\"Cơ quan, đơn vị\",Dịch vụ,Mã dịch vụ,"), "{services}");
    assert_eq!(services.lines().count(), 1 + 6);
    let verdicts = String::from_utf8(render(&plain, Lang::Vi, csv::write_verdicts)).unwrap();
    assert!(verdicts.starts_with("run,as_of,service,check,revision,"), "{verdicts}");
}

#[test]
fn junit_counts_what_fails_and_what_is_skipped() {
    let plain = result(2, 3, &PLAIN);
    // Each finding of a service with what explains it; those of the vantage point explain themselves.
    let mut all: Vec<(Judged, Root)> = Vec::new();
    for service in &plain.services {
        let verdicts = service.verdicts.unpack();
        let roots = Roots::of(&verdicts);
        all.extend(verdicts.into_iter().enumerate().map(|(at, judged)| (judged, roots.at(at))));
    }
    all.extend(plain.vantage.iter().cloned().map(|judged| (judged, Root::Itself)));
    let count = |is_it: &dyn Fn(&Judged, Root) -> bool| {
        all.iter().filter(|(judged, root)| is_it(judged, *root)).count()
    };
    let is_ours = |root: Root| matches!(root, Root::Ours(_));
    let follows = |judged: &Judged, root: Root| {
        matches!(root, Root::Check(_)) && judged.verdict.outcome == Outcome::Fail
    };
    assert!(count(&|_, root| is_ours(root)) > 1);
    let outages = causes(&plain, Outcome::Inconclusive).iter().filter(|one| one.is_ours()).count();
    let skipped = count(&|judged, root| {
        let unknown = [Outcome::NotApplicable, Outcome::Inconclusive];
        !is_ours(root) && (unknown.contains(&judged.verdict.outcome) || follows(judged, root))
    });
    let text = String::from_utf8(render(&plain, Lang::En, junit::write)).unwrap();
    let head = format!(
        "tests=\"{}\" skipped=\"{}\"",
        count(&|_, root| !is_ours(root)) + outages,
        skipped + outages,
    );
    assert!(text.lines().nth(1).unwrap().contains(&head), "{head}\n{text}");
    // From another severity on there are more or fewer failures, and not one root is left untold.
    let context = ReportContext { result: &plain, lang: Lang::En, find_observation: &|_| None };
    let roots =
        count(&|judged, root| judged.verdict.outcome == Outcome::Fail && root == Root::Itself);
    let mut counts = Vec::new();
    for least in [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info] {
        let mut bytes = Vec::new();
        junit::write_from(&context, least, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let failures = text.matches("<failure").count();
        assert!(failures >= count(&|judged, root| root == Root::Itself && judged.fails_at(least)));
        assert_eq!(failures + text.matches("<system-out").count(), roots);
        counts.push(failures);
    }
    assert!(counts.is_sorted() && counts[0] < counts[3], "{counts:?}");
}

/// A hostile result of an XML reader's nightmares is still XML: an independent reader takes it.
#[test]
fn junit_is_well_formed() {
    for words in [&HOSTILE[..], &PLAIN] {
        let bytes = render(&result(2, 3, words), Lang::Vi, junit::write);
        let parsed =
            quick_junit::Report::deserialize_from_str(std::str::from_utf8(&bytes).unwrap());
        assert_eq!(parsed.unwrap().test_suites.len(), 1 + 6);
    }
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    for write in [csv::write_services, csv::write_verdicts, junit::write] {
        let once = render(&result(2, 3, &PLAIN), Lang::Vi, write);
        assert_eq!(once, render(&result(2, 3, &PLAIN), Lang::Vi, write));
    }
}
