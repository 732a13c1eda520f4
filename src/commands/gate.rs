//! What makes a scan fail in CI.

use std::process::ExitCode;

use crate::judge::RunResult;
use crate::model::{Severity, Stage};

/// The conditions that were asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gate {
    /// Fails when a smaller share (percent) of the services whose stage is known has reached the
    /// policy's stage.
    pub fail_under: Option<f64>,
    /// Fails when any check fails at least this severely.
    pub fail_on: Option<Severity>,
}

/// It ran, and the gate failed.
const GATE_FAILED: u8 = 1;
/// Nothing is known that the gate could be held against.
const INCONCLUSIVE: u8 = 3;

impl Gate {
    /// 0 when all conditions hold. Says on stderr which one doesn't.
    pub(super) fn judge(&self, result: &RunResult) -> ExitCode {
        if let Some(percent) = self.fail_under {
            let stage = goal(result);
            let counts = result.summary().all;
            let Some(reached) = counts.percent_at_least(stage) else {
                eprintln!("--fail-under: the stage of no service is known");
                return ExitCode::from(INCONCLUSIVE);
            };
            if reached < percent {
                eprintln!(
                    "--fail-under {percent}: {} of {} services ({reached:.1} %) reached stage {}",
                    counts.at_least(stage),
                    counts.known(),
                    stage.number()
                );
                return ExitCode::from(GATE_FAILED);
            }
        }
        if let Some(severity) = self.fail_on {
            let failing = result
                .services
                .iter()
                .filter(|service| service.verdicts.iter().any(|v| v.fails_at(severity)))
                .count();
            if failing > 0 {
                eprintln!("--fail-on {}: {failing} services fail", severity.id());
                return ExitCode::from(GATE_FAILED);
            }
        }
        ExitCode::SUCCESS
    }
}

/// The stage that the policy aims at.
fn goal(result: &RunResult) -> Stage {
    result.policy.goal().map_or_else(|| result.policy.highest_stage(), |goal| goal.stage)
}
