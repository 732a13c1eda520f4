//! Services: lists by the filters of the pages, one with its verdicts and evidence, and its history.

use super::answer::Answer;
use super::cursor::Page;
use super::documents::{HistoryDocument, KeyDocument, ListDocument, ServiceDocument};
use super::operation::Asked;
use super::params::{nearest, shown};
use super::problem::Problem;
use crate::check::CATALOGUE;
use crate::judge::Change;
use crate::model::{Category, Outcome, Severity, Stage};
use crate::serve::problem_document::Sentence;
use crate::view::{Picture, ServiceFilter, ServiceOrder, Sorting, StandingFilter};

/// The stages as queries have them.
pub const STANDINGS: [(&str, StandingFilter); 8] = [
    ("0", StandingFilter::At(Stage::Ipv4Only)),
    ("1", StandingFilter::At(Stage::Addressed)),
    ("2", StandingFilter::At(Stage::Reachable)),
    ("3", StandingFilter::At(Stage::AtParity)),
    ("4", StandingFilter::At(Stage::Ipv6OnlyUsable)),
    ("absent", StandingFilter::Absent),
    ("unknown", StandingFilter::Unknown),
    ("retired", StandingFilter::Retired),
];

/// The orders as queries have them.
pub const ORDERS: [(&str, ServiceOrder); 8] = [
    ("inventory", ServiceOrder::Inventory),
    ("id", ServiceOrder::Id),
    ("organisation", ServiceOrder::Organisation),
    ("name", ServiceOrder::Name),
    ("standing", ServiceOrder::Standing),
    ("severity", ServiceOrder::Severity),
    ("since", ServiceOrder::Since),
    ("deadline", ServiceOrder::Deadline),
];

/// The outcomes as queries have them.
pub const OUTCOMES: [(&str, Outcome); 4] = [
    ("pass", Outcome::Pass),
    ("fail", Outcome::Fail),
    ("not-applicable", Outcome::NotApplicable),
    ("inconclusive", Outcome::Inconclusive),
];

/// The severities as queries have them.
pub const SEVERITIES: [(&str, Severity); 4] = [
    ("critical", Severity::Critical),
    ("error", Severity::Error),
    ("warning", Severity::Warning),
    ("info", Severity::Info),
];

/// The services that a query chooses.
pub fn filter(asked: &Asked<'_>, picture: &Picture) -> ServiceFilter {
    let params = &asked.params;
    let organisations = &picture.result.inventory.organisations;
    let organisation = params.value("organisation").map(str::to_owned).inspect(|word| {
        if !organisations.iter().any(|one| *one.id == **word) {
            let ids: Vec<&str> = organisations.iter().map(|one| &*one.id).collect();
            let detail = Sentence::new(
                format!("The inventory has no organisation `{}`.", shown(word)),
                format!("Danh mục không có cơ quan, đơn vị `{}`.", shown(word)),
            );
            asked.fault("organisation", detail, nearest(word, &ids));
        }
    });
    let checks: Vec<(&str, &'static str)> =
        CATALOGUE.iter().map(|check| (check.id, check.id)).collect();
    let categories: Vec<_> = Category::ALL.iter().map(|one| (one.id(), *one)).collect();
    let changes: Vec<_> = Change::ALL.iter().map(|one| (one.id(), *one)).collect();
    ServiceFilter {
        organisation,
        category: params.choice("category", &categories),
        tag: params.value("tag").map(str::to_owned),
        standing: params.choice("stage", &STANDINGS),
        check: params.choice("check", &checks),
        reason: params.value("reason").map(str::to_owned),
        outcome: params.choice("outcome", &OUTCOMES),
        severity: params.choice("severity", &SEVERITIES),
        change: params.choice("change", &changes),
        text: params.value("q").map(str::to_owned),
    }
}

/// The order that a query wants.
pub fn sorting(asked: &Asked<'_>) -> Sorting {
    let by = asked.params.choice("sort", &ORDERS).unwrap_or_default();
    let directions = [("ascending", false), ("descending", true)];
    let reversed = asked.params.choice("order", &directions).unwrap_or_default();
    Sorting { by, reversed }
}

/// A list of services.
pub fn services(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let (filter, sorting) = (filter(asked, &picture), sorting(asked));
    let page = Page::of(&asked.params, &asked.state(&picture));
    asked.finish()?;
    let places = picture.chosen(&filter, sorting);
    let total = places.len();
    let (page, next) = page?.cut(places);
    let rows = page.into_iter().filter_map(|place| {
        let id = &picture.result.services.get(place)?.service.id;
        picture.row_of(id)
    });
    let items: Vec<_> = rows.map(|row| ServiceDocument::of(&row)).collect();
    Answer::json(&ListDocument { key: Some(KeyDocument::of(&picture.key)), total, next, items })
}

/// One service over all runs.
pub fn history(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    asked.finish()?;
    let id = asked.service(&picture)?;
    match asked.app.view().history(&picture, &id)? {
        Some(history) => Answer::json(&HistoryDocument::of(&picture.key, id.to_string(), &history)),
        None => Err(Problem::not_ready()),
    }
}
