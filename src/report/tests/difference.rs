//! Two runs compared, in every form. `cargo xtask generate` makes the golden files anew.

use std::sync::Arc;

use super::sample::{HOSTILE, golden, result};
use crate::check::common;
use crate::judge::{Comparison, MadeUnder, RunResult, Standing};
use crate::model::{Lang, Outcome, RunId, Stage, State, Verdict};
use crate::policy::Policy;
use crate::report::difference::{DifferenceContext, json, text};

fn earlier(mut run: RunResult) -> RunResult {
    run.run.id = RunId::of_tests("20260929T200800Z-past");
    run.run.version = "0.0.9".into();
    let inventory = Arc::make_mut(&mut run.inventory);
    inventory.services.rotate_right(1);
    let gone = inventory.services.pop().unwrap();
    run.services.retain(|result| result.service.id != gone.id);
    for (at, result) in run.services.iter_mut().enumerate() {
        if at % 2 == 0 {
            result.standing = Standing::At(Stage::Addressed);
        } else if result.standing == Standing::Absent {
            result.standing = Standing::At(Stage::Ipv4Only);
        }
        let mut service = (*result.service).clone();
        service.state = if at == 1 { State::Redirected } else { service.state };
        for declared in inventory.services.iter_mut().filter(|s| s.id == service.id) {
            *declared = Arc::new(service.clone());
        }
        let mut verdicts = result.verdicts.unpack();
        if let Some(judged) = verdicts.get_mut(at % 3) {
            judged.verdict.outcome = Outcome::Pass;
        }
        result.verdicts = verdicts.into();
    }
    run
}

fn comparison(of: &RunResult) -> Comparison {
    let policy = |name: &str| {
        Policy::parse(name, crate::policy::built_in(name).unwrap(), |_, _| true).unwrap()
    };
    let (before, after) = (policy("ipv6-for-gov"), policy("ipv6-only"));
    let made_under = MadeUnder { before: &before, after: &after };
    Comparison::of(earlier(of.clone()), of.clone(), &made_under)
}

fn forms(comparison: &Comparison, lang: Lang) -> [(&'static str, Vec<u8>); 3] {
    let context = DifferenceContext { comparison, lang };
    let mut forms = [("txt", Vec::new()), ("md", Vec::new()), ("json", Vec::new())];
    text::plain(&context, false, true, &mut forms[0].1).unwrap();
    text::markdown(&context, &mut forms[1].1).unwrap();
    json::write(&context, &mut forms[2].1).unwrap();
    forms
}

#[test]
fn golden_comparisons() {
    let comparison = comparison(&golden());
    assert!(comparison.is_worse());
    let schema: serde_json::Value = serde_json::from_str(&json::schema()).unwrap();
    let mut files = Vec::new();
    for lang in [Lang::Vi, Lang::En] {
        for (ending, bytes) in forms(&comparison, lang) {
            if ending == "json" {
                let value = serde_json::from_slice(&bytes).unwrap();
                jsonschema::validate(&schema, &value).unwrap_or_else(|error| panic!("{error}"));
            }
            let path = format!("src/report/tests/golden/diff.{}.{ending}", lang.tag());
            files.push((path, bytes));
        }
    }
    xtask::assert_fresh(files.iter().map(|(path, bytes)| (path.clone(), &bytes[..])));
}

#[test]
fn hostile_text_is_harmless_in_a_comparison() {
    let comparison = comparison(&result(3, 4, &HOSTILE));
    for lang in [Lang::Vi, Lang::En] {
        for (ending, bytes) in forms(&comparison, lang) {
            let text = String::from_utf8(bytes).unwrap();
            let control = |c: char| c.is_control() && c != '\n';
            assert!(!text.contains(control), "{ending} {text}");
            if ending == "md" {
                assert!(!text.contains("<script") && !text.contains('\u{202e}'), "{text}");
            }
        }
    }
}

#[test]
fn a_run_is_the_same_as_itself() {
    let same = golden();
    let made_under = MadeUnder { before: &same.policy, after: &same.policy };
    let comparison = Comparison::of(same.clone(), same.clone(), &made_under);
    assert!(!comparison.is_worse());
    assert!(comparison.inventory.is_empty() && comparison.rules.is_empty());
    let [(_, plain), ..] = forms(&comparison, Lang::En);
    assert!(String::from_utf8(plain).unwrap().contains("Nothing changed."));
}

#[test]
fn what_one_run_did_not_scan_neither_came_nor_went() {
    let whole = golden();
    let mut part = whole.clone();
    part.services.truncate(2);
    let made_under = MadeUnder { before: &whole.policy, after: &whole.policy };
    for (before, after) in [(&whole, &part), (&part, &whole)] {
        let comparison = Comparison::of(before.clone(), after.clone(), &made_under);
        assert_eq!(comparison.services.len(), 2);
        assert!(comparison.services.iter().all(|service| !service.is_change()));
    }
}

/// Text of a comparison for a terminal, with what only follows from other things where `all` is set.
fn plain(comparison: &Comparison, all: bool) -> String {
    let mut out = Vec::new();
    let context = DifferenceContext { comparison, lang: Lang::En };
    text::plain(&context, false, all, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A run with the same services, each check of which says this.
fn saying(of: &RunResult, standing: Standing, verdict: impl Fn(&str) -> Verdict) -> RunResult {
    let mut run = of.clone();
    for service in &mut run.services {
        service.standing = standing;
        let mut verdicts = service.verdicts.unpack();
        verdicts.iter_mut().for_each(|judged| judged.verdict = verdict(judged.check.id));
        service.verdicts = verdicts.into();
    }
    run
}

#[test]
fn a_cause_and_an_outage_are_one_line_each() {
    let good = saying(&golden(), Standing::At(Stage::AtParity), |_| {
        Verdict::plain(Outcome::Pass, "passes")
    });
    let lost = Standing::Unknown { at_least: Stage::Ipv4Only };
    let lost = saying(&good, lost, |_| Verdict::inconclusive(common::VANTAGE_LOST));
    let closed = saying(&good, Standing::At(Stage::Addressed), |check| match check {
        "reach-port" => Verdict::plain(Outcome::Fail, "refused"),
        "dns-aaaa" => Verdict::plain(Outcome::Pass, "published"),
        _ => Verdict::inconclusive(common::LOWER_LAYER),
    });
    let made_under = || MadeUnder { before: &good.policy, after: &good.policy };
    let services = good.services.len();
    // Whether it begins or ends, whichever run is the later one.
    for (before, after) in [(&good, &lost), (&lost, &good)] {
        let comparison = Comparison::of(before.clone(), after.clone(), &made_under());
        let text = plain(&comparison, false);
        assert_eq!(text.matches("services: ").count(), 1, "{text}");
        assert_eq!(text.matches(" · ").count(), 0, "{text}");
        assert_eq!(plain(&comparison, true).matches(" · ").count(), services);
    }
    for (before, after) in [(&good, &closed), (&closed, &good)] {
        let comparison = Comparison::of(before.clone(), after.clone(), &made_under());
        let text = plain(&comparison, false);
        for (line, count) in
            [("      reach-port: ", services), ("      ↳ 3 more findings", services)]
        {
            assert_eq!(text.matches(line).count(), count, "{text}");
        }
        assert!(!text.contains("tls-name: "), "{text}");
        assert!(plain(&comparison, true).contains("tls-name: "));
    }
}
