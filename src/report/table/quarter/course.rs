//! The tables of how services and their checks changed from run to run.

use super::common::{CHECK, FINDING, SERVICE_ID};
use crate::check::Check;
use crate::judge::quarter::Review;
use crate::judge::{Finding, History, Look, ServiceResult, Step, day_of};
use crate::model::{Lang, Outcome, Text};
use crate::report::table::cells::{Cell, Kind, Table};
use crate::report::texts;

const DAY: Text = Text { vi: "Ngày", en: "Day" };
const BEFORE: Text = Text { vi: "Trước đó", en: "Before that" };
const SINCE: Text = Text { vi: "Từ ngày đó", en: "From then on" };

/// One row for each change of a service's stage.
pub fn stages_by_day(review: &Review, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Thay đổi mức theo ngày", en: "Stages by day" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(DAY.get(lang), Kind::Date, 11)
        .column(BEFORE.get(lang), Kind::Stage, 10)
        .column(SINCE.get(lang), Kind::Stage, 10)
        .column(texts::RUN.get(lang), Kind::Code, 24);
    for (result, history) in with_history(review) {
        let standings: Vec<_> = history.standings.iter().collect();
        for [before, after] in pairs(&standings) {
            let mut row = head(result);
            row.push(day(review, &after.look));
            row.extend([before, after].map(|step| Cell::Stage(step.value)));
            row.push(Cell::text(&after.look.run.to_string()));
            table.rows.push(row);
        }
    }
    table
}

/// One row for each change of what a check of a service found, without what only another check's failure
/// hid.
pub fn checks_by_day(review: &Review, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Thay đổi kết luận theo ngày", en: "Checks by day" };
    let mut table = Table::new(TITLE.get(lang), 2)
        .column(texts::SERVICE.get(lang), Kind::Text, 30)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(CHECK.get(lang), Kind::Code, 22)
        .column(DAY.get(lang), Kind::Date, 11)
        .column(BEFORE.get(lang), Kind::Outcome, 14)
        .column(SINCE.get(lang), Kind::Outcome, 14)
        .column(FINDING.get(lang), Kind::Text, 40)
        .column(texts::RUN.get(lang), Kind::Code, 24);
    for (result, history) in with_history(review) {
        for (check, steps) in history.changed_of_themselves() {
            for [before, after] in pairs(&steps) {
                let mut row = head(result);
                row.extend([Cell::text(check.id), day(review, &after.look)]);
                row.extend([before, after].map(|step| Cell::Outcome(step.value.outcome)));
                row.push(Cell::text(message(check, &after.value, lang)));
                row.push(Cell::text(&after.look.run.to_string()));
                table.rows.push(row);
            }
        }
    }
    table
}

fn with_history(review: &Review) -> impl Iterator<Item = (&ServiceResult, &History)> {
    let services = review.closing.services.iter();
    services.filter_map(|result| Some((result, review.histories.of(&result.service.id)?)))
}

fn pairs<'s, T>(steps: &[&'s Step<T>]) -> impl Iterator<Item = [&'s Step<T>; 2]> {
    steps.iter().zip(steps.iter().skip(1)).map(|(before, after)| [*before, *after])
}

fn head(result: &ServiceResult) -> Vec<Cell> {
    let service = &result.service;
    vec![Cell::text(&service.name), Cell::text(&service.id.to_string())]
}

fn day(review: &Review, look: &Look) -> Cell {
    Cell::Date(day_of(look.at, &review.closing.inventory.timezone))
}

fn message(check: &'static Check, finding: &Finding, lang: Lang) -> &'static str {
    match finding.outcome {
        Outcome::Pass | Outcome::NotApplicable => "",
        _ => check.message(finding.reason, lang),
    }
}
