//! What makes a scan fail in CI.

use std::process::ExitCode;

use super::cli::GateArgs;
use super::exit_code::{GATE_FAILED, INCONCLUSIVE};
use super::terminal;
use crate::judge::{Basis, Progress, RunResult, targets};
use crate::model::Severity;

/// The conditions that were asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gate {
    /// Fails when a smaller share (percent) of the services whose stage is known has reached the
    /// policy's stage.
    pub fail_under: Option<f64>,
    /// Fails when any check fails at least this severely.
    pub fail_on: Option<Severity>,
    /// Fails when a service has missed a deadline of the inventory. The policy's target is no
    /// gate: it binds the programme, and the inventory says what binds a service.
    pub fail_on_missed_target: bool,
}

impl Gate {
    /// The conditions of a command line.
    pub(super) fn of(args: &GateArgs) -> Self {
        Self {
            fail_under: args.fail_under,
            fail_on: args.fail_on,
            fail_on_missed_target: args.fail_on_missed_target,
        }
    }

    /// 0 when all conditions hold. Prints on stderr which one doesn't.
    pub(super) fn exit_code(&self, result: &RunResult) -> ExitCode {
        if let Some(percent) = self.fail_under {
            let stage = result.policy.aim();
            let counts = result.summary().all;
            let Some(reached) = counts.percent_at_least(stage) else {
                terminal::note("--fail-under: the stage of no service is known");
                return ExitCode::from(INCONCLUSIVE);
            };
            if reached < percent {
                terminal::note(format_args!(
                    "--fail-under {percent}: {} of {} services ({reached:.1} %) reached stage {}",
                    counts.at_least(stage),
                    counts.known(),
                    stage.number()
                ));
                return ExitCode::from(GATE_FAILED);
            }
        }
        if let Some(severity) = self.fail_on {
            let failing =
                result.services.iter().filter(|service| service.fails_at(severity)).count();
            if failing > 0 {
                let severity = severity.id();
                terminal::note(format_args!("--fail-on {severity}: {failing} services fail"));
                return ExitCode::from(GATE_FAILED);
            }
        }
        if self.fail_on_missed_target {
            let missed: Vec<_> = targets(result)
                .into_iter()
                .filter(|t| t.basis == Basis::Inventory && t.progress == Progress::Missed)
                .collect();
            for target in &missed {
                terminal::note(format_args!(
                    "--fail-on-missed-target: {} was to reach stage {} by {}",
                    target.service.id,
                    target.goal.stage.number(),
                    target.goal.by
                ));
            }
            if !missed.is_empty() {
                return ExitCode::from(GATE_FAILED);
            }
        }
        ExitCode::SUCCESS
    }
}
