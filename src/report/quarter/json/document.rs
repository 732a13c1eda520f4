//! The document's own types.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{ChangeDocument, StandingDocument};
use crate::report::excerpt::ExcerptDocument;

/// A quarter, reviewed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "v6ready quarter, version 1")]
pub struct Document {
    /// `v6ready/quarter/1`.
    pub(super) schema: String,
    /// Such as `2026Q4`.
    pub(super) quarter: String,
    /// The inventory's title.
    pub(super) title: String,
    /// What of the runs is shown; missing where all of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) excerpt: Option<ExcerptDocument>,
    /// The moment of the judgement. RFC 3339, UTC.
    pub(super) as_of: String,
    /// The day of the judgement in the inventory's time zone.
    pub(super) today: String,
    /// An IANA name.
    pub(super) timezone: String,
    pub(super) policy: PolicyDocument,
    pub(super) closing: RunDocument,
    /// The closing run of an earlier quarter; null when there is none.
    pub(super) previous: Option<RunDocument>,
    pub(super) summary: SummaryDocument,
    /// The earliest point first, the closing run last.
    pub(super) trend: Vec<PointDocument>,
    pub(super) categories: Vec<GroupDocument>,
    pub(super) organisations: Vec<GroupDocument>,
    /// What the policy asks of all services together; null when it asks nothing.
    pub(super) plan: Option<PlanDocument>,
    pub(super) targets: Vec<TargetDocument>,
    pub(super) exemptions: Vec<ExemptionDocument>,
    /// Services and checks that changed since the earlier closing run.
    pub(super) changes: Vec<ChangeDocument>,
    /// What came and went within the quarter, the earliest first.
    pub(super) incidents: Vec<IncidentDocument>,
    /// Every change from run to run, from the earlier closing run on, of services and of their checks;
    /// empty where the runs are too many to be judged whole.
    pub(super) course: Vec<CourseDocument>,
    pub(super) shared: Vec<SharedDocument>,
    /// The work list, what lifts most services first.
    pub(super) mends: Vec<MendDocument>,
    pub(super) services: Vec<ServiceDocument>,
    pub(super) caveats: Vec<CaveatDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PolicyDocument {
    pub(super) name: String,
    /// In hexadecimal.
    pub(super) sha256: String,
    /// The stage that it aims at.
    pub(super) aim: u8,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct RunDocument {
    pub(super) quarter: String,
    pub(super) id: String,
    /// RFC 3339, UTC.
    pub(super) started_at: String,
    /// RFC 3339, UTC; null when it was interrupted.
    pub(super) finished_at: Option<String>,
    pub(super) complete: bool,
    pub(super) vantage: String,
    /// The version of v6ready that gathered the evidence.
    pub(super) version: String,
    /// In hexadecimal.
    pub(super) inventory_sha256: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct SummaryDocument {
    pub(super) counts: CountsDocument,
    /// Services with at least one critical failure.
    pub(super) critical: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct CountsDocument {
    /// All services, unknown and retired ones included.
    pub(super) services: usize,
    pub(super) unknown: usize,
    pub(super) retired: usize,
    /// Services at each stage; those whose name does not exist are counted at 0. Shares have their
    /// sum as denominator.
    pub(super) stages: BTreeMap<String, usize>,
    /// Services whose name does not exist.
    pub(super) absent: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PointDocument {
    pub(super) run: String,
    pub(super) quarter: String,
    pub(super) day: String,
    pub(super) vantage: String,
    pub(super) counts: CountsDocument,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct GroupDocument {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// Whom to write to: of an organisation whose inventory says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contact: Option<String>,
    pub(super) counts: CountsDocument,
    /// In the earlier closing run; null when there was none of them.
    pub(super) before: Option<CountsDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct PlanDocument {
    pub(super) stage: u8,
    pub(super) by: String,
    /// `missed`, `undetermined`, `due` or `reached`.
    pub(super) progress: String,
    pub(super) days_left: i32,
    pub(super) reached: usize,
    pub(super) behind: usize,
    pub(super) unknown: usize,
    pub(super) exempt: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct TargetDocument {
    pub(super) service: String,
    pub(super) stage: u8,
    pub(super) by: String,
    /// `inventory` or `policy`.
    pub(super) set_by: String,
    /// `missed`, `undetermined`, `due`, `exempt` or `reached`.
    pub(super) progress: String,
    /// Negative after the deadline.
    pub(super) days_left: i32,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct ExemptionDocument {
    pub(super) service: String,
    pub(super) reason: String,
    /// The last day on which it holds.
    pub(super) until: String,
    pub(super) expired: bool,
    /// Whether it ends within 30 days of the judgement.
    pub(super) expires_soon: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct IncidentDocument {
    /// On which the same was seen in the same runs.
    pub(super) services: Vec<String>,
    /// `worse`, or `unknown` when the stage was not known meanwhile.
    pub(super) change: String,
    /// The gates that failed meanwhile.
    pub(super) failures: Vec<FailureDocument>,
    /// The end of the last run before it. RFC 3339, UTC.
    pub(super) before: String,
    /// The end of the first run that saw it. RFC 3339, UTC.
    pub(super) from: String,
    /// The end of the first run that no longer saw it. RFC 3339, UTC.
    pub(super) to: String,
    /// From `from` to `to`.
    pub(super) seconds: i64,
    /// How many runs saw it.
    pub(super) runs: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct CourseDocument {
    pub(super) service: String,
    /// Its stage at first, and each later one.
    pub(super) standings: Vec<StandingStepDocument>,
    /// The checks that changed.
    pub(super) checks: Vec<CheckCourseDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct StandingStepDocument {
    /// The first run that saw it.
    pub(super) run: String,
    /// When that run ended. RFC 3339, UTC.
    pub(super) at: String,
    pub(super) standing: StandingDocument,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct CheckCourseDocument {
    pub(super) check: String,
    /// What it found at first, and each later finding.
    pub(super) steps: Vec<FindingStepDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct FindingStepDocument {
    /// The first run that saw it.
    pub(super) run: String,
    /// When that run ended. RFC 3339, UTC.
    pub(super) at: String,
    pub(super) outcome: String,
    pub(super) reason: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct SharedDocument {
    /// `name-server`, `certificate`, `network` (packets to one port of it come to the same end),
    /// `address`, `host` or `third-party`.
    pub(super) kind: String,
    pub(super) name: String,
    /// The declared network's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<String>,
    /// Of a `network`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<u16>,
    pub(super) failures: Vec<FailureDocument>,
    pub(super) services: Vec<String>,
    /// How many of them it holds at their stage.
    pub(super) holds: usize,
    /// How many of them would climb at least one stage by its mend alone.
    pub(super) lifts: usize,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct FailureDocument {
    pub(super) check: String,
    pub(super) reason: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct MendDocument {
    pub(super) check: String,
    pub(super) reason: String,
    pub(super) severity: String,
    pub(super) subjects: Vec<String>,
    pub(super) services: Vec<String>,
    /// How many services it holds at their stage, alone or with others.
    pub(super) holds: usize,
    /// How many would climb at least one stage by this mend alone.
    pub(super) lifts: usize,
    /// One sentence in the report's language.
    pub(super) message: String,
    pub(super) remedy: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct ServiceDocument {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) category: String,
    /// The owner's own, by which services are chosen.
    pub(super) tags: Vec<String>,
    pub(super) target: String,
    pub(super) state: String,
    pub(super) standing: StandingDocument,
    pub(super) before: Option<StandingDocument>,
    pub(super) blockers: Vec<FailureDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct CaveatDocument {
    pub(super) id: String,
    /// One sentence in the report's language.
    pub(super) message: String,
}
