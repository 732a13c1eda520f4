//! The table of what is to be done.

use super::cells::{Cell, Kind, Table};
use super::organisation::organisation_name;
use crate::judge::{RunResult, ServiceResult};
use crate::model::{Lang, Outcome, Subject, Text};
use crate::report::causes::causes;
use crate::report::owner::owner;
use crate::report::texts;

const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
const CHECK: Text = Text { vi: "Tiêu chí", en: "Check" };
const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
const SUBJECTS: Text = Text { vi: "Đối tượng", en: "Where" };

/// One row for each cause and service: what to do, where. Failures first, then what could not be
/// found out.
pub fn work_list(result: &RunResult, lang: Lang) -> Table {
    const OUTCOME: Text = Text { vi: "Kết luận", en: "Outcome" };
    let mut table = Table::new(texts::WORK_LIST.get(lang), 0)
        .column(OUTCOME.get(lang), Kind::Outcome, 14)
        .column(SEVERITY.get(lang), Kind::Severity, 14)
        .column(CHECK.get(lang), Kind::Code, 24)
        .column(FINDING.get(lang), Kind::Text, 46)
        .column(texts::ORGANISATION.get(lang), Kind::Text, 32)
        .column(texts::CONTACT.get(lang), Kind::Text, 28)
        .column(texts::SERVICE.get(lang), Kind::Text, 36)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(SUBJECTS.get(lang), Kind::Code, 40)
        .column(texts::REMEDY.get(lang), Kind::Text, 60);
    for outcome in [Outcome::Fail, Outcome::Inconclusive] {
        for cause in causes(result, outcome) {
            let severity = match outcome {
                Outcome::Fail => Cell::Severity(cause.severity),
                _ => Cell::Empty,
            };
            for (service, subjects) in &cause.services {
                table.rows.push(vec![
                    Cell::Outcome(outcome),
                    severity.clone(),
                    Cell::text(cause.check.id),
                    Cell::text(cause.check.message(cause.reason, lang)),
                    Cell::text(organisation_name(result, service)),
                    Cell::text(contact_of(result, service)),
                    Cell::text(&service.service.name),
                    Cell::text(&service.service.id.to_string()),
                    Cell::text(&names_of(subjects)),
                    Cell::text(cause.check.remedy(cause.reason, lang).unwrap_or_default()),
                ]);
            }
        }
    }
    table
}

/// Whom to write to; empty where the inventory doesn't say it.
fn contact_of<'a>(result: &'a RunResult, service: &ServiceResult) -> &'a str {
    let owner = owner(result, &service.service.id);
    owner.and_then(|organisation| organisation.contact.as_deref()).unwrap_or_default()
}

fn names_of(subjects: &[Subject]) -> String {
    let names: Vec<_> = subjects.iter().map(|subject| subject.name.to_string()).collect();
    names.join(", ")
}
