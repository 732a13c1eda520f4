//! The content of a run's report.

use super::chart;
use super::document::Document;
use super::grid::Grid;
use crate::judge::{RootedFindings, RunResult};
use crate::model::{Lang, Outcome, Stage, Text};
use crate::report::causes::{Cause, causes, extent, following};
use crate::report::describe::clean;
use crate::report::quarter::Section;
use crate::report::table::{self, Cell, Kind, Table};
use crate::report::{ReportContext, overview, owner, texts};

/// Services that are listed beside one cause; the annex has them all.
const LISTED_MAX: usize = 10;

const GENERAL: Text = Text { vi: "Tình hình chung", en: "General" };
const RESULTS: Text = Text {
    vi: "Kết quả theo nhóm dịch vụ và theo cơ quan, đơn vị",
    en: "Results by category and by organisation",
};
const FIGURE: Text =
    Text { vi: "Hình 1. Số dịch vụ theo mức", en: "Figure 1. Services by stage" };
const STAGES: Text = Text { vi: "Ý nghĩa các mức: ", en: "The stages mean: " };

/// Writes the sections, and further ones behind the work list.
pub(super) fn sections(
    document: &mut Document<'_>,
    context: &ReportContext<'_>,
    further: &[Section],
) {
    let (lang, result) = (context.lang, context.result);
    document.section(GENERAL.get(lang));
    general(document, context);
    let categories = table::categories(result, lang);
    let (title, tables) = match result.organisation() {
        // One organisation's figures stand above.
        Some(_) => (texts::BY_CATEGORY, vec![categories]),
        None => (RESULTS, vec![categories, table::organisations(result, lang)]),
    };
    document.section(title.get(lang));
    for table in tables {
        document.table(Some(table.title), &Grid::from_table(&table, lang));
    }
    document.section(texts::WORK_LIST.get(lang));
    work_list(document, result, Outcome::Fail);
    if !causes(result, Outcome::Inconclusive).is_empty() {
        document.section(texts::UNKNOWNS.get(lang));
        work_list(document, result, Outcome::Inconclusive);
    }
    for section in further {
        document.section(section.title);
        for paragraph in &section.paragraphs {
            document.paragraph(paragraph);
        }
        for table in &section.tables {
            document.table(Some(table.title), &Grid::from_table(table, lang));
        }
    }
}

/// Writes the annex: every service.
pub(super) fn annexes(document: &mut Document<'_>, context: &ReportContext<'_>) {
    document.annex(texts::ALL_SERVICES.get(context.lang));
    document.table(None, &services(context.result, context.lang));
}

fn general(document: &mut Document<'_>, context: &ReportContext<'_>) {
    let (lang, result) = (context.lang, context.result);
    let summary = result.summary();
    let counts = &summary.all;
    let number = |count| texts::number(count, lang);
    for (label, value) in overview::particulars(context) {
        document.paragraph(&format!("- {label}: {value}."));
    }
    for warning in overview::warnings(context) {
        document.warning(&warning);
    }
    let subject = match (result.organisation(), lang) {
        (Some(_), Lang::Vi) => "Cơ quan, đơn vị",
        (Some(_), Lang::En) => "The organisation",
        (None, Lang::Vi) => "Danh mục",
        (None, Lang::En) => "The inventory",
    };
    document.paragraph(&match lang {
        Lang::Vi => format!(
            "{subject} có {} dịch vụ; {} dịch vụ đã ngừng hoạt động không được tính. Đã xác định được mức \
             của {} dịch vụ; {} dịch vụ chưa xác định được mức và không tính vào tỷ lệ.",
            number(counts.services),
            number(counts.retired),
            number(counts.known()),
            number(counts.unknown)
        ),
        Lang::En => format!(
            "{subject} has {} services; {} of them are retired and not counted. The stage of {} \
             services is known; {} services are unknown and left out of the shares.",
            number(counts.services),
            number(counts.retired),
            number(counts.known()),
            number(counts.unknown)
        ),
    });
    let stage = result.policy.goal().map_or(result.policy.highest_stage(), |goal| goal.stage);
    if let Some(percent) = counts.percent_at_least(stage) {
        let (reached, known) = (number(counts.at_least(stage)), number(counts.known()));
        let percent = texts::percent(percent, lang);
        let name = format!("{} ({})", stage.number(), stage.name().get(lang));
        document.paragraph(&match lang {
            Lang::Vi => format!(
                "{reached} trên {known} dịch vụ đã xác định được mức ({percent}) đạt từ mức {name} trở lên."
            ),
            Lang::En => format!(
                "{reached} of the {known} services whose stage is known ({percent}) are at stage \
                 {name} or above."
            ),
        });
    }
    if counts.absent > 0 {
        let absent = texts::ABSENT_SERVICES.get(lang);
        document.warning(&format!("{} {absent}.", number(counts.absent)));
    }
    if summary.critical > 0 {
        let critical = texts::CRITICAL_SERVICES.get(lang);
        document.warning(&format!("{} {critical}.", number(summary.critical)));
    }
    chart::bars(
        &mut document.flow,
        FIGURE.get(lang),
        &chart::stage_bars(counts, &result.policy, lang),
    );
    let stages: Vec<_> = Stage::ALL
        .iter()
        .map(|stage| format!("{} – {}", stage.number(), stage.name().get(lang)))
        .collect();
    document.paragraph(&format!("{}{}.", STAGES.get(lang), stages.join("; ")));
    document.paragraph(texts::ABSENT_NOTE.get(lang));
}

