//! One organisation's report: all that is its own, and nothing of others.

use std::io::Write;
use std::sync::Arc;

use calamine::Reader as _;

use super::pdf::{read, words};
use super::quarter::compared;
use super::sample::{HOSTILE, PLAIN, golden, result};
use crate::judge::quarter::{Caveat, Material, Review};
use crate::judge::{Excerpt, RunResult, ServiceSince, SinceLast, changes};
use crate::model::{Lang, Organisation, Selection, Service};
use crate::report::letterhead::Letterhead;
use crate::report::mail::{Beside, Mail};
use crate::report::quarter::QuarterContext;
use crate::report::{
    ReportContext, csv, html, json, junit, markdown, organisation, pdf, quarter, xlsx,
};

/// What may never be read in the report to another organisation.
const OTHERS: [&str; 5] = ["BODY-OF-OTHERS", "SERVICE-OF-OTHERS", "o1/", "o1.example", "\"o1\""];

/// As texts have what a check says of a host's owner.
const OWNERS: [&str; 3] = ["owner: o1", "owner=o1", "owner\": [\n                  \"o1"];

/// The excerpt of the sample's first organisation.
pub fn own(result: &RunResult) -> Arc<Excerpt> {
    let all = Excerpt::of(Selection::default(), &[]);
    Arc::new(all.for_organisation(&result.inventory.organisations[0]))
}

/// Two organisations whose services share name servers, addresses and certificates, on which they fail
/// alike.
fn neighbours(mut result: RunResult) -> RunResult {
    let inventory = Arc::make_mut(&mut result.inventory);
    inventory.organisations[0].contact = Some("Phòng CNTT <it@own.example>".into());
    inventory.organisations[1].name = "BODY-OF-OTHERS".into();
    inventory.organisations[1].contact = Some("BODY-OF-OTHERS@o1.example".into());
    for service in &mut inventory.services {
        if service.id.organisation.as_ref() == "o1" {
            *service =
                Arc::new(Service { name: "SERVICE-OF-OTHERS".into(), ..Service::clone(service) });
        }
    }
    for (at, one) in result.services.iter_mut().enumerate() {
        one.service = Arc::clone(&inventory.services[at]);
    }
    // A host of a page is another organisation's, which a check says by its id.
    for one in &mut result.services {
        let mut verdicts = one.verdicts.unpack();
        let subjects = verdicts.iter_mut().flat_map(|judged| &mut judged.verdict.subjects);
        subjects.for_each(|subject| subject.detail.push(("owner", "o1".into())));
        one.verdicts = verdicts.into();
    }
    // The same failures on the same things, so that each of them is shared.
    let half = result.services.len() / 2;
    for at in 0..half {
        result.services[half + at].verdicts = result.services[at].verdicts.clone();
        result.services[half + at].blockers = result.services[at].blockers.clone();
    }
    let rescan = crate::judge::Rescan { run: result.run.id.clone(), ended_at: result.as_of };
    result.rescans =
        result.services.iter().map(|one| (one.service.id.clone(), rescan.clone())).collect();
    result
}

fn since(before: &RunResult, after: &RunResult) -> SinceLast {
    let services = changes(before, after).into_iter();
    SinceLast {
        run: before.run.id.clone(),
        ended_at: before.as_of,
        is_rescan: false,
        services: services.map(|change| ServiceSince::of(change, None)).collect(),
    }
}

/// An earlier run in which everything stood otherwise, and another organisation had a service that is gone.
fn earlier(of: &RunResult) -> RunResult {
    let mut earlier = of.clone();
    let standings: Vec<_> = earlier.services.iter().map(|one| one.standing).rev().collect();
    for (one, standing) in earlier.services.iter_mut().zip(standings) {
        one.standing = standing;
    }
    let mut gone = earlier.services.last().unwrap().clone();
    let mut service = Service::clone(&gone.service);
    service.id.service = "gone".into();
    gone.service = Arc::new(service);
    earlier.services.push(gone);
    earlier
}

/// Every text that the report of a run to its organisation has, and its documents.
fn texts(result: &RunResult, since: &SinceLast, lang: Lang) -> Vec<(&'static str, String)> {
    let letterhead = Letterhead::default();
    let context = ReportContext { result, lang, find_observation: &|_| None };
    let sections = organisation::sections(&context, Some(since));
    let beside = html::Beside { histories: None, sections: &sections };
    let files = ["o0.pdf".to_owned()];
    let mail =
        Mail::of_run(&context, Some(since), &Beside { letterhead: &letterhead, files: &files });
    let text = |write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let mut texts = vec![
        ("html", text(&|out| html::write_with(&context, &beside, out))),
        ("markdown", text(&|out| markdown::write(&context, out))),
        ("sections", text(&|out| quarter::markdown::write_sections(&sections, lang, out))),
        ("csv", text(&|out| csv::write_services(&context, out))),
        ("work", text(&|out| csv::write_work_of_run(&context, out))),
        ("verdicts", text(&|out| csv::write_verdicts(&context, out))),
        ("json", text(&|out| json::write(&context, out))),
        ("junit", text(&|out| junit::write(&context, out))),
        ("mail", text(&|out| mail.write_message(out))),
        ("mail text", text(&|out| mail.write_text(out))),
    ];
    let mut document = Vec::new();
    pdf::write_with(&context, &letterhead, &sections, &mut document).unwrap();
    texts.extend(read(&document).map(|pages| ("pdf", words(&pages.join(" ")))));
    let mut book = Vec::new();
    let form = xlsx::Form { sections: &sections, ..xlsx::Form::default() };
    xlsx::write_with(&context, &form, &mut book).unwrap();
    texts.push(("xlsx", cells(book)));
    texts
}

