//! The checks, and one of them: what it is, and who fails it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::blocks::{Link, Pager, ServiceHeading, ServiceLine};
use super::frame::Frame;
use super::markdown;
use super::problem::{Help, Problem};
use super::request::PageRequest;
use super::section::CHECKS;
use super::texts_of_pages as said;
use super::words::words;
use crate::check::{self, CATALOGUE, Check};
use crate::model::{Lang, Outcome, Stage};
use crate::policy::Policy;
use crate::report::texts;
use crate::serve::access::PublicPage;
use crate::view::{Picture, ServiceFilter, ServiceOrder, Sorting};

/// Services of a page.
const PER_PAGE: usize = 100;

words! {
    /// The words of the pages.
    CheckWords {
        pass: "Đạt", "Pass";
        fail: "Không đạt", "Fail";
        inconclusive: "Chưa xác định", "Inconclusive";
        not_applicable: "Không áp dụng", "Not applicable";
        gates: "Xét mức", "Gates stage";
        who: "Dịch vụ không đạt tiêu chí này", "Services that fail it";
        nobody: "Không có dịch vụ nào không đạt tiêu chí này.", "No service fails it.";
        reasons: "Theo lý do", "By reason";
        about: "Về tiêu chí này", "About this check";
        vantage: "Tiêu chí này xét điểm đo, không xét dịch vụ.", "This check judges the vantage point, not services.";
        count: "Số tiêu chí", "Checks";
        causes: "Là nguyên nhân", "As the cause";
    }
}

#[derive(Template)]
#[template(path = "serve/checks.html")]
struct ChecksPage {
    frame: Frame,
    w: &'static CheckWords,
    rows: Vec<Row>,
}

struct Row {
    id: &'static str,
    href: String,
    title: &'static str,
    severity_id: &'static str,
    severity: &'static str,
    gates: String,
    fail: (String, String),
    fails: bool,
    causes: String,
    inconclusive: (String, String),
    pass: String,
    not_applicable: String,
}

#[derive(Template)]
#[template(path = "serve/check.html")]
struct CheckPage {
    frame: Frame,
    w: &'static CheckWords,
    up: (String, &'static str),
    id: &'static str,
    severity: &'static str,
    gates: String,
    is_about_services: bool,
    counts: Vec<Link>,
    reasons: Vec<ReasonLine>,
    headings: Vec<ServiceHeading>,
    rows: Vec<ServiceLine>,
    pager: Pager,
    document: String,
}

struct ReasonLine {
    reason: &'static str,
    outcome_id: &'static str,
    message: &'static str,
    count: String,
    href: String,
}

/// Hands out the list.
pub async fn checks(request: PageRequest) -> Response {
    request.show(PublicPage::Checks, list).await
}

/// Hands out one check's page.
pub async fn check(Path(id): Path<String>, request: PageRequest) -> Response {
    request.show(PublicPage::Checks, move |request| one(request, &id)).await
}

fn list(request: &PageRequest) -> Result<ChecksPage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let number = |count| texts::number(count, lang);
    let rows = picture.checks().iter().map(|row| {
        let id = row.check.id;
        let chosen = |outcome: Outcome| {
            (
                number(row.count(outcome)),
                links.services(&[("check", id), ("outcome", outcome.id())]),
            )
        };
        let severity = row.gravest.unwrap_or(row.check.severity);
        Row {
            id,
            href: links.check(id),
            title: row.check.title(lang),
            severity_id: severity.id(),
            severity: texts::severity(severity).get(lang),
            gates: gates(row.check, &picture.result.policy),
            fail: chosen(Outcome::Fail),
            fails: row.count(Outcome::Fail) > 0,
            causes: number(row.causes),
            inconclusive: chosen(Outcome::Inconclusive),
            pass: number(row.count(Outcome::Pass)),
            not_applicable: number(row.count(Outcome::NotApplicable)),
        }
    });
    Ok(ChecksPage {
        w: CheckWords::of(lang),
        rows: rows.collect(),
        frame: request.frame(&CHECKS, CHECKS.name.get(lang), Some(&picture)),
    })
}

