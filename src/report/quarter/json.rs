//! The quarter as JSON, schema `v6ready/quarter/1`: a mirror at the edge, never the inner types.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{QuarterContext, words};
use crate::judge::quarter::{Caveat, Point, SharedThing};
use crate::judge::{Counts, Finding, RunResult, ServiceChange, Standing};
use crate::model::{Service, Stage};
use crate::report::describe::clean;

/// The schema's name.
pub const SCHEMA: &str = "v6ready/quarter/1";

/// A quarter, reviewed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "v6ready quarter, version 1")]
pub struct Document {
    /// `v6ready/quarter/1`.
    schema: String,
    /// Such as `2026Q4`.
    quarter: String,
    /// The inventory's title.
    title: String,
    /// The moment of the judgement. RFC 3339, UTC.
    as_of: String,
    /// The day of the judgement in the inventory's time zone.
    today: String,
    /// An IANA name.
    timezone: String,
    policy: PolicyDocument,
    closing: RunDocument,
    /// The closing run of an earlier quarter; null when there is none.
    previous: Option<RunDocument>,
    summary: SummaryDocument,
    /// The earliest point first, the closing run last.
    trend: Vec<PointDocument>,
    categories: Vec<GroupDocument>,
    organisations: Vec<GroupDocument>,
    /// What the policy asks of all services together; null when it asks nothing.
    plan: Option<PlanDocument>,
    targets: Vec<TargetDocument>,
    exemptions: Vec<ExemptionDocument>,
    /// Services and checks that changed since the earlier closing run.
    changes: Vec<ChangeDocument>,
    shared: Vec<SharedDocument>,
    /// The work list, what lifts most services first.
    mends: Vec<MendDocument>,
    services: Vec<ServiceDocument>,
    caveats: Vec<CaveatDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PolicyDocument {
    name: String,
    /// In hexadecimal.
    sha256: String,
    /// The stage that it aims at.
    aim: u8,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RunDocument {
    quarter: String,
    id: String,
    /// RFC 3339, UTC.
    started_at: String,
    /// RFC 3339, UTC; null when it was interrupted.
    finished_at: Option<String>,
    complete: bool,
    vantage: String,
    /// The version of v6ready that gathered the evidence.
    version: String,
    /// In hexadecimal.
    inventory_sha256: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SummaryDocument {
    counts: CountsDocument,
    /// Services with at least one critical failure.
    critical: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CountsDocument {
    /// All services, unknown and retired ones included.
    services: usize,
    unknown: usize,
    retired: usize,
    /// Services at each stage. Shares have their sum as denominator.
    stages: BTreeMap<String, usize>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PointDocument {
    run: String,
    quarter: String,
    day: String,
    vantage: String,
    counts: CountsDocument,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct GroupDocument {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    counts: CountsDocument,
    /// In the earlier closing run; null when there was none of them.
    before: Option<CountsDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PlanDocument {
    stage: u8,
    by: String,
    /// `missed`, `undetermined`, `due` or `reached`.
    progress: String,
    days_left: i32,
    reached: usize,
    behind: usize,
    unknown: usize,
    exempt: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct TargetDocument {
    service: String,
    stage: u8,
    by: String,
    /// `inventory` or `policy`.
    set_by: String,
    /// `missed`, `undetermined`, `due`, `exempt` or `reached`.
    progress: String,
    /// Negative after the deadline.
    days_left: i32,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ExemptionDocument {
    service: String,
    reason: String,
    /// The last day on which it holds.
    until: String,
    expired: bool,
    /// Whether it ends before the next quarter does.
    expires_soon: bool,
}

/// A service that changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ChangeDocument {
    service: String,
    /// `worse`, `unknown`, `better`, `known`, `new`, `gone` or `same` (only checks changed).
    change: String,
    before: Option<StandingDocument>,
    after: Option<StandingDocument>,
    checks: Vec<CheckChangeDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct StandingDocument {
    /// 0 to 4; null when unknown or retired.
    stage: Option<u8>,
    /// The highest stage that is known to be reached; null for a retired service.
    at_least: Option<u8>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CheckChangeDocument {
    check: String,
    /// `worse`, `unknown`, `better`, `known` or `otherwise`.
    change: String,
    before: FindingDocument,
    after: FindingDocument,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FindingDocument {
    outcome: String,
    reason: String,
    severity: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct SharedDocument {
    /// `name-server`, `network` or `host`.
    kind: String,
    name: String,
    /// The declared network's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    failures: Vec<FailureDocument>,
    services: Vec<String>,
    /// How many of them it holds at their stage.
    holds: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct FailureDocument {
    check: String,
    reason: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct MendDocument {
    check: String,
    reason: String,
    severity: String,
    subjects: Vec<String>,
    services: Vec<String>,
    /// How many services it holds at their stage, alone or with others.
    holds: usize,
    /// How many would climb at least one stage by this mend alone.
    lifts: usize,
    /// One sentence in the report's language.
    message: String,
    remedy: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct ServiceDocument {
    id: String,
    name: String,
    category: String,
    target: String,
    state: String,
    standing: StandingDocument,
    before: Option<StandingDocument>,
    blockers: Vec<FailureDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct CaveatDocument {
    id: String,
    /// One sentence in the report's language.
    message: String,
}

/// Writes the document and a line feed.
///
/// # Errors
/// When `out` can't be written.
pub fn write(sheet: &QuarterContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(sheet))?;
    writeln!(out)
}

/// The JSON Schema of the document.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// The document.
pub fn document(sheet: &QuarterContext<'_>) -> Document {
    let (review, lang) = (sheet.review, sheet.lang);
    let closing = &review.closing;
    let summary = closing.summary();
    Document {
        schema: SCHEMA.to_owned(),
        quarter: review.quarter.to_string(),
        title: closing.inventory.title.clone(),
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
        changes: review.changes.iter().filter(|c| c.is_change()).map(change).collect(),
        shared: review
            .shared
            .iter()
            .map(|shared| {
                let (kind, name, network) = match &shared.thing {
                    SharedThing::NameServer(name) => ("name-server", name.to_string(), None),
                    SharedThing::Host(name) => ("host", name.to_string(), None),
                    SharedThing::Network(prefix, name) => {
                        ("network", prefix.to_string(), name.clone())
                    }
                };
                SharedDocument {
                    kind: kind.to_owned(),
                    name: clean(&name),
                    network,
                    failures: shared.failures.iter().map(|(c, r)| failure(c, r)).collect(),
                    services: ids(&shared.services),
                    holds: shared.holds,
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
                target: result.service.target.to_string(),
                state: result.service.state.id().to_owned(),
                standing: standing(result.standing),
                before: review.before(&result.service).map(standing),
                blockers: result.blockers.iter().map(|b| failure(b.check, b.reason)).collect(),
            })
            .collect(),
        caveats: review
            .caveats
            .iter()
            .map(|caveat| CaveatDocument {
                id: caveat_id(caveat).to_owned(),
                message: words::caveat(caveat, lang),
            })
            .collect(),
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
            .map(Stage::number)
            .map(|number| (number.to_string(), counts.stages[usize::from(number)]))
            .collect(),
    }
}

/// A service's change as a document.
pub(crate) fn change(change: &ServiceChange) -> ChangeDocument {
    ChangeDocument {
        service: change.service.id.to_string(),
        change: change.change.id().to_owned(),
        before: change.before.map(standing),
        after: change.after.map(standing),
        checks: change
            .checks
            .iter()
            .map(|check| CheckChangeDocument {
                check: check.check.to_owned(),
                change: check.change.id().to_owned(),
                before: finding(&check.before),
                after: finding(&check.after),
            })
            .collect(),
    }
}

fn standing(standing: Standing) -> StandingDocument {
    StandingDocument {
        stage: standing.stage().map(Stage::number),
        at_least: standing.at_least().map(Stage::number),
    }
}

fn finding(finding: &Finding) -> FindingDocument {
    FindingDocument {
        outcome: finding.outcome.id().to_owned(),
        reason: finding.reason.to_owned(),
        severity: finding.severity.id().to_owned(),
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