/// The causes of one outcome, each with its remedy and the first services that it concerns.
fn work_list(document: &mut Document<'_>, result: &RunResult, outcome: Outcome) {
    const FINDING: Text = Text { vi: "Nội dung", en: "Finding" };
    const SEVERITY: Text = Text { vi: "Mức độ", en: "Severity" };
    let lang = document.lang;
    let causes = causes(result, outcome);
    if causes.is_empty() {
        return document.paragraph(texts::ALL_WELL.get(lang));
    }
    let fails = outcome == Outcome::Fail;
    let mut table = Table::new("", 0).column(NUMBER.get(lang), Kind::Count, 6).column(
        FINDING.get(lang),
        Kind::Text,
        if fails { 44 } else { 58 },
    );
    if fails {
        table = table.column(SEVERITY.get(lang), Kind::Severity, 14);
    }
    table = table.column(texts::SERVICES.get(lang), Kind::Count, 11).column(
        texts::SERVICE.get(lang),
        Kind::Text,
        34,
    );
    for (at, cause) in causes.iter().enumerate() {
        let mut finding = format!("{} ({})", cause.message(lang), cause.name());
        let more = match cause.is_ours() {
            true => Some(extent(cause, lang)),
            false => following(cause.beneath_count(), &cause.beneath_checks(), lang),
        };
        if let Some(more) = more {
            finding = format!("{finding}\n{more}.");
        }
        if let Some(remedy) = cause.remedy(lang) {
            finding = format!("{finding}\n{}: {}", texts::REMEDY.get(lang), remedy);
        }
        let mut row = vec![Cell::Count(at + 1), Cell::Text(finding)];
        row.extend(fails.then_some(Cell::Severity(cause.severity)));
        row.extend([
            Cell::Count(cause.services.len()),
            Cell::Text(listed_services(result, cause, lang)),
        ]);
        table.rows.push(row);
    }
    document.table(None, &Grid::from_table(&table, lang));
}

const NUMBER: Text = Text { vi: "TT", en: "No." };

fn listed_services(result: &RunResult, cause: &Cause<'_>, lang: Lang) -> String {
    let owners = owner::headings(result, cause.services.iter().map(|one| one.service));
    let mut text: Vec<String> = Vec::new();
    for (concerned, owner) in cause.services.iter().zip(owners).take(LISTED_MAX) {
        text.extend(owner.map(|owner| format!("{owner}:")));
        text.push(owner::service_name(result, &concerned.service.service));
    }
    if let more @ 1.. = cause.services.len().saturating_sub(LISTED_MAX) {
        text.push(format!("{} {}", texts::MORE.get(lang), texts::number(more, lang)));
    }
    text.join("\n")
}

/// Every service under its organisation: its stage, and every check that it does not pass, without what
/// only follows from another one.
fn services(result: &RunResult, lang: Lang) -> Grid {
    const FAILED: Text = Text { vi: "Tiêu chí không đạt", en: "Checks failed" };
    const OPEN: Text = Text { vi: "Chưa xác định", en: "Inconclusive" };
    let mut table = Table::new("", 0)
        .column(NUMBER.get(lang), Kind::Count, 6)
        .column(texts::SERVICE.get(lang), Kind::Text, 40)
        .column(texts::STAGE.get(lang), Kind::Stage, 12)
        .column(FAILED.get(lang), Kind::Code, 28)
        .column(OPEN.get(lang), Kind::Code, 24);
    let mut groups = Vec::new();
    for (organisation, services) in result.by_organisation() {
        groups.push((table.rows.len(), clean(&organisation.name)));
        for service in services {
            let found = RootedFindings::of(service.verdicts.unpack());
            let with = |outcome: Outcome| {
                let roots = found.roots.iter().map(|found| &found.root);
                let ours = found.ours.iter().filter(|_| outcome == Outcome::Inconclusive);
                let ids: Vec<_> = roots
                    .filter(|root| root.verdict.outcome == outcome)
                    .map(|root| root.check.id)
                    .chain(ours.map(|(reason, _)| *reason))
                    .collect();
                Cell::Text(ids.join(", "))
            };
            let about = &service.service;
            let name = format!("{}\n{}", clean(&about.name), about.id);
            table.rows.push(vec![
                Cell::Count(table.rows.len() + 1),
                Cell::Text(name),
                Cell::Stage(service.standing),
                with(Outcome::Fail),
                with(Outcome::Inconclusive),
            ]);
        }
    }
    Grid::from_table(&table, lang).grouped(groups)
}
