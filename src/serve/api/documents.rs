//! The documents that operations answer.

use schemars::JsonSchema;
use serde::Serialize;

use crate::judge::{Counts, Finding, History, Look, Standing, Step};
use crate::model::{Stage, VantageIpv6};
use crate::store::{ListedRun, Scope};
use crate::view::{Picture, RunKey, SeenRun, ServiceRow};

/// By which rules something was judged.
#[derive(Serialize, JsonSchema)]
pub struct KeyDocument {
    /// The run.
    run: String,
    /// The SHA-256 of the policy's text, in hexadecimal.
    policy_sha256: String,
    /// The digest of the program's rules, in hexadecimal: figures of different rules are not compared.
    rules_sha256: String,
}

impl KeyDocument {
    /// Of a key.
    pub fn of(key: &RunKey) -> Self {
        Self {
            run: key.run.to_string(),
            policy_sha256: key.policy.hex(),
            rules_sha256: key.rules.hex(),
        }
    }
}

/// How many services have which stage.
#[derive(Serialize, JsonSchema)]
pub struct CountsDocument {
    /// All services.
    services: usize,
    /// Services at stages 0 to 4, in this order; those whose name does not exist are counted apart.
    stages: [usize; 5],
    /// Services whose name does not exist.
    absent: usize,
    /// Services whose stage is unknown.
    unknown: usize,
    /// Retired services.
    retired: usize,
}

impl CountsDocument {
    /// Of counts.
    pub fn of(counts: &Counts) -> Self {
        let Counts { services, stages, absent, unknown, retired, .. } = *counts;
        Self { services, stages, absent, unknown, retired }
    }
}

/// A run.
#[derive(Serialize, JsonSchema)]
pub struct RunDocument {
    id: String,
    /// RFC 3339, UTC.
    started_at: String,
    /// RFC 3339, UTC; null while the run lasts or after it was interrupted.
    finished_at: Option<String>,
    /// `whole`: of the whole inventory; `part`; `names`: of names without an inventory.
    scope: &'static str,
    /// The name of the inventory's file.
    inventory_file: String,
    /// The inventory's own `id`.
    inventory_id: Option<String>,
    /// The name of the vantage point.
    vantage: String,
    /// The state of its IPv6: `working`, `absent` or `lost`.
    ipv6: &'static str,
    /// Whether everything was asked.
    complete: bool,
    /// The name of the policy that it was made under.
    policy: String,
    /// The version of v6ready that gathered the evidence.
    version: String,
    /// Whether it was imported from elsewhere.
    imported: bool,
    /// The figures, as they were judged when it ended; null when that was not noted.
    counts: Option<CountsDocument>,
}

impl RunDocument {
    /// Of a listed run.
    pub fn of(listed: &ListedRun) -> Self {
        let run = &listed.run;
        let counts = listed.counts.as_ref().map(|counts| CountsDocument {
            services: counts.stages.iter().sum::<usize>()
                + counts.absent
                + counts.unknown
                + counts.retired,
            stages: counts.stages,
            absent: counts.absent,
            unknown: counts.unknown,
            retired: counts.retired,
        });
        Self {
            id: run.id.to_string(),
            started_at: run.started_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
            scope: listed.scope.id(),
            inventory_file: listed.inventory_file.clone(),
            inventory_id: listed.inventory_id.clone(),
            vantage: run.vantage.name.clone(),
            ipv6: ipv6(run.vantage.ipv6),
            complete: run.complete,
            policy: listed.policy.clone(),
            version: run.version.clone(),
            imported: listed.imported.is_some(),
            counts,
        }
    }
}

/// The word for the state of a vantage point's IPv6.
pub fn ipv6(state: VantageIpv6) -> &'static str {
    match state {
        VantageIpv6::Working => "working",
        VantageIpv6::Absent => "absent",
        VantageIpv6::Lost => "lost",
    }
}

/// A run that was judged with others by the same rules.
#[derive(Serialize, JsonSchema)]
pub struct PointDocument {
    run: String,
    /// RFC 3339, UTC.
    ended_at: String,
    /// `whole` or `part`.
    scope: &'static str,
    /// The state of the vantage point's IPv6: `working` or `lost`.
    ipv6: &'static str,
    counts: CountsDocument,
    /// Services with at least one critical failure.
    critical: usize,
}

impl PointDocument {
    /// Of a run of the view.
    pub fn of(seen: &SeenRun) -> Self {
        Self {
            run: seen.id.to_string(),
            ended_at: seen.ended_at.to_string(),
            scope: if seen.scope == Scope::Whole { "whole" } else { "part" },
            ipv6: ipv6(seen.ipv6),
            counts: CountsDocument::of(&seen.summary.all),
            critical: seen.summary.critical,
        }
    }
}

/// An inventory, as one vantage point sees it.
#[derive(Serialize, JsonSchema)]
pub struct InventoryDocument {
    /// The word for it in `inventory=`.
    inventory: String,
    title: String,
    file: String,
    id: Option<String>,
    vantage: String,
    /// Whether all its runs were imported.
    imported: bool,
    key: KeyDocument,
    /// The newest whole run that shows its state, with what later runs of parts found.
    counts: CountsDocument,
    /// When that run ended. RFC 3339, UTC.
    ended_at: String,
    /// How many runs were judged.
    runs: usize,
}

