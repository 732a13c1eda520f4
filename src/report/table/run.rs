//! The tables of a judged run.

use std::collections::BTreeSet;

use super::{Cell, Kind, Table};
use crate::check::{CATALOGUE, Check};
use crate::judge::{Counts, Finding, RunResult, ServiceResult, Summary};
use crate::model::{Lang, Outcome, Severity, Stage, Subject, SubjectName, Text};
use crate::report::causes::causes;
use crate::report::texts;

const SERVICE_ID: Text = Text { vi: "Mã dịch vụ", en: "Service id" };
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
const EXEMPT_UNTIL: Text = Text { vi: "Miễn trừ đến", en: "Exempt until" };
const EXEMPT_WHY: Text = Text { vi: "Lý do miễn trừ", en: "Reason of the exemption" };
const CHECK: Text = Text { vi: "Tiêu chí", en: "Check" };
const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
const SUBJECTS: Text = Text { vi: "Đối tượng", en: "Where" };
const AT_LEAST: Text = Text { vi: "Đạt từ mức", en: "At least stage" };
const SHARE: Text = Text { vi: "Tỷ lệ (%)", en: "Share (%)" };
const ALL: Text = Text { vi: "Toàn bộ", en: "All" };

/// One row for each service: what it is, where it stands, its goal and its exemption. With
/// `checks`, also a column for the outcome of each check.
pub fn services(result: &RunResult, lang: Lang, checks: bool) -> Table {
    let mut table = Table::new(texts::ALL_SERVICES.get(lang), 2)
        .column(texts::ORGANISATION.get(lang), Kind::Text, 28)
        .column(texts::SERVICE.get(lang), Kind::Text, 32)
        .column(SERVICE_ID.get(lang), Kind::Code, 24)
        .column(texts::CATEGORY.get(lang), Kind::Text, 22)
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
        .column(EXEMPT_WHY.get(lang), Kind::Text, 34);
    let listed = service_checks(result);
    if checks {
        for id in &listed {
            table = table.column(*id, Kind::Outcome, 12);
        }
    }
    for (service, organisation) in with_organisations(result) {
        let findings = service.verdicts.findings();
        let mut row = service_row(result, service, &findings, organisation, lang);
        if checks {
            row.extend(listed.iter().map(|id| outcome_of(&findings, id)));
        }
        table.rows.push(row);
    }
    table
}

