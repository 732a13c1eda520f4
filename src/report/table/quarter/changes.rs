//! The tables of what changed since the quarter before.

use super::common::{BEFORE, CHECK, FINDING, NOW, SERVICE_ID, stage_cell};
use crate::check;
use crate::judge::quarter::Review;
use crate::judge::{Change, Finding, ServiceChange};
use crate::model::{Lang, Outcome, Text};
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
    let of = |change| changes.iter().filter(move |service| service.change == change);
    for service in Change::ALL.into_iter().filter(|change| *change != Change::Same).flat_map(of) {
        table.rows.push(vec![
            Cell::text(&service.service.name),
            Cell::text(&service.service.id.to_string()),
            Cell::text(terms::change(service.change).get(lang)),
            stage_cell(service.before),
            stage_cell(service.after),
        ]);
    }
    table
}

/// One row for each check of a service whose finding changed.
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
    let mut rows: Vec<_> = changes
        .iter()
        .flat_map(|service| service.checks.iter().map(move |check| (service, check)))
        // What merely concerns or ceases to concern a service follows from something else.
        .filter(|(_, check)| check.change != Change::Otherwise)
        .collect();
    rows.sort_by_key(|(_, check)| check.change);
    for (service, check) in rows {
        table.rows.push(vec![
            Cell::text(&service.service.id.to_string()),
            Cell::text(check.check),
            Cell::text(terms::change(check.change).get(lang)),
            Cell::Outcome(check.before.outcome),
            Cell::Outcome(check.after.outcome),
            Cell::text(message(check.check, &check.after, lang)),
        ]);
    }
    table
}

fn message(id: &str, finding: &Finding, lang: Lang) -> &'static str {
    let known = check::find(id);
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable => "",
        _ => known.map_or("", |check| check.message(finding.reason, lang)),
    }
}
