//! The organisations, and one of them.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::blocks::{Figure, Pager, Pill, ServiceHeading, ServiceLine, StagesBlock, thin_bar};
use super::frame::Frame;
use super::links::escaped;
use super::live::{LiveBlock, live_runs};
use super::problem::Problem;
use super::request::PageRequest;
use super::section::ORGANISATIONS;
use super::shared_causes::{SharedLine, shared_lines};
use super::texts_of_pages as said;
use super::words::words;
use crate::judge::{Progress, Standing};
use crate::model::Stage;
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::PublicPage;
use crate::view::{OrganisationRow, Picture, ServiceFilter, ServiceOrder, Sorting};

/// Services of a page.
const PER_PAGE: usize = 100;

words! {
    /// The words of the pages.
    OrganisationWords {
        share: "Tỷ lệ đạt từ mức", "Share at or above stage";
        critical: "Có lỗi nghiêm trọng", "With critical failures";
        missed: "Mục tiêu quá hạn", "Targets missed";
        standing: "Hiện trạng", "Standing";
        letter: "Báo cáo của riêng đơn vị này được lập bằng lệnh", "A report of this organisation alone is made by";
        shared: "Nguyên nhân chung có liên quan", "Shared causes that concern it";
        nothing: "Danh mục không có cơ quan, đơn vị nào có dịch vụ.", "No organisation of the inventory has services.";
        scan: "Kiểm tra lại tất cả dịch vụ của đơn vị", "Check all its services again";
    }
}

#[derive(Template)]
#[template(path = "serve/organisations.html")]
struct OrganisationsPage {
    frame: Frame,
    w: &'static OrganisationWords,
    aim: u8,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    href: String,
    name: String,
    services: String,
    bar: String,
    share: String,
    critical: String,
    is_critical: bool,
    missed: String,
    contact: String,
}

