//! Evidence in, verdicts and stages out.

mod change;
mod comparison;
mod early;
pub mod quarter;
mod stage;
mod suggestion;
mod summary;
mod target;
mod verdicts;

pub use change::{Change, CheckChange, Finding, ServiceChange, changes};
pub use comparison::{
    Comparison, InventoryChanges, KeyChange, MadeUnder, RuleChange, direction, goal_text,
};
pub use early::ProvisionalResult;
pub use stage::{Blocker, Standing};
pub use suggestion::{Suggestion, suggestions};
pub use summary::{Counts, Summary};
pub use target::{Basis, Progress, TargetStanding, day_of, targets};
pub use verdicts::Verdicts;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::{
    CATALOGUE, Check, CheckContext, CoverageGuard, Rule, StageContext, VantageContext, common,
    verdict_of,
};
use crate::evidence::query::{Memory, Topic, View};
use crate::evidence::tls::TrustedRoots;
use crate::evidence::vantage;
use crate::model::{
    Evidence, Inventory, ObservationId, Organisation, Run, Service, Severity, Stage, Vantage,
    VantageIpv6, Verdict,
};
use crate::policy::Policy;

/// What one check says of one service or of the vantage point.
#[derive(Clone)]
pub struct Judged {
    /// The check.
    pub check: &'static Check,
    /// The severity of this verdict's reason under the policy. It weighs only when the check fails.
    pub severity: Severity,
    /// The verdict.
    pub verdict: Verdict,
}

/// Everything that is said of one service.
#[derive(Clone)]
pub struct ServiceResult {
    /// The service.
    pub service: Arc<Service>,
    /// Where it stands.
    pub standing: Standing,
    /// What keeps it from the next stage (or, where it stands at unknown, what is unknown).
    pub blockers: Vec<Blocker>,
    /// One verdict per check, in the catalogue's order.
    pub verdicts: Verdicts,
}

/// A whole run, judged.
#[derive(Clone)]
pub struct RunResult {
    /// The run.
    pub run: Run,
    /// What it scanned.
    pub inventory: Arc<Inventory>,
    /// Under which policy.
    pub policy: Arc<Policy>,
    /// When it was judged.
    pub as_of: Timestamp,
    /// What is said of the vantage point.
    pub vantage: Vec<Judged>,
    /// The services in the inventory's order.
    pub services: Vec<ServiceResult>,
}

/// What all services of a run are judged by.
#[derive(Clone, Copy)]
pub struct JudgeContext<'a> {
    /// What the owner declares.
    pub inventory: &'a Inventory,
    /// From where was looked.
    pub vantage: &'a Vantage,
    /// The rules' weights.
    pub policy: &'a Policy,
    /// The trusted authorities.
    pub trust: &'a TrustedRoots,
    /// The moment of the judgement.
    pub as_of: Timestamp,
}

impl JudgeContext<'_> {
    fn today(&self) -> Date {
        day_of(self.as_of, &self.inventory.timezone)
    }
}

/// Judges one service. Observations from stretches in which the vantage point was cut off count as
/// not made.
pub fn judge_service(
    bench: &JudgeContext<'_>,
    service: &Arc<Service>,
    evidence: &Evidence,
) -> ServiceResult {
    judge_remembered(bench, service, evidence, &Memory::default())
}

/// As [`judge_service`], with what the planner remembers of reading the same evidence under the same
/// settings.
pub fn judge_remembered(
    bench: &JudgeContext<'_>,
    service: &Arc<Service>,
    evidence: &Evidence,
    memory: &Memory,
) -> ServiceResult {
    let verdicts = verdicts(bench, service, evidence, memory, Judging::Plain, |_| true);
    complete(service, None, verdicts, bench.policy, bench.today())
}

/// Gives a service its stage by its verdicts, some of which may have been packed earlier, and judges
/// what that means to its owner: the verdicts about the stage never weigh on it.
fn complete(
    service: &Arc<Service>,
    earlier: Option<Verdicts>,
    mut later: Vec<Judged>,
    policy: &Policy,
    today: Date,
) -> ServiceResult {
    let mut findings = Finding::of_all(&later);
    if let Some(earlier) = &earlier {
        findings = verdicts::in_order(findings.into_iter().chain(earlier.findings()), |of| of.0);
    }
    let (standing, mut blockers) = stage::standing(service, &findings, policy);
    blockers.shrink_to_fit();
    let (stage, at_least) = (standing.stage(), standing.at_least());
    let context = StageContext { service, stage, at_least, today };
    for check in CATALOGUE.iter() {
        if let Rule::Standing(rule) = check.rule {
            later.push(weigh(check, verdict_of(rule(&context)), policy));
        }
    }
    let verdicts = match earlier {
        Some(earlier) => earlier.and(later),
        None => later.into(),
    };
    ServiceResult { service: Arc::clone(service), standing, blockers, verdicts }
}

/// Whether the memory is to learn what each verdict rests on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judging {
    Traced,
    Plain,
}