fn texts_of_quarter(review: &Review, lang: Lang) -> Vec<(&'static str, String)> {
    let letterhead = Letterhead::default();
    let context = QuarterContext { review, lang };
    let mail = Mail::of_quarter(&context, &Beside { letterhead: &letterhead, files: &[] });
    let text = |write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let mut texts = vec![
        ("html", text(&|out| quarter::html::write(&context, out))),
        ("markdown", text(&|out| quarter::markdown::write(&context, out))),
        ("json", text(&|out| quarter::json::write(&context, out))),
        ("work", text(&|out| csv::write_work(&context, out))),
        ("mail", text(&|out| mail.write_message(out))),
        ("mail text", text(&|out| mail.write_text(out))),
    ];
    let mut document = Vec::new();
    pdf::quarter::write(&context, &letterhead, &mut document).unwrap();
    texts.extend(read(&document).map(|pages| ("pdf", words(&pages.join(" ")))));
    let mut book = Vec::new();
    xlsx::quarter::write(&context, &mut book).unwrap();
    texts.push(("xlsx", cells(book)));
    texts
}

/// All that stands in a workbook.
fn cells(book: Vec<u8>) -> String {
    let mut book: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(book)).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        text += &format!("{name}\n");
        for (.., cell) in book.worksheet_range(&name).unwrap().used_cells() {
            text += &format!("{cell}\n");
        }
    }
    text
}