#[derive(Template)]
#[template(path = "serve/organisation.html")]
struct OrganisationPage {
    frame: Frame,
    w: &'static OrganisationWords,
    up: (String, &'static str),
    id: String,
    contact: String,
    figures: Vec<Figure>,
    stages: StagesBlock,
    live: Vec<LiveBlock>,
    scan: Option<String>,
    shared: Vec<SharedLine>,
    headings: Vec<ServiceHeading>,
    rows: Vec<ServiceLine>,
    pager: Pager,
}

/// Hands out the list.
pub async fn organisations(request: PageRequest) -> Response {
    request.show(PublicPage::Organisations, list).await
}

/// Hands out one organisation's page.
pub async fn organisation(Path(id): Path<String>, request: PageRequest) -> Response {
    request.show(PublicPage::Organisations, move |request| one(request, &id)).await
}

fn list(request: &PageRequest) -> Result<OrganisationsPage, Problem> {
    let picture = request.picture()?;
    let rows = picture.organisations(request.today(&picture));
    let rows = rows.iter().map(|row| row_of(request, &picture, row));
    Ok(OrganisationsPage {
        w: OrganisationWords::of(request.lang),
        aim: picture.result.policy.aim().number(),
        rows: rows.collect(),
        frame: request.frame(&ORGANISATIONS, ORGANISATIONS.name.get(request.lang), Some(&picture)),
    })
}

fn row_of(request: &PageRequest, picture: &Picture, row: &OrganisationRow<'_>) -> Row {
    let (lang, policy) = (request.lang, &picture.result.policy);
    let share = row.counts.percent_at_least(policy.aim());
    let contact = row.organisation.contact.as_deref().filter(|_| may_see_contacts(request));
    Row {
        id: row.organisation.id.to_string(),
        href: request.links().organisation(&row.organisation.id),
        name: clean(&row.organisation.name),
        services: texts::number(row.counts.services, lang),
        bar: thin_bar(&row.counts, policy, lang),
        share: share.map_or("–".to_owned(), |percent| texts::percent(percent, lang)),
        critical: texts::number(row.critical, lang),
        is_critical: row.critical > 0,
        missed: texts::number(row.targets.count(Progress::Missed), lang),
        contact: contact.map(clean).unwrap_or_default(),
    }
}

/// Addresses of people are for those who are logged in.
pub fn may_see_contacts(request: &PageRequest) -> bool {
    request.visitor.name().is_some()
}

fn one(request: &PageRequest, id: &str) -> Result<OrganisationPage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let w = OrganisationWords::of(lang);
    let all = picture.organisations(request.today(&picture));
    let Some(row) = all.iter().find(|row| *row.organisation.id == *id) else {
        return Err(Problem::not_found(said::NO_ORGANISATION.get(lang).to_owned()));
    };
    let filter = ServiceFilter { organisation: Some(id.to_owned()), ..ServiceFilter::default() };
    let sorting = Sorting { by: ServiceOrder::Standing, reversed: false };
    let found = picture.services(&filter, sorting, request.page()?, PER_PAGE);
    let timezone = &picture.result.inventory.timezone;
    let rows = found.rows.iter().map(|row| ServiceLine::of(row, timezone, &links, lang));
    let concerns = picture
        .shared()
        .iter()
        .filter(|shared| shared.services.iter().any(|service| *service.id.organisation == *id));
    let concerns: Vec<_> = concerns.cloned().collect();
    let contact = row.organisation.contact.as_deref().filter(|_| may_see_contacts(request));
    Ok(OrganisationPage {
        up: (links.page(ORGANISATIONS.path), ORGANISATIONS.name.get(lang)),
        id: id.to_owned(),
        contact: contact.map(clean).unwrap_or_default(),
        figures: figures(request, &picture, row),
        stages: StagesBlock::of(
            &row.counts,
            &picture.result.policy,
            &links,
            &[("organisation", id)],
            lang,
        ),
        live: live_runs(request, Some(id)),
        scan: request
            .visitor
            .may_operate(Some(id))
            .then(|| links.page(&format!("/organisations/{}/scan", escaped(id)))),
        headings: ServiceHeading::plain(super::words::Words::of(lang)),
        shared: shared_lines(&concerns, concerns.len(), &links, lang),
        rows: rows.collect(),
        pager: Pager::of(found.page, found.pages, lang, |page| {
            request.with("page", &if page == 1 { String::new() } else { page.to_string() })
        }),
        frame: request.frame(&ORGANISATIONS, &clean(&row.organisation.name), Some(&picture)),
        w,
    })
}

fn figures(request: &PageRequest, picture: &Picture, row: &OrganisationRow<'_>) -> Vec<Figure> {
    let (lang, links, id) = (request.lang, request.links(), &*row.organisation.id);
    let w = OrganisationWords::of(lang);
    let aim = picture.result.policy.aim();
    let number = |value: usize, label: &str, bad: bool, more: (&str, &str)| Figure {
        value: texts::number(value, lang),
        label: label.to_owned(),
        bad: bad && value > 0,
        href: links.services(&[("organisation", id), more]),
    };
    let mut figures =
        vec![number(row.counts.services, texts::SERVICES.get(lang), false, ("q", ""))];
    figures.extend(row.counts.percent_at_least(aim).map(|percent| Figure {
        value: texts::percent(percent, lang),
        label: format!("{} {}", w.share, aim.number()),
        bad: false,
        href: String::new(),
    }));
    figures.push(number(
        row.critical,
        texts::CRITICAL_SERVICES.get(lang),
        true,
        ("severity", "critical"),
    ));
    figures.push(number(row.targets.count(Progress::Missed), w.missed, true, ("sort", "deadline")));
    let unknown = Pill::of(Standing::Unknown { at_least: Stage::Ipv4Only }, lang).text;
    figures.push(number(row.counts.unknown, &unknown, false, ("stage", "unknown")));
    figures
}