/// What the wanted checks say, in the catalogue's order.
fn verdicts(
    bench: &JudgeContext<'_>,
    service: &Service,
    evidence: &Evidence,
    memory: &Memory,
    judging: Judging,
    wanted: impl Fn(&Check) -> bool,
) -> Vec<Judged> {
    let trusted = vantage::trusted(evidence, bench.vantage);
    let set_aside = trusted.len() < evidence.len();
    let (settings, networks) = (&bench.inventory.settings, &bench.inventory.networks);
    let view = View::new(&trusted, settings, networks, &bench.vantage.dns64);
    let context = CheckContext {
        service,
        inventory: bench.inventory,
        view: view.remembering(memory),
        trust: bench.trust,
        as_of: bench.as_of,
    };
    let judge = |rule: fn(&CheckContext<'_>) -> Result<Verdict, Verdict>| {
        if bench.vantage.ipv6 == VantageIpv6::Absent {
            return Verdict::inconclusive(common::VANTAGE_ABSENT);
        }
        let guard = context.view.remembered(Topic::Whole, || CoverageGuard::new(&context));
        explain_missing(guard.verdict_over_all(verdict_of(rule(&context))), set_aside)
    };
    CATALOGUE
        .iter()
        .filter_map(|check| match check.rule {
            Rule::Service(rule) | Rule::Composed(rule) if wanted(check) => Some((check, rule)),
            _ => None,
        })
        .map(|(check, rule)| {
            let verdict = match judging {
                Judging::Traced => {
                    context.view.recording_dependencies(Topic::Verdict(check.id), || judge(rule))
                }
                Judging::Plain => judge(rule),
            };
            weigh(check, verdict, bench.policy)
        })
        .collect()
}

/// Where one service stands, and nothing else: only the checks that gate a stage are asked, so that
/// the trend over many runs costs little. Gives what [`judge_service`] gives as its standing.
pub fn stand(bench: &JudgeContext<'_>, service: &Arc<Service>, evidence: &Evidence) -> Standing {
    let gates: Vec<&str> = Stage::ALL
        .into_iter()
        .filter_map(|stage| bench.policy.gates_of(service.target.kind(), stage))
        .flatten()
        .map(String::as_str)
        .collect();
    let memory = Memory::default();
    let is_gate = |check: &Check| gates.contains(&check.id);
    let verdicts = verdicts(bench, service, evidence, &memory, Judging::Plain, is_gate);
    stage::standing(service, &Finding::of_all(&verdicts), bench.policy).0
}

/// Judges the vantage point of a run.
pub fn judge_vantage(bench: &JudgeContext<'_>, evidence: &Evidence) -> Vec<Judged> {
    let context =
        VantageContext { evidence, settings: &bench.inventory.settings, vantage: bench.vantage };
    CATALOGUE
        .iter()
        .filter_map(|check| match check.rule {
            Rule::Vantage(rule) => Some(weigh(check, verdict_of(rule(&context)), bench.policy)),
            _ => None,
        })
        .collect()
}

fn weigh(check: &'static Check, verdict: Verdict, policy: &Policy) -> Judged {
    let severity = policy
        .severity(check.id, verdict.reason)
        .unwrap_or_else(|| check.severity_of(verdict.reason));
    Judged { check, severity, verdict }
}

/// Where observations were set aside, "not observed" has a better name.
fn explain_missing(mut verdict: Verdict, set_aside: bool) -> Verdict {
    if set_aside {
        let rename = |reason: &mut &'static str| {
            if *reason == common::NOT_OBSERVED {
                *reason = common::VANTAGE_LOST;
            }
        };
        rename(&mut verdict.reason);
        verdict.subjects.iter_mut().for_each(|subject| rename(&mut subject.reason));
    }
    verdict
}

impl Judged {
    /// Whether this is a failure of at least this severity.
    pub fn fails_at(&self, severity: Severity) -> bool {
        Finding::of(self).fails_at(severity)
    }
}

impl PartialEq for Judged {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.check, other.check)
            && self.severity == other.severity
            && self.verdict == other.verdict
    }
}

impl Eq for Judged {}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, severity, verdict } = self;
        write!(f, "{} {severity:?} {verdict:?}", check.id)
    }
}

impl ServiceResult {
    /// Whether any check fails at least this severely.
    pub fn fails_at(&self, severity: Severity) -> bool {
        self.verdicts.findings().iter().any(|(_, finding)| finding.fails_at(severity))
    }

    /// Every fact that a verdict of this service cites, each once.
    pub fn observations(&self) -> Vec<ObservationId> {
        let verdicts = self.verdicts.unpack().into_iter();
        let mut ids: Vec<_> = verdicts.flat_map(|judged| judged.verdict.observations).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl RunResult {
    /// Organisations with the services of this run that are theirs, in the inventory's order;
    /// those without any are left out.
    pub fn by_organisation(&self) -> Vec<(&Organisation, Vec<&ServiceResult>)> {
        self.inventory
            .organisations
            .iter()
            .map(|organisation| {
                let theirs = |s: &&ServiceResult| s.service.id.organisation == organisation.id;
                (organisation, self.services.iter().filter(theirs).collect::<Vec<_>>())
            })
            .filter(|(_, services)| !services.is_empty())
            .collect()
    }

    /// The same verdicts under another policy: other weights and gates, the same findings.
    pub fn under(&self, policy: &Arc<Policy>) -> Self {
        let today = day_of(self.as_of, &self.inventory.timezone);
        let again = |judged: Judged| weigh(judged.check, judged.verdict, policy);
        let services = self
            .services
            .iter()
            .map(|result| {
                let verdicts = result.verdicts.unpack().into_iter();
                let verdicts = verdicts.filter(|judged| judged.check.may_gate()).map(again);
                complete(&result.service, None, verdicts.collect(), policy, today)
            })
            .collect();
        let vantage = self.vantage.iter().cloned().map(again).collect();
        Self { policy: Arc::clone(policy), vantage, services, ..self.clone() }
    }

    /// The figures of the run.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.services)
    }
}
