//! What the gates alone say of a service: enough to follow it over many runs at little cost.

use super::service::verdicts_of;
use super::{Finding, JudgeContext, Judged, Root, Roots, ServiceResult, Standing, stage};
use crate::model::{Evidence, Outcome, Service, Severity, Stage};
use crate::policy::Policy;

/// A service in one run, as far as its gates tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateReading {
    /// Where it stood.
    pub standing: Standing,
    /// The gates that failed with an error or worse, with their reasons.
    pub failing: Vec<(&'static str, &'static str)>,
    /// Those of them that only follow from another one, each with that.
    pub following: Vec<(&'static str, &'static str)>,
    /// The gates of which nothing could be said.
    pub unknown: Vec<&'static str>,
}

impl GateReading {
    /// Judges the gates of a service, and nothing else.
    pub fn judge(context: &JudgeContext<'_>, service: &Service, evidence: &Evidence) -> Self {
        let gates = gates_of(service, context.policy);
        let verdicts = verdicts_of(context, service, evidence, &gates);
        let (standing, _) = stage::standing(service, &Finding::of_all(&verdicts), context.policy);
        Self::new(standing, service, &verdicts, context.policy)
    }

    /// The gates of a service that was judged whole.
    pub fn of(result: &ServiceResult, policy: &Policy) -> Self {
        let (standing, service) = (result.standing, &result.service);
        let is_open = |(_, found): &(_, Finding)| {
            matches!(found.outcome, Outcome::Fail | Outcome::Inconclusive)
        };
        match result.verdicts.findings().iter().any(is_open) {
            true => Self::new(standing, service, &result.verdicts.unpack(), policy),
            false => Self::new(standing, service, &[], policy),
        }
    }

    fn new(standing: Standing, service: &Service, verdicts: &[Judged], policy: &Policy) -> Self {
        let mut gates = gates_of(service, policy);
        gates.sort_unstable();
        let is_gate = |check: &str| gates.binary_search(&check).is_ok();
        let roots = Roots::of(verdicts);
        let (mut failing, mut following, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for (at, judged) in verdicts.iter().enumerate().filter(|(_, one)| is_gate(one.check.id)) {
            if judged.fails_at(Severity::Error) {
                failing.push((judged.check.id, judged.verdict.reason));
                if let Root::Check(root) = roots.at(at) {
                    following.push((judged.check.id, root));
                }
            } else if judged.verdict.outcome == Outcome::Inconclusive {
                unknown.push(judged.check.id);
            }
        }
        Self { standing, failing, following, unknown }
    }
}

/// The checks that gate any stage of services of this kind.
fn gates_of<'p>(service: &Service, policy: &'p Policy) -> Vec<&'p str> {
    let of_stage = |stage| policy.gates_of(service.target.kind(), stage);
    Stage::ALL.into_iter().filter_map(of_stage).flatten().map(String::as_str).collect()
}
