//! The tables of services.

use std::collections::BTreeSet;

use super::cells::{Cell, Kind, Row, Stream, Table};
use crate::check::{CATALOGUE, Check};
use crate::judge::{Finding, RunResult, ServiceResult, Standing};
use crate::model::{Lang, Outcome, Severity, Text};
use crate::report::causes::root_blockers;
use crate::report::owner::Owners;
use crate::report::texts;

const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
const TAGS: Text = Text { vi: "Thẻ", en: "Tags" };
const TARGET: Text = Text { vi: "Địa chỉ dịch vụ", en: "What is tested" };
const STATE: Text = Text { vi: "Trạng thái khai báo", en: "Declared state" };
const LEVEL: Text = Text { vi: "Cấp độ an toàn", en: "Security level" };
const MEANING: Text = Text { vi: "Ý nghĩa", en: "Meaning" };
const FAILURES: Text = Text { vi: "Số tiêu chí không đạt", en: "Checks failed" };
const CRITICAL: Text = Text { vi: "Trong đó nghiêm trọng", en: "of which critical" };
const INCONCLUSIVE: Text =
    Text { vi: "Số tiêu chí chưa xác định", en: "Checks inconclusive" };
const GOAL_STAGE: Text = Text { vi: "Mức mục tiêu", en: "Target stage" };
const GOAL_BY: Text = Text { vi: "Thời hạn", en: "Deadline" };
const EXEMPT_UNTIL: Text = Text { vi: "Được miễn đến", en: "Exempt until" };
const EXEMPT_WHY: Text = Text { vi: "Lý do được miễn", en: "Reason of the exemption" };

/// One row for each service: what it is, its stage, its goal and its exemption. With
/// `checks`, also a column for the outcome of each check.
pub fn services(result: &RunResult, lang: Lang, checks: bool) -> Stream<'_> {
    let table = Table::new(texts::ALL_SERVICES.get(lang), 2).column(
        texts::ORGANISATION.get(lang),
        Kind::Text,
        28,
    );
    let mut table = service_columns(table, lang);
    let listed = if checks { service_checks(result) } else { Vec::new() };
    for id in &listed {
        table = table.column(*id, Kind::Outcome, 12);
    }
    let owners = Owners::of(result);
    let rows = result.services.iter().map(move |service| {
        let findings = service.verdicts.findings();
        let mut row = vec![Cell::text(owners.name(&service.service.id))];
        row.extend(service_row(result, service, &findings, lang));
        row.extend(listed.iter().map(|id| outcome_of(&findings, id)));
        Row::plain(row)
    });
    Stream::new(table, rows)
}

/// As [`services`], those of one organisation.
pub fn services_of<'a>(
    result: &'a RunResult,
    services: Vec<&'a ServiceResult>,
    lang: Lang,
) -> Stream<'a> {
    let table = service_columns(Table::new(texts::ALL_SERVICES.get(lang), 1), lang);
    let rows = services.into_iter().map(move |service| {
        Row::plain(service_row(result, service, &service.verdicts.findings(), lang))
    });
    Stream::new(table, rows)
}

fn service_columns(table: Table, lang: Lang) -> Table {
    table
        .column(texts::SERVICE.get(lang), Kind::Text, 32)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(texts::CATEGORY.get(lang), Kind::Text, 22)
        .column(TAGS.get(lang), Kind::Code, 18)
        .column(TARGET.get(lang), Kind::Code, 34)
        .column(STATE.get(lang), Kind::Text, 14)
        .column(LEVEL.get(lang), Kind::Count, 10)
        .column(texts::STAGE.get(lang), Kind::Stage, 14)
        .column(MEANING.get(lang), Kind::Text, 26)
        .column(texts::BLOCKERS.get(lang), Kind::Code, 34)
        .column(FAILURES.get(lang), Kind::Count, 12)
        .column(CRITICAL.get(lang), Kind::Count, 12)
        .column(INCONCLUSIVE.get(lang), Kind::Count, 12)
        .column(GOAL_STAGE.get(lang), Kind::Count, 10)
        .column(GOAL_BY.get(lang), Kind::Date, 12)
        .column(EXEMPT_UNTIL.get(lang), Kind::Date, 12)
        .column(EXEMPT_WHY.get(lang), Kind::Text, 34)
}

fn service_row(
    result: &RunResult,
    service: &ServiceResult,
    findings: &[(&'static Check, Finding)],
    lang: Lang,
) -> Vec<Cell> {
    let about = &service.service;
    let with = |outcome: Outcome| {
        findings.iter().filter(|(_, finding)| finding.outcome == outcome).count()
    };
    let critical = findings.iter().filter(|(_, f)| f.fails_at(Severity::Critical)).count();
    let blockers = root_blockers(service);
    let meaning = match service.standing {
        Standing::At(stage) => stage.name().get(lang),
        Standing::Absent => texts::ABSENT_COUNTS.get(lang),
        Standing::Unknown { .. } | Standing::NotCounted => "",
    };
    let goal = about.goal.as_ref().or_else(|| result.policy.goal());
    let exemption = about.exemption.as_ref();
    vec![
        Cell::text(&about.name),
        Cell::text(&about.id.to_string()),
        Cell::text(texts::category(about.category).get(lang)),
        Cell::text(&about.tags.join(", ")),
        Cell::text(&about.target.to_string()),
        Cell::text(texts::state(about.state).get(lang)),
        about.security_level.map_or(Cell::Empty, |level| Cell::Count(level.into())),
        Cell::Stage(service.standing),
        Cell::text(meaning),
        Cell::text(&blockers.join(", ")),
        Cell::Count(with(Outcome::Fail)),
        Cell::Count(critical),
        Cell::Count(with(Outcome::Inconclusive)),
        goal.map_or(Cell::Empty, |goal| Cell::Count(goal.stage.number().into())),
        goal.map_or(Cell::Empty, |goal| Cell::Date(goal.by)),
        exemption.map_or(Cell::Empty, |exemption| Cell::Date(exemption.until)),
        exemption.map_or(Cell::Empty, |exemption| Cell::text(&exemption.reason)),
    ]
}

/// One row for each service and one column for each check.
pub fn checks(result: &RunResult, lang: Lang) -> Stream<'_> {
    const TITLE: Text = Text { vi: "Theo tiêu chí", en: "By check" };
    let listed = service_checks(result);
    let mut table = Table::new(TITLE.get(lang), 1)
        .column(SERVICE_ID.get(lang), Kind::Code, 30)
        .column(texts::STAGE.get(lang), Kind::Stage, 14);
    for id in &listed {
        table = table.column(*id, Kind::Outcome, 5);
    }
    let rows = result.services.iter().map(move |service| {
        let mut row =
            vec![Cell::text(&service.service.id.to_string()), Cell::Stage(service.standing)];
        let findings = service.verdicts.findings();
        row.extend(listed.iter().map(|id| outcome_of(&findings, id)));
        Row::plain(row)
    });
    Stream::new(table, rows)
}

/// The checks that have a finding in this result, in the catalogue's order.
fn service_checks(result: &RunResult) -> Vec<&'static str> {
    let used: BTreeSet<_> = result
        .services
        .iter()
        .flat_map(|service| service.verdicts.findings().into_iter().map(|(check, _)| check.id))
        .collect();
    CATALOGUE.iter().map(|check| check.id).filter(|id| used.contains(id)).collect()
}

fn outcome_of(findings: &[(&'static Check, Finding)], wanted: &str) -> Cell {
    findings
        .iter()
        .find(|(check, _)| check.id == wanted)
        .map_or(Cell::Empty, |(_, finding)| Cell::Outcome(finding.outcome))
}
