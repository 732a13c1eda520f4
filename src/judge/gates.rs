//! What the gates alone say of a service: enough to follow it over many runs at little cost.

use super::service::verdicts_of;
use super::{Finding, JudgeContext, ServiceResult, Standing, stage};
use crate::check::Check;
use crate::model::{Evidence, Outcome, Service, Severity, Stage};
use crate::policy::Policy;

/// A service in one run, as far as its gates tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateReading {
    /// Where it stood.
    pub standing: Standing,
    /// The gates that failed with an error or worse, with their reasons.
    pub failing: Vec<(&'static str, &'static str)>,
    /// The gates of which nothing could be said.
    pub unknown: Vec<&'static str>,
}

impl GateReading {
    /// Judges the gates of a service, and nothing else.
    pub fn judge(context: &JudgeContext<'_>, service: &Service, evidence: &Evidence) -> Self {
        let gates = gates_of(service, context.policy);
        let findings = Finding::of_all(&verdicts_of(context, service, evidence, &gates));
        let (standing, _) = stage::standing(service, &findings, context.policy);
        Self::new(standing, service, findings, context.policy)
    }

    /// The gates of a service that was judged whole.
    pub fn of(result: &ServiceResult, policy: &Policy) -> Self {
        Self::new(result.standing, &result.service, result.verdicts.findings(), policy)
    }

    fn new(
        standing: Standing,
        service: &Service,
        findings: Vec<(&'static Check, Finding)>,
        policy: &Policy,
    ) -> Self {
        let gates = gates_of(service, policy);
        let (mut failing, mut unknown) = (Vec::new(), Vec::new());
        for (check, finding) in findings.iter().filter(|(check, _)| gates.contains(&check.id)) {
            if finding.fails_at(Severity::Error) {
                failing.push((check.id, finding.reason));
            } else if finding.outcome == Outcome::Inconclusive {
                unknown.push(check.id);
            }
        }
        Self { standing, failing, unknown }
    }
}

/// The checks that gate any stage of services of this kind.
fn gates_of<'p>(service: &Service, policy: &'p Policy) -> Vec<&'p str> {
    let of_stage = |stage| policy.gates_of(service.target.kind(), stage);
    Stage::ALL.into_iter().filter_map(of_stage).flatten().map(String::as_str).collect()
}
