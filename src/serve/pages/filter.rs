//! Which services a list shows, as its address says it.

use strsim::jaro_winkler;

use super::problem::{Help, Problem};
use super::request::PageRequest;
use crate::check::CATALOGUE;
use crate::judge::Change;
use crate::model::{Category, Outcome, Severity, Stage, Text};
use crate::view::{Picture, ServiceFilter, ServiceOrder, Sorting, StandingFilter};

/// Characters of the words that are searched for.
const TEXT_MAX: usize = 200;

/// The stages as the address has them.
pub const STANDINGS: [(&str, StandingFilter); 8] = [
    ("absent", StandingFilter::Absent),
    ("0", StandingFilter::At(Stage::Ipv4Only)),
    ("1", StandingFilter::At(Stage::Addressed)),
    ("2", StandingFilter::At(Stage::Reachable)),
    ("3", StandingFilter::At(Stage::AtParity)),
    ("4", StandingFilter::At(Stage::Ipv6OnlyUsable)),
    ("unknown", StandingFilter::Unknown),
    ("retired", StandingFilter::Retired),
];

/// The orders as the address has them.
pub const ORDERS: [(&str, ServiceOrder, Text); 8] = [
    (
        "inventory",
        ServiceOrder::Inventory,
        Text { vi: "thứ tự trong danh mục", en: "order of the inventory" },
    ),
    (
        "standing",
        ServiceOrder::Standing,
        Text { vi: "mức, thấp nhất trước", en: "stage, lowest first" },
    ),
    (
        "severity",
        ServiceOrder::Severity,
        Text { vi: "lỗi nặng nhất trước", en: "gravest failures first" },
    ),
    (
        "since",
        ServiceOrder::Since,
        Text { vi: "thay đổi gần nhất trước", en: "latest change first" },
    ),
    (
        "deadline",
        ServiceOrder::Deadline,
        Text { vi: "thời hạn gần nhất trước", en: "nearest deadline first" },
    ),
    (
        "organisation",
        ServiceOrder::Organisation,
        Text { vi: "tên cơ quan, đơn vị", en: "organisation" },
    ),
    ("name", ServiceOrder::Name, Text { vi: "tên dịch vụ", en: "name" }),
    ("id", ServiceOrder::Id, Text { vi: "mã dịch vụ", en: "id" }),
];

/// The outcomes.
pub const OUTCOMES: [Outcome; 4] =
    [Outcome::Fail, Outcome::Inconclusive, Outcome::Pass, Outcome::NotApplicable];

/// The severities.
pub const SEVERITIES: [Severity; 4] =
    [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info];

/// Reads the filter.
///
/// # Errors
/// When a value is none of those that it may be: which ones they are.
pub fn filter(request: &PageRequest, picture: &Picture) -> Result<ServiceFilter, Problem> {
    let organisations: Vec<&str> =
        picture.result.inventory.organisations.iter().map(|one| &*one.id).collect();
    let checks: Vec<&str> = CATALOGUE.iter().map(|check| check.id).collect();
    let text = request.value("q").map(|text| text.chars().take(TEXT_MAX).collect());
    let organisation =
        word(request, "organisation", &organisations)?.map(|at| organisations[at].to_owned());
    Ok(ServiceFilter {
        text,
        organisation,
        category: choice(request, "category", &Category::ALL, |one| one.id())?,
        tag: request.value("tag").map(str::to_owned),
        standing: choice(request, "stage", &STANDINGS, |one| one.0)?.map(|one| one.1),
        check: word(request, "check", &checks)?.map(|at| CATALOGUE[at].id),
        reason: request.value("reason").map(str::to_owned),
        outcome: choice(request, "outcome", &OUTCOMES, |one| one.id())?,
        severity: choice(request, "severity", &SEVERITIES, |one| one.id())?,
        change: choice(request, "change", &Change::ALL, |one| one.id())?,
    })
}

/// Reads the order.
///
/// # Errors
/// As [`filter`].
pub fn sorting(request: &PageRequest) -> Result<Sorting, Problem> {
    let by =
        choice(request, "sort", &ORDERS, |one| one.0)?.map_or(ServiceOrder::Inventory, |one| one.1);
    let direction = choice(request, "order", &["ascending", "descending"], |one| one)?;
    Ok(Sorting { by, reversed: direction == Some("descending") })
}

/// A value of a closed list.
pub fn choice<T: Copy>(
    request: &PageRequest,
    key: &str,
    all: &[T],
    id: impl Fn(&T) -> &'static str,
) -> Result<Option<T>, Problem> {
    let words: Vec<&str> = all.iter().map(&id).collect();
    Ok(word(request, key, &words)?.map(|at| all[at]))
}

fn word(request: &PageRequest, key: &str, all: &[&str]) -> Result<Option<usize>, Problem> {
    const NAMED_MAX: usize = 8;
    let Some(value) = request.value(key) else { return Ok(None) };
    if let Some(at) = all.iter().position(|word| *word == value) {
        return Ok(Some(at));
    }
    // The nearest first.
    let mut near: Vec<&str> = all.to_vec();
    if near.len() > NAMED_MAX {
        near.sort_by(|a, b| jaro_winkler(b, value).total_cmp(&jaro_winkler(a, value)));
    }
    let named: Vec<_> = near.iter().take(NAMED_MAX).map(|word| format!("`{word}`")).collect();
    let more = if near.len() > NAMED_MAX { ", …" } else { "" };
    let help = near
        .iter()
        .take(NAMED_MAX)
        .map(|word| Help { text: format!("{key}={word}"), href: request.with(key, word) });
    let wanted = format!("{}{more}", named.join(", "));
    Err(Problem::bad(request.wrong(key, value, &wanted), help.collect()))
}
