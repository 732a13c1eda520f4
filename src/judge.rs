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
mod context;
mod excerpt;
mod finding;
mod gates;
mod history;
mod limited;
mod lineage;
pub mod quarter;
mod resting;
mod result;
mod root;
mod service;
mod since;
mod stage;
mod suggestion;
mod summary;
mod target;
mod verdicts;

pub use change::{
    Change, CheckChange, SeenService, ServiceChange, changes, seen_change, service_change,
};
pub use comparison::{
    Comparison, InventoryChanges, KeyChange, MadeUnder, RuleChange, direction, goal_text,
};
pub use context::{JudgeContext, day_of};
pub use excerpt::Excerpt;
pub use finding::{Finding, Judged};
pub use gates::GateReading;
pub use history::{Histories, History, Look, Sight, Step};
pub use lineage::{Lineage, Named};
pub use resting::RestingService;
pub use result::{Rescan, RunResult, ServiceResult};
pub use root::{Root, RootFinding, RootedFindings, Roots};
pub use service::{judge_service, judge_with_memory};
pub use since::{ServiceSince, SinceLast};
pub use stage::{Blocker, Standing, is_cause_of_unknown};
pub use suggestion::{Suggestion, suggestions};
pub use summary::{Counts, Summary};
pub use target::{Basis, Progress, TargetStanding, targets, targets_by_deadline, targets_on};
pub use verdicts::Verdicts;

use std::sync::Arc;

use service::service_result;

use crate::check::{CATALOGUE, Rule, VantageContext, verdict_of};
use crate::model::Evidence;
use crate::policy::Policy;

/// Judges the vantage point of a run.
pub fn judge_vantage(context: &JudgeContext<'_>, evidence: &Evidence) -> Vec<Judged> {
    let JudgeContext { inventory, vantage, policy, .. } = *context;
    let context = VantageContext {
        evidence,
        settings: &inventory.settings,
        networks: &inventory.networks,
        vantage,
    };
    CATALOGUE
        .iter()
        .filter_map(|check| match check.rule {
            Rule::Vantage(rule) => Some(Judged::under(policy, check, verdict_of(rule(&context)))),
            _ => None,
        })
        .collect()
}

impl RunResult {
    /// The same verdicts under another policy: other weights and gates, the same findings.
    pub fn under(&self, policy: &Arc<Policy>) -> Self {
        let today = self.today();
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
