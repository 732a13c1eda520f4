//! Evidence in, verdicts and stages out.
//!
//! A service's evidence goes through every rule of the [`CATALOGUE`] ([`judge_service`]); the verdicts,
//! weighed by the [`Policy`], give it its stage ([`Standing`]). A [`RunResult`] has all services of a
//! run; the other modules count, compare and review such results. A service that waits for its last
//! answers is judged ahead of them ([`RestingService`]).
//!
//! Imports the model, the evidence, the checks and the policies. Pure: the moment of the judgement is
//! given ([`JudgeContext::as_of`]).

mod change;
mod comparison;
pub mod quarter;
mod resting;
mod service;
mod stage;
mod suggestion;
mod summary;
mod target;
mod verdicts;

pub use change::{Change, CheckChange, Finding, ServiceChange, changes};
pub use comparison::{
    Comparison, InventoryChanges, KeyChange, MadeUnder, RuleChange, direction, goal_text,
};
pub use resting::RestingService;
pub use service::{judge_service, judge_standing, judge_with_memory};
pub use stage::{Blocker, Standing};
pub use suggestion::{Suggestion, suggestions};
pub use summary::{Counts, Summary};
pub use target::{Basis, Progress, TargetStanding, day_of, targets};
pub use verdicts::Verdicts;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use service::service_result;

use crate::check::{CATALOGUE, Check, Rule, VantageContext, verdict_of};
use crate::evidence::query::View;
use crate::evidence::tls::TrustedRoots;
use crate::model::{
    Evidence, Inventory, ObservationId, Organisation, Run, Service, Severity, Vantage, Verdict,
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

/// What was found of one service.
#[derive(Clone)]
pub struct ServiceResult {
    /// The service.
    pub service: Arc<Service>,
    /// The stage that it has reached.
    pub standing: Standing,
    /// What keeps it from the next stage (or, where its stage is unknown, what is unknown).
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
    /// What the checks say of the vantage point.
    pub vantage: Vec<Judged>,
    /// The services in the inventory's order.
    pub services: Vec<ServiceResult>,
}

/// What all services of a run are judged by.
#[derive(Clone, Copy)]
pub struct JudgeContext<'a> {
    /// What the owner declares.
    pub inventory: &'a Inventory,
    /// The vantage point that it was seen from.
    pub vantage: &'a Vantage,
    /// The rules' weights.
    pub policy: &'a Policy,
    /// The trusted authorities.
    pub trust: &'a TrustedRoots,
    /// The moment of the judgement.
    pub as_of: Timestamp,
}

impl<'a> JudgeContext<'a> {
    /// A view of evidence under the inventory's settings.
    pub fn view(&self, evidence: &'a Evidence) -> View<'a> {
        let (settings, networks) = (&self.inventory.settings, &self.inventory.networks);
        View::new(evidence, settings, networks, &self.vantage.dns64)
    }

    fn today(&self) -> Date {
        day_of(self.as_of, &self.inventory.timezone)
    }
}

/// Judges the vantage point of a run.
pub fn judge_vantage(context: &JudgeContext<'_>, evidence: &Evidence) -> Vec<Judged> {
    let JudgeContext { inventory, vantage, policy, .. } = *context;
    let context = VantageContext { evidence, settings: &inventory.settings, vantage };
    CATALOGUE
        .iter()
        .filter_map(|check| match check.rule {
            Rule::Vantage(rule) => Some(Judged::under(policy, check, verdict_of(rule(&context)))),
            _ => None,
        })
        .collect()
}

impl Judged {
    /// A check's verdict with the severity that it has under a policy.
    fn under(policy: &Policy, check: &'static Check, verdict: Verdict) -> Self {
        let severity = policy
            .severity(check.id, verdict.reason)
            .unwrap_or_else(|| check.severity_of(verdict.reason));
        Self { check, severity, verdict }
    }

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
        let again = |judged: Judged| Judged::under(policy, judged.check, judged.verdict);
        let services = self
            .services
            .iter()
            .map(|result| {
                let verdicts = result.verdicts.unpack().into_iter();
                let verdicts = verdicts.filter(|judged| judged.check.may_gate()).map(again);
                service_result(&result.service, None, verdicts.collect(), policy, today)
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
