//! The table of what is to be done.

use super::cells::{Cell, Kind, Table};
use super::organisation::organisation_name;
use crate::judge::{RunResult, ServiceResult};
use crate::model::{Lang, Outcome, Subject, Text};
use crate::report::causes::{Cause, Concerned, causes, extent};
use crate::report::owner::owner;
use crate::report::texts;

const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
const CHECK: Text = Text { vi: "Tiêu chí", en: "Check" };
const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
const SUBJECTS: Text = Text { vi: "Đối tượng", en: "Where" };
const FOLLOWS: Text = Text { vi: "Do tiêu chí", en: "Follows from" };

/// One row for each cause and service: what to do, where; beneath it what follows from it. Failures first,
/// then what could not be found out. An outage of our own side is one row, with its services beneath.
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
        .column(texts::REMEDY.get(lang), Kind::Text, 60)
        .column(FOLLOWS.get(lang), Kind::Code, 20);
    for outcome in [Outcome::Fail, Outcome::Inconclusive] {
        for cause in causes(result, outcome) {
            match cause.is_ours() {
                true => outage_rows(&mut table, result, &cause, lang),
                false => cause_rows(&mut table, result, &cause, lang),
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

fn cause_rows(table: &mut Table, result: &RunResult, cause: &Cause<'_>, lang: Lang) {
    let severity = match cause.outcome {
        Outcome::Fail => Cell::Severity(cause.severity),
        _ => Cell::Empty,
    };
    for Concerned { service, subjects, beneath } in &cause.services {
        let row = Row {
            check: cause.name(),
            message: cause.message(lang),
            service: Some(service),
            subjects: names_of(subjects),
            remedy: cause.remedy(lang),
            ..Row::of(cause.outcome, severity.clone())
        };
        table.rows.push(row.cells(result));
        for (check, finding) in beneath {
            let severity = match finding.outcome {
                Outcome::Fail => Cell::Severity(finding.severity),
                _ => Cell::Empty,
            };
            let row = Row {
                check: check.id,
                message: check.message(finding.reason, lang),
                service: Some(service),
                follows: cause.name(),
                ..Row::of(finding.outcome, severity)
            };
            table.push_beneath(row.cells(result));
        }
    }
}

fn outage_rows(table: &mut Table, result: &RunResult, cause: &Cause<'_>, lang: Lang) {
    let row = Row {
        check: cause.name(),
        message: cause.message(lang),
        subjects: extent(cause, lang),
        remedy: cause.remedy(lang),
        ..Row::of(cause.outcome, Cell::Empty)
    };
    table.rows.push(row.cells(result));
    for Concerned { service, beneath, .. } in &cause.services {
        let checks: Vec<_> = beneath.iter().map(|(check, _)| check.id).collect();
        let row = Row {
            service: Some(service),
            subjects: checks.join(", "),
            follows: cause.name(),
            ..Row::of(cause.outcome, Cell::Empty)
        };
        table.push_beneath(row.cells(result));
    }
}

struct Row<'a> {
    outcome: Outcome,
    severity: Cell,
    check: &'a str,
    message: &'a str,
    service: Option<&'a ServiceResult>,
    subjects: String,
    remedy: Option<&'a str>,
    follows: &'a str,
}

impl Row<'_> {
    fn of(outcome: Outcome, severity: Cell) -> Self {
        Self {
            outcome,
            severity,
            check: "",
            message: "",
            service: None,
            subjects: String::new(),
            remedy: None,
            follows: "",
        }
    }

    fn cells(self, result: &RunResult) -> Vec<Cell> {
        let of_service = |text: &dyn Fn(&ServiceResult) -> String| {
            self.service.map_or(Cell::Empty, |service| Cell::text(&text(service)))
        };
        vec![
            Cell::Outcome(self.outcome),
            self.severity.clone(),
            Cell::text(self.check),
            Cell::text(self.message),
            of_service(&|service| organisation_name(result, service).to_owned()),
            of_service(&|service| contact_of(result, service).to_owned()),
            of_service(&|service| service.service.name.clone()),
            of_service(&|service| service.service.id.to_string()),
            Cell::text(&self.subjects),
            Cell::text(self.remedy.unwrap_or_default()),
            Cell::text(self.follows),
        ]
    }
}

fn names_of(subjects: &[Subject]) -> String {
    let names: Vec<_> = subjects.iter().map(|subject| subject.name.to_string()).collect();
    names.join(", ")
}
