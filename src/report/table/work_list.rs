//! The table of what is to be done.

use std::rc::Rc;

use super::cells::{Cell, Kind, Row, Stream, Table};
use crate::judge::{RunResult, ServiceResult};
use crate::model::{Lang, Outcome, Severity, Subject, Text};
use crate::report::causes::{Cause, Concerned, causes, extent_of};
use crate::report::owner::Owners;
use crate::report::texts;

const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
const CHECK: Text = Text { vi: "Tiêu chí", en: "Check" };
const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
const SUBJECTS: Text = Text { vi: "Đối tượng", en: "Where" };
const FOLLOWS: Text = Text { vi: "Do tiêu chí", en: "Follows from" };

/// One row for each cause and service: what to do, where; beneath it what follows from it. Failures first,
/// then what could not be found out. An outage of our own side is one row, with its services beneath.
pub fn work_list(result: &RunResult, lang: Lang) -> Stream<'_> {
    const OUTCOME: Text = Text { vi: "Kết luận", en: "Outcome" };
    let table = Table::new(texts::WORK_LIST.get(lang), 0)
        .column(OUTCOME.get(lang), Kind::Outcome, 14)
        .column(SEVERITY.get(lang), Kind::Severity, 17)
        .column(CHECK.get(lang), Kind::Code, 24)
        .column(FINDING.get(lang), Kind::Text, 46)
        .column(texts::ORGANISATION.get(lang), Kind::Text, 32)
        .column(texts::CONTACT.get(lang), Kind::Text, 28)
        .column(texts::SERVICE.get(lang), Kind::Text, 36)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(SUBJECTS.get(lang), Kind::Code, 40)
        .column(texts::REMEDY.get(lang), Kind::Text, 60)
        .column(FOLLOWS.get(lang), Kind::Code, 20);
    let maker = Rc::new(Maker { owners: Owners::of(result), lang });
    let outcomes = [Outcome::Fail, Outcome::Inconclusive].into_iter();
    let causes = outcomes.flat_map(move |outcome| causes(result, outcome));
    let rows = causes.flat_map(move |mut cause| {
        let maker = Rc::clone(&maker);
        let services = std::mem::take(&mut cause.services).into_iter();
        let head = cause.is_ours().then(|| maker.outage(&cause, services.as_slice()));
        let of_services = services.flat_map(move |concerned| maker.rows(&cause, &concerned));
        head.into_iter().chain(of_services)
    });
    Stream::new(table, rows)
}

struct Maker<'a> {
    owners: Owners<'a>,
    lang: Lang,
}

impl Maker<'_> {
    /// The row of an outage of our own side.
    fn outage(&self, cause: &Cause<'_>, services: &[Concerned<'_>]) -> Row {
        let line = Line {
            check: cause.name(),
            message: cause.message(self.lang),
            subjects: extent_of(services, self.lang),
            remedy: cause.remedy(self.lang),
            ..Line::of(cause.outcome, Cell::Empty)
        };
        Row::plain(line.cells(&self.owners))
    }

    /// The rows of a service that a cause concerns.
    fn rows(&self, cause: &Cause<'_>, concerned: &Concerned<'_>) -> Vec<Row> {
        let Concerned { service, subjects, beneath } = concerned;
        if cause.is_ours() {
            let checks: Vec<_> = beneath.iter().map(|(check, _)| check.id).collect();
            let line = Line {
                service: Some(service),
                subjects: checks.join(", "),
                follows: cause.name(),
                ..Line::of(cause.outcome, Cell::Empty)
            };
            return vec![Row::beneath(line.cells(&self.owners))];
        }
        let severity = |outcome: Outcome, severity: Severity| match outcome {
            Outcome::Fail => Cell::Severity(severity),
            _ => Cell::Empty,
        };
        let line = Line {
            check: cause.name(),
            message: cause.message(self.lang),
            service: Some(service),
            subjects: names_of(subjects),
            remedy: cause.remedy(self.lang),
            ..Line::of(cause.outcome, severity(cause.outcome, cause.severity))
        };
        let mut rows = vec![Row::plain(line.cells(&self.owners))];
        rows.extend(beneath.iter().map(|(check, finding)| {
            let line = Line {
                check: check.id,
                message: check.message(finding.reason, self.lang),
                service: Some(service),
                follows: cause.name(),
                ..Line::of(finding.outcome, severity(finding.outcome, finding.severity))
            };
            Row::beneath(line.cells(&self.owners))
        }));
        rows
    }
}

struct Line<'a> {
    outcome: Outcome,
    severity: Cell,
    check: &'a str,
    message: &'a str,
    service: Option<&'a ServiceResult>,
    subjects: String,
    remedy: Option<&'a str>,
    follows: &'a str,
}

impl Line<'_> {
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

    fn cells(self, owners: &Owners<'_>) -> Vec<Cell> {
        let of_service = |text: &dyn Fn(&ServiceResult) -> String| {
            self.service.map_or(Cell::Empty, |service| Cell::text(&text(service)))
        };
        vec![
            Cell::Outcome(self.outcome),
            self.severity.clone(),
            Cell::text(self.check),
            Cell::text(self.message),
            of_service(&|service| owners.name(&service.service.id).to_owned()),
            of_service(&|service| owners.contact(&service.service.id).to_owned()),
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
