//! The quarter as JSON, schema `v6ready/quarter/1`: a mirror at the edge, never the inner types.

pub(in crate::report) mod change;
mod document;

use std::io::{self, Write};
use std::sync::Arc;

use self::change::{change, standing};
use self::document::{
    CaveatDocument, CheckCourseDocument, CountsDocument, CourseDocument, Document,
    ExemptionDocument, FailureDocument, FindingStepDocument, GroupDocument, IncidentDocument,
    MendDocument, PlanDocument, PointDocument, PolicyDocument, RunDocument, ServiceDocument,
    SharedDocument, StandingStepDocument, SummaryDocument, TargetDocument,
};
use super::context::QuarterContext;
use super::terms;
use crate::judge::quarter::{Caveat, Incident, Point, SharedCause};
use crate::judge::{Counts, Finding, History, RunResult, Step};
use crate::model::{Service, ServiceId, Stage};
use crate::report::describe::clean;
use crate::report::excerpt::ExcerptDocument;

/// The schema's name.
pub const SCHEMA: &str = "v6ready/quarter/1";

/// Writes the document and a line feed.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(context))?;
    writeln!(out)
}

/// The JSON Schema of the document.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The document.
fn document(context: &QuarterContext<'_>) -> Document {
    let (review, lang) = (context.review, context.lang);
    let closing = &review.closing;
    let summary = closing.summary();
    let before = review.standings_before();
    Document {
        schema: SCHEMA.to_owned(),
        quarter: review.quarter.to_string(),
        title: closing.inventory.title.clone(),
        excerpt: ExcerptDocument::of(closing),
        as_of: review.as_of().to_string(),
        today: review.today.to_string(),
        timezone: closing.inventory.timezone.clone(),
        policy: PolicyDocument {
            name: closing.policy.name.clone(),
            sha256: closing.policy.sha256.hex(),
            aim: closing.policy.aim().number(),
        },
        closing: run(closing),
        previous: review.previous.as_ref().map(|previous| run(&previous.result)),
        summary: SummaryDocument { counts: counts(&summary.all), critical: summary.critical },
        trend: review.trend.iter().map(point).collect(),
        categories: review
            .categories
            .iter()
            .map(|group| GroupDocument {
                id: group.of.id().to_owned(),
                name: None,
                contact: None,
                counts: counts(&group.counts),
                before: group.before.as_ref().map(counts),
            })
            .collect(),
        organisations: review
            .organisations
            .iter()
            .map(|group| GroupDocument {
                id: group.of.id.to_string(),
                name: Some(group.of.name.clone()),
                contact: group.of.contact.clone(),
                counts: counts(&group.counts),
                before: group.before.as_ref().map(counts),
            })
            .collect(),
        plan: review.plan.as_ref().map(|plan| PlanDocument {
            stage: plan.goal.stage.number(),
            by: plan.goal.by.to_string(),
            progress: plan.progress.id().to_owned(),
            days_left: plan.days_left,
            reached: plan.reached,
            behind: plan.behind,
            unknown: plan.unknown,
            exempt: plan.exempt,
        }),
        targets: review
            .targets
            .iter()
            .map(|target| TargetDocument {
                service: target.service.id.to_string(),
                stage: target.goal.stage.number(),
                by: target.goal.by.to_string(),
                set_by: target.basis.id().to_owned(),
                progress: target.progress.id().to_owned(),
                days_left: target.days_left,
            })
            .collect(),
        exemptions: review
            .exemptions
            .iter()
            .map(|standing| ExemptionDocument {
                service: standing.service.id.to_string(),
                reason: standing.exemption.reason.clone(),
                until: standing.exemption.until.to_string(),
                expired: standing.expired,
                expires_soon: standing.expires_soon,
            })
            .collect(),
        changes: review.changes.iter().filter(|c| c.is_news()).map(change).collect(),
        incidents: review.incidents.iter().map(incident).collect(),
        course: closing
            .services
            .iter()
            .filter_map(|result| {
                let id = &result.service.id;
                let history = review.histories.of(id)?;
                let is_news = history.standings.len() > 1 || history.changed().next().is_some();
                is_news.then(|| course(id, history))
            })
            .collect(),
        shared: review
            .shared
            .iter()
            .map(|shared| {
                let (kind, name, port) = match &shared.cause {
                    SharedCause::NameServer(name) => ("name-server", name.to_string(), None),
                    SharedCause::Certificate(digest) => ("certificate", digest.clone(), None),
                    SharedCause::Host(name) => ("host", name.to_string(), None),
                    SharedCause::ThirdParty(name) => ("third-party", name.to_string(), None),
                    SharedCause::Address(address, ..) => ("address", address.to_string(), None),
                    SharedCause::Network { prefix, port, .. } => {
                        ("network", prefix.to_string(), Some(*port))
                    }
                };
                SharedDocument {
                    kind: kind.to_owned(),
                    name: clean(&name),
                    network: shared.network.clone(),
                    port,
                    failures: shared.failures.iter().map(|(c, r)| failure(c, r)).collect(),
                    services: ids(&shared.services),
                    holds: shared.holds,
                    lifts: shared.lifts,
                }
            })
            .collect(),
        mends: review
            .remedies
            .iter()
            .map(|remedy| MendDocument {
                check: remedy.check.id.to_owned(),
                reason: remedy.reason.to_owned(),
                severity: remedy.severity.id().to_owned(),
                subjects: remedy.subjects.iter().map(|name| clean(&name.to_string())).collect(),
                services: ids(&remedy.services),
                holds: remedy.holds,
                lifts: remedy.lifts,
                message: remedy.check.message(remedy.reason, lang).to_owned(),
                remedy: remedy.check.remedy(remedy.reason, lang).map(str::to_owned),
            })
            .collect(),
        services: closing
            .services
            .iter()
            .map(|result| ServiceDocument {
                id: result.service.id.to_string(),
                name: result.service.name.clone(),
                category: result.service.category.id().to_owned(),
                tags: result.service.tags.iter().map(ToString::to_string).collect(),
                target: result.service.target.to_string(),
                state: result.service.state.id().to_owned(),
                standing: standing(result.standing),
                before: before.get(&result.service.id).copied().map(standing),
                blockers: result.blockers.iter().map(|b| failure(b.check, b.reason)).collect(),
            })
            .collect(),
        caveats: review
            .caveats
            .iter()
            .map(|caveat| CaveatDocument {
                id: caveat_id(caveat).to_owned(),
                message: terms::caveat(caveat, lang),
            })
            .collect(),
    }
}