/// The stages that a check gates under a policy.
fn gates(check: &Check, policy: &Policy) -> String {
    let stages = Stage::ALL.into_iter().filter(|stage| {
        policy.gates(*stage).is_some_and(|gates| gates.iter().any(|id| id == check.id))
    });
    stages.map(|stage| stage.number().to_string()).collect::<Vec<_>>().join(", ")
}

fn one(request: &PageRequest, id: &str) -> Result<CheckPage, Problem> {
    let (lang, links) = (request.lang, request.links());
    let Some(check) = check::find(id) else {
        let nearest = CATALOGUE.iter().max_by(|a, b| {
            strsim::jaro_winkler(a.id, id).total_cmp(&strsim::jaro_winkler(b.id, id))
        });
        let help =
            nearest.map(|near| Help { text: near.id.to_owned(), href: links.check(near.id) });
        let problem = Problem::not_found(said::NO_CHECK.get(lang).to_owned());
        return Err(Problem { help: help.into_iter().collect(), ..problem });
    };
    let picture = request.picture()?;
    let filter = ServiceFilter { check: Some(check.id), ..ServiceFilter::default() };
    let sorting = Sorting { by: ServiceOrder::Inventory, reversed: false };
    let found = picture.services(&filter, sorting, request.page()?, PER_PAGE);
    let timezone = &picture.result.inventory.timezone;
    let rows = found.rows.iter().map(|row| ServiceLine::of(row, timezone, &links, lang));
    let row = picture.checks().iter().find(|row| row.check.id == check.id);
    let count = |outcome: Outcome, name: &str| {
        let count = row.map_or(0, |row| row.count(outcome));
        let href = links.services(&[("check", check.id), ("outcome", outcome.id())]);
        Link {
            text: format!("{} {name}: {}", texts::sign(outcome), texts::number(count, lang)),
            href,
        }
    };
    let w = CheckWords::of(lang);
    Ok(CheckPage {
        up: (links.page(CHECKS.path), CHECKS.name.get(lang)),
        id: check.id,
        severity: texts::severity(row.and_then(|row| row.gravest).unwrap_or(check.severity))
            .get(lang),
        gates: gates(check, &picture.result.policy),
        is_about_services: check.is_about_services(),
        counts: vec![
            count(Outcome::Fail, w.fail),
            count(Outcome::Inconclusive, w.inconclusive),
            count(Outcome::Pass, w.pass),
            count(Outcome::NotApplicable, w.not_applicable),
        ],
        reasons: reasons(request, &picture, check),
        headings: ServiceHeading::plain(super::words::Words::of(lang)),
        rows: rows.collect(),
        pager: Pager::of(found.page, found.pages, lang, |page| {
            request.with("page", &if page == 1 { String::new() } else { page.to_string() })
        }),
        document: markdown::page(&check.doc.shown(lang)),
        frame: request.frame(&CHECKS, check.title(lang), Some(&picture)),
        w,
    })
}

/// What it says of the services that it doesn't pass, what it says most often first.
fn reasons(request: &PageRequest, picture: &Picture, check: &'static Check) -> Vec<ReasonLine> {
    let (lang, links): (Lang, _) = (request.lang, request.links());
    let mut counted: Vec<(&'static str, Outcome, usize)> = Vec::new();
    for service in &picture.result.services {
        let findings = service.verdicts.findings();
        let Some((_, found)) = findings.iter().find(|(of, _)| of.id == check.id) else { continue };
        match counted.iter_mut().find(|(reason, ..)| *reason == found.reason) {
            Some((.., count)) => *count += 1,
            None => counted.push((found.reason, found.outcome, 1)),
        }
    }
    counted.sort_by_key(|(_, outcome, count)| {
        let order = [Outcome::Fail, Outcome::Inconclusive, Outcome::Pass, Outcome::NotApplicable];
        (order.iter().position(|one| one == outcome), std::cmp::Reverse(*count))
    });
    let line = |(reason, outcome, count): (&'static str, Outcome, usize)| ReasonLine {
        reason,
        outcome_id: outcome.id(),
        message: check.message(reason, lang),
        count: texts::number(count, lang),
        href: links.services(&[("check", check.id), ("reason", reason)]),
    };
    counted.into_iter().map(line).collect()
}