fn service_row(
    result: &RunResult,
    service: &ServiceResult,
    findings: &[(&'static Check, Finding)],
    organisation: &str,
    lang: Lang,
) -> Vec<Cell> {
    let about = &service.service;
    let with = |outcome: Outcome| {
        findings.iter().filter(|(_, finding)| finding.outcome == outcome).count()
    };
    let critical = findings.iter().filter(|(_, f)| f.fails_at(Severity::Critical)).count();
    let blockers: Vec<_> = service.blockers.iter().map(|blocker| blocker.check).collect();
    let meaning = service.standing.stage().map_or("", |stage| stage.name().get(lang));
    let goal = about.goal.as_ref().or_else(|| result.policy.goal());
    let exemption = about.exemption.as_ref();
    vec![
        Cell::text(organisation),
        Cell::text(&about.name),
        Cell::text(&about.id.to_string()),
        Cell::text(texts::category(about.category).get(lang)),
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
pub fn checks(result: &RunResult, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Theo tiêu chí", en: "By check" };
    let listed = service_checks(result);
    let mut table = Table::new(TITLE.get(lang), 1)
        .column(SERVICE_ID.get(lang), Kind::Code, 30)
        .column(texts::STAGE.get(lang), Kind::Stage, 14);
    for id in &listed {
        table = table.column(*id, Kind::Outcome, 5);
    }
    for service in &result.services {
        let mut row =
            vec![Cell::text(&service.service.id.to_string()), Cell::Stage(service.standing)];
        let findings = service.verdicts.findings();
        row.extend(listed.iter().map(|id| outcome_of(&findings, id)));
        table.rows.push(row);
    }
    table
}

/// One row for each cause and service: what to do, where. Failures first, then what could not be
/// found out.
pub fn failures(result: &RunResult, lang: Lang) -> Table {
    const OUTCOME: Text = Text { vi: "Kết luận", en: "Outcome" };
    let mut table = Table::new(texts::WORK_LIST.get(lang), 0)
        .column(OUTCOME.get(lang), Kind::Outcome, 14)
        .column(SEVERITY.get(lang), Kind::Severity, 14)
        .column(CHECK.get(lang), Kind::Code, 24)
        .column(FINDING.get(lang), Kind::Text, 46)
        .column(texts::ORGANISATION.get(lang), Kind::Text, 32)
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
                    Cell::text(organisation_of(result, service)),
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

/// One row for each subject of each verdict, those of the vantage point first; a verdict without
/// subjects has one row. Words and headings are those of the JSON result in either language, so that
/// programs can hold on to them; only `message` is in the reader's.
pub fn verdicts(result: &RunResult, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Kết luận chi tiết", en: "Raw verdicts" };
    let mut table = Table::new(TITLE.get(lang), 0);
    for (title, kind, width_chars) in [
        ("run", Kind::Code, 24),
        ("as_of", Kind::Code, 30),
        ("service", Kind::Code, 26),
        ("check", Kind::Code, 24),
        ("revision", Kind::Count, 9),
        ("severity", Kind::Code, 10),
        ("outcome", Kind::Code, 14),
        ("reason", Kind::Code, 22),
        ("subject_kind", Kind::Code, 13),
        ("subject", Kind::Code, 34),
        ("subject_outcome", Kind::Code, 16),
        ("subject_reason", Kind::Code, 22),
        ("detail", Kind::Code, 40),
        ("message", Kind::Text, 60),
    ] {
        table = table.column(title, kind, width_chars);
    }
    let of_services = result.services.iter().flat_map(|service| {
        let verdicts = service.verdicts.unpack().into_iter();
        verdicts.map(move |judged| (service.service.id.to_string(), judged))
    });
    let of_vantage = result.vantage.iter().map(|judged| (String::new(), judged.clone()));
    for (service, judged) in of_vantage.chain(of_services) {
        let verdict = &judged.verdict;
        let head = [
            Cell::text(&result.run.id.to_string()),
            Cell::text(&result.as_of.to_string()),
            Cell::text(&service),
            Cell::text(judged.check.id),
            Cell::Count(judged.check.revision.into()),
            Cell::text(judged.severity.id()),
            Cell::text(verdict.outcome.id()),
            Cell::text(verdict.reason),
        ];
        let message = Cell::text(judged.check.message(verdict.reason, lang));
        let mut push = |subject: [Cell; 5]| {
            let row = head.iter().cloned().chain(subject).chain([message.clone()]).collect();
            table.rows.push(row);
        };
        if verdict.subjects.is_empty() {
            push([const { Cell::Empty }; 5]);
        }
        for subject in &verdict.subjects {
            push([
                Cell::text(kind_of(&subject.name)),
                Cell::text(&subject.name.to_string()),
                Cell::text(subject.outcome.id()),
                Cell::text(subject.reason),
                Cell::text(&particulars(subject)),
            ]);
        }
    }
    table
}

/// Counts by organisation, with the total: services, each judged stage, unknown, retired, and the
/// share that reached the goal's stage.
pub fn organisations(result: &RunResult, lang: Lang) -> Table {
    let rows = result
        .by_organisation()
        .into_iter()
        .map(|(organisation, services)| (organisation.name.clone(), Counts::of(services)));
    counts(result, lang, (texts::BY_ORGANISATION, texts::ORGANISATION), rows)
}

/// As [`organisations`], by category.
pub fn categories(result: &RunResult, lang: Lang) -> Table {
    let rows = result
        .summary()
        .categories
        .into_iter()
        .map(|(category, counts)| (texts::category(category).get(lang).to_owned(), counts));
    counts(result, lang, (texts::BY_CATEGORY, texts::CATEGORY), rows)
}

fn counts(
    result: &RunResult,
    lang: Lang,
    (title, what): (Text, Text),
    rows: impl Iterator<Item = (String, Counts)>,
) -> Table {
    let goal = result.policy.goal().map_or(result.policy.highest_stage(), |goal| goal.stage);
    let mut table = Table::new(title.get(lang), 1).column(what.get(lang), Kind::Text, 40).column(
        texts::SERVICES.get(lang),
        Kind::Count,
        10,
    );
    let stages: Vec<Stage> =
        Stage::ALL.into_iter().filter(|stage| texts::judged(&result.policy, *stage)).collect();
    for stage in &stages {
        let title = format!("{} {}", texts::STAGE.get(lang), stage.number());
        table = table.column(title, Kind::Count, 9);
    }
    table = table
        .column(texts::capitalised(texts::UNKNOWN.get(lang)), Kind::Count, 11)
        .column(texts::capitalised(texts::RETIRED.get(lang)), Kind::Count, 11)
        .column(format!("{} {}", AT_LEAST.get(lang), goal.number()), Kind::Count, 11)
        .column(SHARE.get(lang), Kind::Percent, 11);
    let row = |name: &str, counts: &Counts| {
        let mut row = vec![Cell::text(name), Cell::Count(counts.services)];
        row.extend(stages.iter().map(|s| Cell::Count(counts.stages[usize::from(s.number())])));
        row.extend([
            Cell::Count(counts.unknown),
            Cell::Count(counts.retired),
            Cell::Count(counts.at_least(goal)),
            counts.percent_at_least(goal).map_or(Cell::Empty, Cell::Percent),
        ]);
        row
    };
    table.rows = rows.map(|(name, counts)| row(&name, &counts)).collect();
    table.total = Some(row(ALL.get(lang), &Summary::of(&result.services).all));
    table
}

/// Counts of services at each judged stage and at none, with their share of all that are counted.
pub fn stages(result: &RunResult, lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Số dịch vụ theo mức", en: "Services by stage" };
    let counts = Summary::of(&result.services).all;
    let counted = counts.known() + counts.unknown;
    let share = |count: usize| match counted {
        0 => Cell::Empty,
        all => Cell::Percent(count as f64 * 100.0 / all as f64),
    };
    let mut table = Table::new(TITLE.get(lang), 1)
        .column(texts::STAGE.get(lang), Kind::Text, 44)
        .column(texts::SERVICES.get(lang), Kind::Count, 14)
        .column(SHARE.get(lang), Kind::Percent, 14);
    for stage in Stage::ALL.into_iter().filter(|stage| texts::judged(&result.policy, *stage)) {
        let count = counts.stages[usize::from(stage.number())];
        let name = format!("{} {}", stage.number(), stage.name().get(lang));
        table.rows.push(vec![Cell::Text(name), Cell::Count(count), share(count)]);
    }
    table.rows.push(vec![
        Cell::Text(texts::capitalised(texts::UNKNOWN.get(lang))),
        Cell::Count(counts.unknown),
        share(counts.unknown),
    ]);
    table.total =
        Some(vec![Cell::Text(ALL.get(lang).to_owned()), Cell::Count(counted), Cell::Empty]);
    table
}

/// The checks that say something in this result, in the catalogue's order.
fn service_checks(result: &RunResult) -> Vec<&'static str> {
    let said: BTreeSet<_> = result
        .services
        .iter()
        .flat_map(|service| service.verdicts.findings().into_iter().map(|(check, _)| check.id))
        .collect();
    CATALOGUE.iter().map(|check| check.id).filter(|id| said.contains(id)).collect()
}

fn outcome_of(findings: &[(&'static Check, Finding)], wanted: &str) -> Cell {
    findings
        .iter()
        .find(|(check, _)| check.id == wanted)
        .map_or(Cell::Empty, |(_, finding)| Cell::Outcome(finding.outcome))
}

fn with_organisations(result: &RunResult) -> impl Iterator<Item = (&ServiceResult, &str)> {
    result.services.iter().map(|service| (service, organisation_of(result, service)))
}

fn organisation_of<'a>(result: &'a RunResult, service: &ServiceResult) -> &'a str {
    result
        .inventory
        .organisations
        .iter()
        .find(|organisation| organisation.id == service.service.id.organisation)
        .map_or("", |organisation| &organisation.name)
}

fn names_of(subjects: &[Subject]) -> String {
    let names: Vec<_> = subjects.iter().map(|subject| subject.name.to_string()).collect();
    names.join(", ")
}

fn kind_of(name: &SubjectName) -> &'static str {
    match name {
        SubjectName::Socket(_) => "socket",
        SubjectName::Address(_) => "address",
        SubjectName::Host(_) => "host",
        SubjectName::NameServer(..) => "name-server",
        SubjectName::Url(_) => "url",
        SubjectName::Control(_) => "control",
    }
}

fn particulars(subject: &Subject) -> String {
    let particulars: Vec<_> =
        subject.detail.iter().map(|(key, value)| format!("{key}={value}")).collect();
    particulars.join("; ")
}