impl InventoryDocument {
    /// Of a picture.
    pub fn of(picture: &Picture) -> Self {
        let track = &picture.track;
        Self {
            inventory: track.word().to_owned(),
            title: picture.result.inventory.title.clone(),
            file: track.inventory_file.clone(),
            id: track.inventory_id.clone(),
            vantage: track.vantage.clone(),
            imported: track.is_imported,
            key: KeyDocument::of(&picture.key),
            counts: CountsDocument::of(&picture.result.summary().all),
            ended_at: picture.result.as_of.to_string(),
            runs: picture.runs.len(),
        }
    }
}

/// A service in a list.
#[derive(Serialize, JsonSchema)]
pub struct ServiceDocument {
    /// `ORG/SERVICE`.
    id: String,
    name: String,
    /// The name of its organisation.
    organisation: String,
    category: &'static str,
    tags: Vec<String>,
    /// What is probed.
    target: String,
    state: &'static str,
    standing: StandingDocument,
    /// The checks that keep it from the next stage.
    stage_blockers: Vec<&'static str>,
    /// The run since which it stands there.
    since: LookDocument,
    /// How it changed since the whole run before.
    change: &'static str,
    /// The checks that fail.
    failing: Vec<&'static str>,
}

impl ServiceDocument {
    /// Of a row.
    pub fn of(row: &ServiceRow<'_>) -> Self {
        let (result, service) = (row.result, &row.result.service);
        let findings = result.verdicts.findings().into_iter();
        let failing = findings.filter(|(_, found)| found.outcome == crate::model::Outcome::Fail);
        Self {
            id: service.id.to_string(),
            name: service.name.clone(),
            organisation: row.organisation.to_owned(),
            category: service.category.id(),
            tags: service.tags.iter().map(ToString::to_string).collect(),
            target: service.target.to_string(),
            state: service.state.id(),
            standing: StandingDocument::of(result.standing),
            stage_blockers: result.blockers.iter().map(|blocker| blocker.check).collect(),
            since: LookDocument::of(row.since),
            change: row.change.id(),
            failing: failing.map(|(check, _)| check.id).collect(),
        }
    }
}

/// Where a service stands.
#[derive(Serialize, JsonSchema)]
pub struct StandingDocument {
    /// `at-stage`; `absent` when the service's name does not exist in the DNS; `unknown`; `retired`.
    kind: &'static str,
    /// 0 to 4; null when unknown or retired, 0 when absent.
    stage: Option<u8>,
    /// The highest stage that is known to be reached; null for a retired service.
    at_least: Option<u8>,
}

impl StandingDocument {
    /// Of a standing.
    pub fn of(standing: Standing) -> Self {
        Self {
            kind: standing.id(),
            stage: standing.stage().map(Stage::number),
            at_least: standing.at_least().map(Stage::number),
        }
    }
}

/// A run that looked at a service.
#[derive(Serialize, JsonSchema)]
pub struct LookDocument {
    run: String,
    /// When it ended. RFC 3339, UTC.
    at: String,
}

impl LookDocument {
    /// Of a look.
    pub fn of(look: &Look) -> Self {
        Self { run: look.run.to_string(), at: look.at.to_string() }
    }
}

/// A service over all runs that looked at it, judged by the same rules.
#[derive(Serialize, JsonSchema)]
pub struct HistoryDocument {
    key: KeyDocument,
    /// `ORG/SERVICE`, as it is called now.
    service: String,
    /// How many runs looked at it.
    looks: usize,
    first: LookDocument,
    last: LookDocument,
    /// The ids that it had, each from a run on.
    ids: Vec<IdStep>,
    /// Where it stood, each from a run on.
    standings: Vec<StandingStep>,
    /// What each check found, each from a run on.
    checks: Vec<CheckHistory>,
}

#[derive(Serialize, JsonSchema)]
struct IdStep {
    from: LookDocument,
    id: String,
}

#[derive(Serialize, JsonSchema)]
struct StandingStep {
    from: LookDocument,
    standing: StandingDocument,
}

#[derive(Serialize, JsonSchema)]
struct CheckHistory {
    check: &'static str,
    steps: Vec<FindingStep>,
}

#[derive(Serialize, JsonSchema)]
struct FindingStep {
    from: LookDocument,
    outcome: &'static str,
    reason: &'static str,
    severity: &'static str,
}

impl HistoryDocument {
    /// Of a history.
    pub fn of(key: &RunKey, service: String, history: &History) -> Self {
        let step = |Step { look, value }: &Step<Finding>| FindingStep {
            from: LookDocument::of(look),
            outcome: value.outcome.id(),
            reason: value.reason,
            severity: value.severity.id(),
        };
        let checks = history.checks();
        let ids = history.ids.iter();
        let standings = history.standings.iter();
        Self {
            key: KeyDocument::of(key),
            service,
            looks: history.looks,
            first: LookDocument::of(&history.first),
            last: LookDocument::of(&history.last),
            ids: ids
                .map(|one| IdStep { from: LookDocument::of(&one.look), id: one.value.to_string() })
                .collect(),
            standings: standings
                .map(|one| StandingStep {
                    from: LookDocument::of(&one.look),
                    standing: StandingDocument::of(one.value),
                })
                .collect(),
            checks: checks
                .map(|(check, steps)| CheckHistory {
                    check: check.id,
                    steps: steps.iter().map(step).collect(),
                })
                .collect(),
        }
    }
}

/// A page of a list.
#[derive(Serialize, JsonSchema)]
pub struct ListDocument<T> {
    /// By which rules the rows were judged; missing where they weren't judged at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyDocument>,
    /// How many rows all pages have.
    pub total: usize,
    /// The `cursor` of the next page; null on the last one.
    pub next: Option<String>,
    /// The rows of this page.
    pub items: Vec<T>,
}
