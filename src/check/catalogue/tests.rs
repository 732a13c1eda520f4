//! Every page is whole, in both languages, and gives every reason the outcome that the check gives it.

use std::collections::HashSet;

use super::CATALOGUE;
use crate::check::common::COMMON_REASONS;
use crate::check::doc::{HEADINGS_EN, HEADINGS_VI};
use crate::model::{Lang, Outcome};

#[test]
fn pages_and_reasons_agree() {
    for check in CATALOGUE.iter() {
        for (lang, headings) in [(Lang::En, HEADINGS_EN), (Lang::Vi, HEADINGS_VI)] {
            let at = format!("{} {}", check.id, lang.tag());
            let found: Vec<_> = check
                .doc
                .markdown(lang)
                .lines()
                .filter_map(|line| line.strip_prefix("## "))
                .collect();
            assert_eq!(found, headings, "{at}");
            let page = check.doc.page(lang);
            assert!(![page.title, page.why, page.tested].contains(&""), "{at}");
            let on_page: Vec<_> = page.outcomes.iter().map(|(id, word, _)| (*id, *word)).collect();
            let meant: Vec<_> = check.reasons.iter().map(|r| (r.id, r.outcome.id())).collect();
            assert_eq!(sorted(on_page), sorted(meant), "{at}");
            for (id, _) in &page.remedies {
                assert!(check.reasons.iter().any(|reason| reason.id == *id), "{at} {id}");
            }
            for reason in check.reasons.iter().filter(|reason| reason.outcome == Outcome::Fail) {
                assert!(check.remedy(reason.id, lang).is_some(), "{at} {}", reason.id);
            }
        }
    }
}

fn sorted(mut list: Vec<(&str, &str)>) -> Vec<(String, String)> {
    list.sort_unstable();
    list.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

#[test]
fn checks_of_the_stage_come_after_those_that_give_it() {
    let last = CATALOGUE.iter().rposition(|check| check.may_gate()).unwrap();
    let first = CATALOGUE.iter().position(|c| c.is_about_services() && !c.may_gate()).unwrap();
    assert!(last < first);
}

#[test]
fn ids_are_unique() {
    let ids: HashSet<_> = CATALOGUE.iter().map(|check| check.id).collect();
    assert_eq!(ids.len(), CATALOGUE.len());
    for check in CATALOGUE.iter() {
        let reasons: HashSet<_> = check.reasons.iter().map(|reason| reason.id).collect();
        assert_eq!(reasons.len(), check.reasons.len(), "{}", check.id);
        for common in COMMON_REASONS {
            assert!(!reasons.contains(common.id), "{} has {}", check.id, common.id);
        }
        assert!(!check.sources.is_empty() && check.revision > 0);
    }
}
