//! The tables of what changed since the quarter before.

use super::common::{BEFORE, CHECK, FINDING, NOW, SERVICE_ID, stage_cell};
use crate::check;
use crate::judge::quarter::Review;
use crate::judge::{Change, CheckChange, Finding, ServiceChange};
use crate::model::{Lang, Outcome, Text};
use crate::report::outages::outages;
use crate::report::quarter::terms;
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

const CHANGE: Text = Text { vi: "Thay đổi", en: "Change" };

/// One row for each service whose stage changed, the worse ones first.
pub fn stage_changes(review: &Review, lang: Lang) -> Table {
    stage_changes_of(&review.changes.iter().collect::<Vec<_>>(), lang)
}

/// The same of these services.
pub fn stage_changes_of(changes: &[&ServiceChange], lang: Lang) -> Table {
    const TITLE: Text =
        Text { vi: "Dịch vụ thay đổi mức", en: "Services whose stage changed" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(CHANGE.get(lang), Kind::Text, 18)
        .column(BEFORE.get(lang), Kind::Stage, 10)
        .column(NOW.get(lang), Kind::Stage, 10);
    for change in Change::ALL.into_iter().filter(|change| *change != Change::Same) {
        let (outages, services) =
            outages(changes.iter().copied().filter(|service| service.change == change));
        let row = |service: &ServiceChange| {
            vec![
                Cell::text(&service.service.name),
                Cell::text(&service.service.id.to_string()),
                Cell::text(terms::change(change).get(lang)),
                stage_cell(service.before),
                stage_cell(service.after),
            ]
        };
        for outage in outages {
            table.rows.push(vec![
                Cell::text(&outage.line(lang)),
                Cell::text(outage.reason),
                Cell::text(terms::change(change).get(lang)),
                Cell::Empty,
                Cell::Empty,
            ]);
            outage.services.into_iter().for_each(|service| table.push_beneath(row(service)));
        }
        table.rows.extend(services.into_iter().map(row));
    }
    table
}

/// One row for each check of a service whose finding changed and for each outage of our own side; beneath
/// it what only follows.
pub fn check_changes(review: &Review, lang: Lang) -> Table {
    check_changes_of(&review.changes.iter().collect::<Vec<_>>(), lang)
}

/// The same of these services.
pub fn check_changes_of(changes: &[&ServiceChange], lang: Lang) -> Table {
    const TITLE: Text =
        Text { vi: "Tiêu chí thay đổi kết luận", en: "Checks that changed" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(CHECK.get(lang), Kind::Code, 22)
        .column(CHANGE.get(lang), Kind::Text, 18)
        .column(BEFORE.get(lang), Kind::Outcome, 14)
        .column(NOW.get(lang), Kind::Outcome, 14)
        .column(FINDING.get(lang), Kind::Text, 40);
    let (outages, services) = outages(changes.iter().copied());
    for outage in outages {
        let change = outage.services.first().map(|service| service.change);
        table.rows.push(vec![
            Cell::text(&outage.extent(lang)),
            Cell::text(outage.reason),
            change.map_or(Cell::Empty, |change| Cell::text(terms::change(change).get(lang))),
            Cell::Empty,
            Cell::Empty,
            Cell::text(&outage.line(lang)),
        ]);
        for service in outage.services {
            let checks = service.checks.iter().filter(|check| is_listed(check));
            checks.for_each(|check| table.push_beneath(check_row(service, check, lang)));
        }
    }
    let mut causes: Vec<_> = services
        .into_iter()
        .flat_map(|service| service.causes().map(move |(cause, rest)| (service, cause, rest)))
        .filter(|(_, cause, rest)| is_listed(cause) || rest.iter().any(|check| is_listed(check)))
        .collect();
    causes.sort_by_key(|(_, cause, _)| cause.change);
    for (service, cause, rest) in causes {
        table.rows.push(check_row(service, cause, lang));
        let rest = rest.into_iter().filter(|check| is_listed(check));
        rest.for_each(|check| table.push_beneath(check_row(service, check, lang)));
    }
    table
}

/// What merely concerns or ceases to concern a service follows from something else.
fn is_listed(check: &CheckChange) -> bool {
    check.change != Change::Otherwise
}

fn check_row(service: &ServiceChange, check: &CheckChange, lang: Lang) -> Vec<Cell> {
    vec![
        Cell::text(&service.service.id.to_string()),
        Cell::text(check.check),
        Cell::text(terms::change(check.change).get(lang)),
        Cell::Outcome(check.before.outcome),
        Cell::Outcome(check.after.outcome),
        Cell::text(message(check.check, &check.after, lang)),
    ]
}

fn message(id: &str, finding: &Finding, lang: Lang) -> &'static str {
    let known = check::find(id);
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable => "",
        _ => known.map_or("", |check| check.message(finding.reason, lang)),
    }
}