fn incident(incident: &Incident) -> IncidentDocument {
    IncidentDocument {
        services: ids(&incident.services),
        change: incident.change.id().to_owned(),
        failures: incident.failures.iter().map(|(c, r)| failure(c, r)).collect(),
        before: incident.before.to_string(),
        from: incident.from.to_string(),
        to: incident.to.to_string(),
        seconds: incident.lasted().as_secs(),
        runs: incident.runs,
    }
}

fn course(id: &ServiceId, history: &History) -> CourseDocument {
    let standings = history.standings.iter().map(|Step { look, value }| StandingStepDocument {
        run: look.run.to_string(),
        at: look.at.to_string(),
        standing: standing(*value),
    });
    let step = |Step { look, value }: &Step<Finding>| FindingStepDocument {
        run: look.run.to_string(),
        at: look.at.to_string(),
        outcome: value.outcome.id().to_owned(),
        reason: value.reason.to_owned(),
    };
    let checks = history.changed().map(|(check, steps)| CheckCourseDocument {
        check: check.id.to_owned(),
        steps: steps.iter().map(step).collect(),
    });
    CourseDocument {
        service: id.to_string(),
        standings: standings.collect(),
        checks: checks.collect(),
    }
}

fn run(result: &RunResult) -> RunDocument {
    let run = &result.run;
    RunDocument {
        quarter: Point::of(result).quarter.to_string(),
        id: run.id.to_string(),
        started_at: run.started_at.to_string(),
        finished_at: run.finished_at.map(|at| at.to_string()),
        complete: run.complete,
        vantage: run.vantage.name.clone(),
        version: run.version.clone(),
        inventory_sha256: result.inventory.sha256.hex(),
    }
}

fn point(point: &Point) -> PointDocument {
    PointDocument {
        run: point.run.to_string(),
        quarter: point.quarter.to_string(),
        day: point.day.to_string(),
        vantage: point.vantage.clone(),
        counts: counts(&point.counts),
    }
}

fn counts(counts: &Counts) -> CountsDocument {
    CountsDocument {
        services: counts.services,
        unknown: counts.unknown,
        retired: counts.retired,
        stages: Stage::ALL
            .into_iter()
            .map(|stage| (stage.number().to_string(), counts.numbered(stage)))
            .collect(),
        absent: counts.absent,
    }
}

fn failure(check: &str, reason: &str) -> FailureDocument {
    FailureDocument { check: check.to_owned(), reason: reason.to_owned() }
}

fn ids(services: &[Arc<Service>]) -> Vec<String> {
    services.iter().map(|service| service.id.to_string()).collect()
}

fn caveat_id(caveat: &Caveat) -> &'static str {
    match caveat {
        Caveat::Incomplete => "incomplete",
        Caveat::Partial => "partial",
        Caveat::NoServices => "no-services",
        Caveat::VantageAbsent => "vantage-absent",
        Caveat::VantageLost => "vantage-lost",
        Caveat::OutsideQuarter => "outside-quarter",
        Caveat::QuarterNotOver => "quarter-not-over",
        Caveat::NoPrevious => "no-previous",
        Caveat::PreviousIsOlder(_) => "previous-is-older",
        Caveat::InventoryChanged => "inventory-changed",
        Caveat::VantagesDiffer(_) => "vantages-differ",
    }
}
