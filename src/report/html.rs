//! The result as HTML: one self-contained file, or a [folder of pages](pages). No external request, readable
//! without scripts, printable, in light and dark.

mod cause;
pub mod pages;
mod summary;

use std::io::{self, Write};

use askama::Template;
use cause::CauseHead;
use summary::{Summary, summary};

use super::causes::{Cause, Concerned, causes, extent, root_blockers};
use super::describe::clean;
use super::history::{self, Folded};
use super::parts::{self, class_of};
use super::quarter::Section;
use super::quarter::html::block::Block;
use super::verdict_blocks::VerdictBlocks;
use super::{ReportContext, owner, texts};
use crate::check::Check;
use crate::judge::{Finding, Histories, ServiceResult};
use crate::model::{Lang, Outcome, Text};

/// Writes the report.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &ReportContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_with(context, &Beside::default(), out)
}

/// What a report shows beside its run.
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    /// What services were over the runs before: each service is shown with its own.
    pub histories: Option<&'a Histories>,
    /// Further sections.
    pub sections: &'a [Section],
}

/// Writes the report with what there is beside it.
///
/// # Errors
/// When `out` can't be written.
pub fn write_with(
    context: &ReportContext<'_>,
    beside: &Beside<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = page(context, beside).render().map_err(io::Error::other)?;
    out.write_all(page.as_bytes())
}

const FILTER: Text = Text {
    vi: "Lọc theo tên dịch vụ, đơn vị…",
    en: "Filter by service, organisation…",
};
const STAGES: Text = Text { vi: "Ý nghĩa các mức", en: "What the stages mean" };

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    lang: &'static str,
    w: Words,
    summary: Summary,
    causes: Vec<CauseBlock>,
    unknowns: Vec<CauseBlock>,
    further: Vec<Block>,
    organisations: Vec<OrganisationBlock>,
}

struct Words {
    report: &'static str,
    summary: &'static str,
    stage: &'static str,
    category: &'static str,
    service: &'static str,
    unknowns: &'static str,
    work_list: &'static str,
    all_well: &'static str,
    remedy: &'static str,
    evidence: &'static str,
    filter: &'static str,
    stages: &'static str,
}

struct CauseBlock {
    head: CauseHead,
    /// How far an outage of our own side reaches; its services are folded away under this.
    extent: String,
    services: Vec<ConcernedLine>,
    /// What follows from it, for each service.
    beneath: Vec<(String, String)>,
}

struct ConcernedLine {
    id: String,
    name: String,
    subjects: String,
    /// Whose it is and whom to write to, over the first of each organisation.
    owner: String,
}

struct OrganisationBlock {
    name: String,
    services: Vec<ServiceBlock>,
}

struct ServiceBlock {
    id: String,
    name: String,
    target: String,
    class: &'static str,
    standing: String,
    blockers: String,
    history: Option<Folded>,
    found: VerdictBlocks,
}

fn page(context: &ReportContext<'_>, beside: &Beside<'_>) -> Page {
    let lang = context.lang;
    Page {
        lang: lang.tag(),
        w: words(lang),
        summary: summary(context),
        causes: cause_blocks(context, Outcome::Fail),
        unknowns: cause_blocks(context, Outcome::Inconclusive),
        further: beside.sections.iter().map(|section| Block::whole(section, lang)).collect(),
        organisations: organisations(context, beside.histories),
    }
}

fn words(lang: Lang) -> Words {
    Words {
        report: texts::REPORT.get(lang),
        summary: texts::SUMMARY.get(lang),
        stage: texts::STAGE.get(lang),
        category: texts::CATEGORY.get(lang),
        service: texts::SERVICE.get(lang),
        unknowns: texts::UNKNOWNS.get(lang),
        work_list: texts::WORK_LIST.get(lang),
        all_well: texts::ALL_WELL.get(lang),
        remedy: texts::REMEDY.get(lang),
        evidence: texts::EVIDENCE.get(lang),
        filter: FILTER.get(lang),
        stages: STAGES.get(lang),
    }
}

fn cause_blocks(context: &ReportContext<'_>, outcome: Outcome) -> Vec<CauseBlock> {
    let lang = context.lang;
    let block = |cause: Cause<'_>| CauseBlock {
        head: CauseHead::of(&cause, lang),
        extent: if cause.is_ours() { extent(&cause, lang) } else { String::new() },
        services: concerned_lines(context, &cause),
        beneath: cause
            .services
            .iter()
            .filter(|one| !one.beneath.is_empty())
            .map(|one| (id_of(one), checks_of(&one.beneath)))
            .collect(),
    };
    causes(context.result, outcome).into_iter().map(block).collect()
}

fn id_of(concerned: &Concerned<'_>) -> String {
    concerned.service.service.id.to_string()
}

fn where_of(concerned: &Concerned<'_>) -> String {
    let names = concerned.subjects.iter().map(|subject| clean(&subject.name.to_string()));
    names.collect::<Vec<_>>().join(", ")
}

fn checks_of(beneath: &[(&'static Check, Finding)]) -> String {
    let checks: Vec<_> = beneath.iter().map(|(check, _)| check.id).collect();
    checks.join(", ")
}

/// The services of a cause, each under its owner.
fn concerned_lines(context: &ReportContext<'_>, cause: &Cause<'_>) -> Vec<ConcernedLine> {
    let services = cause.services.iter().map(|one| one.service);
    let owners = owner::headings(context.result, services);
    let lines = cause.services.iter().zip(owners).map(|(concerned, owner)| ConcernedLine {
        id: id_of(concerned),
        name: owner::service_name(context.result, &concerned.service.service),
        subjects: where_of(concerned),
        owner: owner.unwrap_or_default(),
    });
    lines.collect()
}

fn organisations(
    context: &ReportContext<'_>,
    histories: Option<&Histories>,
) -> Vec<OrganisationBlock> {
    context
        .result
        .by_organisation()
        .into_iter()
        .map(|(organisation, services)| OrganisationBlock {
            name: clean(&organisation.name),
            services: services
                .into_iter()
                .map(|service| service_block(context, histories, service))
                .collect(),
        })
        .collect()
}

fn service_block(
    context: &ReportContext<'_>,
    histories: Option<&Histories>,
    result: &ServiceResult,
) -> ServiceBlock {
    let service = &result.service;
    let timezone = &context.result.inventory.timezone;
    let history = histories.and_then(|histories| histories.of(&service.id));
    let blockers = root_blockers(result);
    let verdicts = result.verdicts.unpack();
    let found = VerdictBlocks::of(verdicts, context.lang, context.find_observation);
    ServiceBlock {
        id: service.id.to_string(),
        name: clean(&service.name),
        target: clean(&service.target.to_string()),
        class: class_of(result.standing),
        standing: parts::standing(result.standing, context.lang),
        blockers: blockers.join(", "),
        history: history.map(|history| history::folded(service, history, timezone, context.lang)),
        found,
    }
}
