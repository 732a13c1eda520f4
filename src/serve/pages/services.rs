//! The services: chosen, sorted, in pages.

use askama::Template;
use axum::response::Response;

use super::blocks::{Pager, ServiceHeading, ServiceLine};
use super::filter::{ORDERS, OUTCOMES, SEVERITIES, STANDINGS, filter, sorting};
use super::frame::Frame;
use super::problem::Problem;
use super::request::PageRequest;
use super::section::SERVICES;
use super::words::words;
use crate::check::CATALOGUE;
use crate::judge::{Change, Standing};
use crate::model::{Category, Lang, Stage};
use crate::report::describe::clean;
use crate::report::{parts, quarter, texts};
use crate::serve::access::PublicPage;
use crate::view::{Picture, Sorting, StandingFilter};

/// Services of a page.
const PER_PAGE: usize = 100;

words! {
    /// The words of the page.
    ServicesWords {
        text: "Tên, mã hoặc địa chỉ", "Name, id or address";
        tag: "Nhãn", "Tag";
        outcome: "Kết luận của tiêu chí", "Outcome of the check";
        severity: "Có lỗi từ mức", "With failures at least";
        change: "Thay đổi so với đợt trước", "Change since the run before";
        reversed: "Ngược lại", "Reversed";
        found: "Số dịch vụ tìm được", "Services found";
        nothing: "Không có dịch vụ nào phù hợp với bộ lọc.", "No service fits the filter.";
        chosen: "Bộ lọc và sắp xếp", "Filter and order";
    }
}

#[derive(Template)]
#[template(path = "serve/services.html")]
struct ServicesPage {
    frame: Frame,
    w: &'static ServicesWords,
    fields: Vec<Field>,
    text: String,
    reason: String,
    is_reversed: bool,
    found: String,
    headings: Vec<ServiceHeading>,
    rows: Vec<ServiceLine>,
    pager: Pager,
    clear: String,
}

/// A choice of the filter.
pub struct Field {
    /// Its key in the address.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What can be chosen.
    pub options: Vec<FieldOption>,
}

