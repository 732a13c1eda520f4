//! The stage that a service has reached.

use super::Finding;
use crate::check::Check;
use crate::model::{Outcome, Service, Severity, Stage, State};
use crate::policy::Policy;

/// The stage that a service has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// At this stage.
    At(Stage),
    /// Unknown, because a gating check is inconclusive; everything up to `at_least` is known to
    /// hold.
    Unknown {
        /// The highest stage that is known to be reached.
        at_least: Stage,
    },
    /// Not counted: the service is declared as retired.
    NotCounted,
}

impl Standing {
    /// The stage, when it is known.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::At(stage) => Some(stage),
            Self::Unknown { .. } | Self::NotCounted => None,
        }
    }

    /// The highest stage that is known to be reached; `None` for a service that isn't counted.
    pub fn at_least(self) -> Option<Stage> {
        match self {
            Self::At(stage) | Self::Unknown { at_least: stage } => Some(stage),
            Self::NotCounted => None,
        }
    }
}

/// A check that keeps a service from its next stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The check.
    pub check: &'static str,
    /// Its reason.
    pub reason: &'static str,
    /// Whether it fails or is inconclusive.
    pub outcome: Outcome,
}

/// Climbs the stages as far as the gates let the service.
///
/// At the first stage that is not open: a failing gate fixes the stage, whatever else is unknown
/// there; otherwise an inconclusive gate makes it unknown. A check that is not applicable gates
/// nothing, and neither does a failure that is only a warning (a certificate that expires in 20
/// days is still valid).
pub(super) fn standing(
    service: &Service,
    findings: &[(&'static Check, Finding)],
    policy: &Policy,
) -> (Standing, Vec<Blocker>) {
    standing_if(service, findings, policy, |_, finding| finding.outcome)
}

/// The stage that the service would have if its checks had these outcomes.
pub(super) fn standing_if(
    service: &Service,
    findings: &[(&'static Check, Finding)],
    policy: &Policy,
    outcome_of: impl Fn(&Check, &Finding) -> Outcome,
) -> (Standing, Vec<Blocker>) {
    if service.state == State::Retired {
        return (Standing::NotCounted, Vec::new());
    }
    let mut reached = Stage::Ipv4Only;
    let mut is_judged = false;
    for stage in Stage::ALL.into_iter().skip(1) {
        let Some(gates) = policy.gates_of(service.target.kind(), stage) else { break };
        is_judged |= findings.iter().any(|(check, finding)| {
            finding.outcome != Outcome::NotApplicable && gates.iter().any(|id| id == check.id)
        });
        let closed = |outcome: Outcome| -> Vec<Blocker> {
            findings
                .iter()
                .filter(|(check, finding)| {
                    outcome_of(check, finding) == outcome
                        && (outcome != Outcome::Fail || finding.severity <= Severity::Error)
                        && gates.iter().any(|id| id == check.id)
                })
                .map(|(check, finding)| Blocker {
                    check: check.id,
                    reason: finding.reason,
                    outcome,
                })
                .collect()
        };
        let failing = closed(Outcome::Fail);
        if !failing.is_empty() {
            return (Standing::At(reached), failing);
        }
        let unknown = closed(Outcome::Inconclusive);
        if !unknown.is_empty() {
            return (Standing::Unknown { at_least: reached }, unknown);
        }
        reached = stage;
    }
    // Where no gate concerns the service (a mail domain that takes no mail), nothing is known of it.
    if !is_judged {
        return (Standing::Unknown { at_least: Stage::Ipv4Only }, Vec::new());
    }
    (Standing::At(reached), Vec::new())
}