fn knows_nothing_of_others(texts: &[(&'static str, String)]) {
    for (format, text) in texts {
        for other in OTHERS {
            assert!(!text.contains(other), "{format} says `{other}`: {text}");
        }
        for owner in OWNERS {
            assert!(!text.contains(owner), "{format} says `{owner}`: {text}");
        }
    }
}

#[test]
fn a_report_to_one_organisation_says_nothing_of_others() {
    let whole = neighbours(result(2, 8, &PLAIN));
    let before = earlier(&whole);
    let own = own(&whole);
    let all = since(&before, &whole);
    assert!(all.services.iter().any(|one| &*one.change.service.id.service == "gone"));
    let (result, since) = (whole.limited_to(&own), all.limited_to(&own));
    assert_eq!((result.services.len(), result.rescans.len()), (8, 8));
    assert!(since.services.len() >= 8 && result.organisation().is_some());
    for lang in [Lang::Vi, Lang::En] {
        let texts = texts(&result, &since, lang);
        knows_nothing_of_others(&texts);
        let text_of = |wanted: &str| texts.iter().find(|(format, _)| *format == wanted);
        assert!(text_of("html").unwrap().1.contains("owner: another-organisation"));
        for format in ["html", "markdown", "json", "mail text", "xlsx"] {
            // Markdown keeps forges from reading a mention.
            let text = text_of(format).unwrap().1.replace("\\@<!-- -->", "@");
            assert!(text.contains("it@own.example"), "{format} has no contact: {text}");
            assert!(text.contains("o0/s1"), "{format}: {text}");
        }
    }
    // The whole report does say all of it.
    let context = ReportContext { result: &whole, lang: Lang::Vi, find_observation: &|_| None };
    let mut page = Vec::new();
    html::write(&context, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    for other in &OTHERS[..4] {
        assert!(page.contains(other), "{other}");
    }
    assert!(page.contains("owner: o1"));
}

#[test]
fn a_quarter_s_report_to_one_organisation_says_nothing_of_others() {
    let whole = neighbours(result(2, 8, &PLAIN));
    let all = compared(whole.clone(), earlier_quarter(&whole));
    assert!(!all.shared.is_empty());
    let own = own(&whole);
    let previous = earlier_quarter(&whole).limited_to(&own);
    let review = compared(whole.limited_to(&own), previous);
    assert_eq!(review.organisations.len(), 1);
    assert!(
        review
            .shared
            .iter()
            .all(|one| one.services.iter().all(|s| s.id.organisation.as_ref() == "o0"))
    );
    for lang in [Lang::Vi, Lang::En] {
        knows_nothing_of_others(&texts_of_quarter(&review, lang));
    }
    // What others declare otherwise is no change of one's own inventory.
    assert!(!review.caveats.contains(&Caveat::InventoryChanged));
}

fn earlier_quarter(of: &RunResult) -> RunResult {
    let mut earlier = of.clone();
    let sha256 = crate::model::Digest::of(b"another text");
    earlier.inventory = Arc::new(crate::model::Inventory {
        sha256,
        ..crate::model::Inventory::clone(&of.inventory)
    });
    earlier
}

#[test]
fn one_without_services_or_contact_is_told_so() {
    let mut whole = neighbours(golden());
    let inventory = Arc::make_mut(&mut whole.inventory);
    let empty = Organisation { id: "empty".into(), name: "Ban Quản lý".into(), contact: None };
    inventory.organisations.push(empty.clone());
    let all = Excerpt::of(Selection::default(), &[]);
    let own = Arc::new(all.for_organisation(&empty));
    let result = whole.limited_to(&own);
    let none = since(&earlier(&whole), &whole).limited_to(&own);
    assert!(none.services.is_empty());
    for (lang, no_service, no_contact) in [
        (Lang::Vi, "không có dịch vụ nào của cơ quan, đơn vị này", "chưa khai báo"),
        (Lang::En, "has no service of this organisation", "none on record"),
    ] {
        let texts = texts(&result, &none, lang);
        knows_nothing_of_others(&texts);
        for (format, text) in texts {
            if ["html", "markdown", "mail text", "xlsx", "pdf"].contains(&format) {
                let text = words(&text);
                assert!(text.contains(no_service) && text.contains(no_contact), "{format} {text}");
                assert!(text.contains("Ban Quản lý"), "{format} {text}");
            }
        }
    }
    // Its inventory has services, and this run looked at none of them.
    let mut partial = whole.clone();
    partial.services.retain(|one| one.service.id.organisation.as_ref() == "o1");
    let first = self::own(&whole);
    let partial = partial.limited_to(&first);
    let context = ReportContext { result: &partial, lang: Lang::En, find_observation: &|_| None };
    let warnings = crate::report::overview::warnings(&context);
    assert!(warnings.iter().any(|text| text.contains("looked at no service")), "{warnings:?}");
    let review = Review::of(Material {
        quarter: "2026Q4".parse().unwrap(),
        closing: whole.limited_to(&own),
        previous: None,
        points: Vec::new(),
        runs: Vec::new(),
        histories: Default::default(),
    });
    assert!(review.caveats.contains(&Caveat::NoServices));
    for lang in [Lang::Vi, Lang::En] {
        texts_of_quarter(&review, lang);
    }
}

#[test]
fn hostile_words_stay_words_in_a_mail() {
    let mut whole = result(2, 8, &HOSTILE);
    let inventory = Arc::make_mut(&mut whole.inventory);
    inventory.organisations[0].contact =
        Some("a@example.vn\r\nBcc: all@example.vn\r\n\r\nHello\u{202e}".into());
    let own = own(&whole);
    let (result, since) =
        (whole.limited_to(&own), since(&earlier(&whole), &whole).limited_to(&own));
    for lang in [Lang::Vi, Lang::En] {
        let texts = texts(&result, &since, lang);
        let mails = texts.iter().filter(|(format, _)| format.starts_with("mail"));
        for (format, text) in mails {
            let is_dangerous = |c: char| c.is_control() && c != '\r' && c != '\n';
            assert!(!text.contains(is_dangerous) && !text.contains('\u{202e}'), "{format}: {text}");
            for line in text.split("\r\n") {
                assert!(!line.contains(['\r', '\n']) && line.len() < 998, "{format}: {line}");
            }
        }
        let (_, message) = texts.iter().find(|(format, _)| *format == "mail").unwrap();
        let (head, _) = message.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii(), "{head}");
        for line in head.split("\r\n") {
            let known = ["X-Unsent: ", "To: ", "Subject: ", "MIME-Version: ", "Content-", " "];
            assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
        }
    }
}

#[test]
fn what_is_chosen_by_a_tag_is_followed_by_its_services() {
    let mut now = golden();
    let mut before = now.clone();
    let tag = |result: &mut RunResult, at: usize| {
        let mut service = Service::clone(&result.services[at].service);
        service.tags.push("followed".into());
        let service = Arc::new(service);
        Arc::make_mut(&mut result.inventory).services[at] = Arc::clone(&service);
        result.services[at].service = service;
    };
    tag(&mut now, 1);
    tag(&mut before, 2);
    let selection = Selection::parse(["tag:followed"]).unwrap();
    let excerpt = Arc::new(Excerpt::of(selection, &[&before.inventory, &now.inventory]));
    let (before, now) = (before.limited_to(&excerpt), now.limited_to(&excerpt));
    let ids = |result: &RunResult| -> Vec<String> {
        result.services.iter().map(|one| one.service.id.to_string()).collect()
    };
    assert_eq!(ids(&now), ["o0/s1", "o0/s2"]);
    assert_eq!(ids(&now), ids(&before));
    assert_eq!(now.inventory.organisations.len(), 1);
    assert!(now.organisation().is_none());
    let context = ReportContext { result: &now, lang: Lang::En, find_observation: &|_| None };
    let mut text = Vec::new();
    markdown::write(&context, &mut text).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("- Scope: tag:followed"));
}