/// Something that can be chosen.
pub struct FieldOption {
    /// Its word in the address; empty for no choice.
    pub value: String,
    /// Its name.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// Hands out the page.
pub async fn services(request: PageRequest) -> Response {
    request.show(PublicPage::Services, page).await
}

fn page(request: &PageRequest) -> Result<ServicesPage, Problem> {
    let picture = request.picture()?;
    let (filter, sorting, number) =
        (filter(request, &picture)?, sorting(request)?, request.page()?);
    let (lang, links) = (request.lang, request.links());
    let timezone = &picture.result.inventory.timezone;
    let found = picture.services(&filter, sorting, number, PER_PAGE);
    let rows = found.rows.iter().map(|row| ServiceLine::of(row, timezone, &links, lang));
    Ok(ServicesPage {
        w: ServicesWords::of(lang),
        fields: fields(request, &picture),
        text: request.value("q").unwrap_or_default().to_owned(),
        reason: request.value("reason").unwrap_or_default().to_owned(),
        is_reversed: sorting.reversed,
        found: texts::number(found.total, lang),
        headings: headings(request, sorting),
        rows: rows.collect(),
        pager: Pager::of(found.page, found.pages, lang, |page| {
            request.with("page", &if page == 1 { String::new() } else { page.to_string() })
        }),
        clear: links.page("/services"),
        frame: request.frame(&SERVICES, SERVICES.name.get(lang), Some(&picture)),
    })
}

/// The headings, each with the order of its column.
fn headings(request: &PageRequest, sorting: Sorting) -> Vec<ServiceHeading> {
    // Of each order: its word, and whether the greatest comes first.
    const COLUMNS: [(&str, bool); 5] = [
        ("name", false),
        ("organisation", false),
        ("standing", false),
        ("severity", true),
        ("since", true),
    ];
    let chosen = ORDERS.iter().find(|order| order.1 == sorting.by).map(|order| order.0);
    let plain = ServiceHeading::plain(super::words::Words::of(request.lang)).into_iter();
    let heading = |(heading, (word, falls)): (ServiceHeading, (&str, bool))| {
        let is_by_it = chosen == Some(word);
        let order = if is_by_it && !sorting.reversed { "descending" } else { "" };
        ServiceHeading {
            href: request.with_all(&[("sort", word), ("order", order), ("page", "")]),
            sorted: match (is_by_it, falls == sorting.reversed) {
                (false, _) => "",
                (true, true) => "ascending",
                (true, false) => "descending",
            },
            ..heading
        }
    };
    plain.zip(COLUMNS).map(heading).collect()
}

fn fields(request: &PageRequest, picture: &Picture) -> Vec<Field> {
    let lang = request.lang;
    let (w, common) = (ServicesWords::of(lang), super::words::Words::of(lang));
    let field = |key: &'static str, label: &'static str, all: Vec<(String, String)>| {
        let chosen = request.value(key).unwrap_or_default();
        let none = (String::new(), common.all.to_owned());
        let options = std::iter::once(none).chain(all).map(|(value, label)| FieldOption {
            is_chosen: value == chosen,
            value,
            label,
        });
        Field { key, label, options: options.collect() }
    };
    let inventory = &picture.result.inventory;
    let organisations =
        inventory.organisations.iter().map(|one| (one.id.to_string(), clean(&one.name)));
    let categories = Category::ALL
        .iter()
        .map(|one| (one.id().to_owned(), texts::category(*one).get(lang).to_owned()));
    let standings = STANDINGS
        .iter()
        .map(|(word, standing)| ((*word).to_owned(), standing_name(*standing, lang)));
    let checks = CATALOGUE
        .iter()
        .filter(|check| check.is_about_services())
        .map(|check| (check.id.to_owned(), check.id.to_owned()));
    let outcomes =
        OUTCOMES.iter().map(|one| (one.id().to_owned(), texts::outcome(*one).get(lang).to_owned()));
    let severities = SEVERITIES
        .iter()
        .map(|one| (one.id().to_owned(), texts::severity(*one).get(lang).to_owned()));
    let changes = Change::ALL
        .iter()
        .map(|one| (one.id().to_owned(), quarter::change(*one).get(lang).to_owned()));
    let mut fields = vec![
        field("organisation", common.organisation, organisations.collect()),
        field("category", common.category, categories.collect()),
        field("stage", common.stage, standings.collect()),
        field("check", common.check, checks.collect()),
        field("outcome", w.outcome, outcomes.collect()),
        field("severity", w.severity, severities.collect()),
        field("change", w.change, changes.collect()),
    ];
    let mut tags: Vec<&str> =
        inventory.services.iter().flat_map(|service| &service.tags).map(|tag| &**tag).collect();
    tags.sort_unstable();
    tags.dedup();
    if !tags.is_empty() {
        let tags = tags.into_iter().map(|tag| (tag.to_owned(), clean(tag)));
        fields.push(field("tag", w.tag, tags.collect()));
    }
    let orders = ORDERS
        .iter()
        .skip(1)
        .map(|(word, _, name)| ((*word).to_owned(), name.get(lang).to_owned()));
    let mut order = field("sort", common.sort, orders.collect());
    if let Some(first) = order.options.first_mut() {
        first.label = ORDERS[0].2.get(lang).to_owned();
        first.is_chosen |= request.value("sort") == Some("inventory");
    }
    fields.push(order);
    fields
}

fn standing_name(standing: StandingFilter, lang: Lang) -> String {
    let standing = match standing {
        StandingFilter::At(stage) => Standing::At(stage),
        StandingFilter::Absent => Standing::Absent,
        StandingFilter::Unknown => Standing::Unknown { at_least: Stage::Ipv4Only },
        StandingFilter::Retired => Standing::NotCounted,
    };
    parts::standing(standing, lang)
}
