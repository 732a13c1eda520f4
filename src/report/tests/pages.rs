//! The report as a folder of pages.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::sample::{HOSTILE, PLAIN, result};
use crate::judge::RunResult;
use crate::model::{Lang, ServiceId};
use crate::report::ReportContext;
use crate::report::html::Beside;
use crate::report::html::pages::{GENERATOR, INDEX, PageFolder, write_pages};

/// A folder in memory.
#[derive(Default)]
struct Folder(BTreeMap<String, String>);

impl PageFolder for Folder {
    fn stem(&self, of: &[&str]) -> String {
        of.join("-")
    }

    fn write(&mut self, path: &str, page: &str) -> io::Result<()> {
        let is_new = self.0.insert(path.to_owned(), page.to_owned()).is_none();
        assert!(is_new, "{path} is written twice");
        Ok(())
    }
}

fn pages(result: &RunResult, lang: Lang) -> BTreeMap<String, String> {
    let mut folder = Folder::default();
    let context = ReportContext { result, lang, find_observation: &|_| None };
    write_pages(&context, &Beside::default(), &mut folder).unwrap();
    folder.0
}

/// The pages that a page leads to, as paths of the folder.
fn led_to(path: &str, page: &str) -> BTreeSet<String> {
    let links = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let resolve = |link: &str| {
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        for part in link.split('/') {
            match part {
                ".." => assert!(parts.pop().is_some(), "{link} leads out of the folder"),
                part => parts.push(part),
            }
        }
        parts.join("/")
    };
    links.map(resolve).collect()
}

#[test]
fn every_page_is_reached_from_the_summary_and_leads_to_pages_that_are_there() {
    let sample = result(3, 9, &PLAIN);
    for lang in [Lang::Vi, Lang::En] {
        let pages = pages(&sample, lang);
        let mut reached = BTreeSet::from([INDEX.to_owned()]);
        let mut open = vec![INDEX.to_owned()];
        while let Some(path) = open.pop() {
            let page = pages.get(&path).unwrap_or_else(|| panic!("{path} isn't there"));
            assert!(page.starts_with("<!doctype html>") && page.contains(GENERATOR), "{path}");
            assert!(page.contains(&format!("<html lang=\"{}\">", lang.tag())), "{path}");
            for next in led_to(&path, page) {
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        assert!(pages.keys().eq(&reached), "{:?}", pages.keys().collect::<Vec<_>>());
        for service in &sample.services {
            let ServiceId { organisation, service } = &service.service.id;
            let page = &pages[&format!("services/{organisation}/{service}.html")];
            assert!(page.contains(&format!("<code>{organisation}/{service}</code>")));
        }
    }
}

#[test]
fn the_summary_stays_small() {
    let many = result(330, 1, &HOSTILE);
    let pages = pages(&many, Lang::Vi);
    assert!(pages.contains_key("organisations.html"));
    assert!(pages[INDEX].len() < 1_000_000, "{}", pages[INDEX].len());
    let [listed, all] = [INDEX, "organisations.html"]
        .map(|page| pages[page].matches("href=\"organisations/").count());
    assert_eq!([listed, all], [300, 330]);
}

#[test]
fn hostile_text_is_harmless_on_every_page() {
    let hostile = result(3, 4, &HOSTILE);
    for (path, page) in pages(&hostile, Lang::En) {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}");
        assert!(!page.contains("javascript:alert(1)\""), "{path}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'), "{path}");
    }
}

#[test]
fn a_result_without_services_has_a_summary() {
    let mut empty = result(1, 1, &PLAIN);
    empty.services.clear();
    assert!(pages(&empty, Lang::Vi).keys().eq([INDEX]));
}
