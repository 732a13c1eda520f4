//! What makes a scan, a report or a judgement fail in CI.

use std::process::ExitCode;

use super::cli::GateArgs;
use super::exit_code::{GATE_FAILED, INCONCLUSIVE};
use super::terminal;
use crate::judge::{Basis, Progress, RunResult, SinceLast, targets};
use crate::model::{Severity, VantageIpv6};

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
    /// Fails when anything is worse than in the last whole run, or no longer known.
    pub fail_on_worse: bool,
}

/// What a gate says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// What was asked for doesn't hold, and why.
    Failed(String),
    /// It can't be told whether it holds, and why.
    Unknown(String),
}

impl Gate {
    /// The conditions of a command line.
    pub(super) fn of(args: &GateArgs) -> Self {
        Self {
            fail_under: args.fail_under,
            fail_on: args.fail_on,
            fail_on_missed_target: args.fail_on_missed_target,
            fail_on_worse: false,
        }
    }

    /// 0 when all conditions hold, 1 when any doesn't, 3 when that can't be told. Prints on stderr
    /// every one that doesn't hold, and what can't be told. `since` is what changed since the last whole run.
    pub(super) fn exit_code(&self, result: &RunResult, since: Option<&SinceLast>) -> ExitCode {
        let said = self.say(result, since);
        for said in &said {
            let (Said::Failed(text) | Said::Unknown(text)) = said;
            terminal::note(text);
        }
        if said.iter().any(|said| matches!(said, Said::Failed(_))) {
            ExitCode::from(GATE_FAILED)
        } else if said.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(INCONCLUSIVE)
        }
    }

    /// Everything that doesn't hold or can't be told.
    fn say(&self, result: &RunResult, since: Option<&SinceLast>) -> Vec<Said> {
        let run = &result.run;
        if run.vantage.ipv6 == VantageIpv6::Absent {
            return vec![Said::Unknown(format!(
                "run {} is inconclusive: its vantage point `{}` had no working IPv6 or no resolver, so \
                 nothing can be said of any service",
                run.id, run.vantage.name
            ))];
        }
        let mut said = Vec::new();
        said.extend(self.fail_under.and_then(|percent| under(result, percent)));
        said.extend(self.fail_on.and_then(|severity| failing(result, severity)));
        if self.fail_on_missed_target {
            said.extend(missed_targets(result));
        }
        if self.fail_on_worse {
            said.extend(since.and_then(worse));
        }
        let is_known = result.summary().all.known() > 0;
        if run.vantage.ipv6 == VantageIpv6::Lost && !result.services.is_empty() && !is_known {
            said.push(Said::Unknown(format!(
                "run {} is inconclusive: its vantage point `{}` lost IPv6 or its resolvers, and the stage \
                 of no service is known",
                run.id, run.vantage.name
            )));
        } else if self.is_any() {
            said.extend(unfounded(result));
        }
        said
    }

    /// Whether anything was asked for.
    fn is_any(&self) -> bool {
        self.fail_under.is_some()
            || self.fail_on.is_some()
            || self.fail_on_missed_target
            || self.fail_on_worse
    }
}

fn under(result: &RunResult, percent: f64) -> Option<Said> {
    let stage = result.policy.aim();
    let counts = result.summary().all;
    let reached = counts.percent_at_least(stage)?;
    (reached < percent).then(|| {
        Said::Failed(format!(
            "--fail-under {percent}: {} of {} services ({reached:.1} %) reached stage {}",
            counts.at_least(stage),
            counts.known(),
            stage.number()
        ))
    })
}

fn failing(result: &RunResult, severity: Severity) -> Option<Said> {
    let failing = result.services.iter().filter(|service| service.fails_at(severity)).count();
    let severity = severity.id();
    (failing > 0).then(|| Said::Failed(format!("--fail-on {severity}: {failing} services fail")))
}

fn missed_targets(result: &RunResult) -> Vec<Said> {
    let missed = targets(result)
        .into_iter()
        .filter(|t| t.basis == Basis::Inventory && t.progress == Progress::Missed);
    missed
        .map(|target| {
            Said::Failed(format!(
                "--fail-on-missed-target: {} was to reach stage {} by {}",
                target.service.id,
                target.goal.stage.number(),
                target.goal.by
            ))
        })
        .collect()
}

fn worse(since: &SinceLast) -> Option<Said> {
    let worse = since.worse_count();
    (worse > 0).then(|| {
        Said::Failed(format!(
            "--fail-on-worse: {worse} services are worse than in run {}, or no longer known",
            since.run
        ))
    })
}

/// Why no gate can be called open: what wasn't seen may be broken.
fn unfounded(result: &RunResult) -> Option<Said> {
    let run = &result.run;
    let counts = result.summary().all;
    if !run.complete {
        Some(Said::Unknown(format!(
            "run {} is incomplete, so no gate can be called open; `v6ready scan --resume {}` goes on with it",
            run.id, run.id
        )))
    } else if counts.known() == 0 && counts.unknown > 0 {
        Some(Said::Unknown(format!(
            "run {}: the stage of no service is known, so no gate can be called open",
            run.id
        )))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Standing;
    use crate::model::Stage;
    use crate::report::tests::sample::golden;

    #[test]
    fn every_gate_is_told_and_none_is_open_for_what_was_not_seen() {
        let all = Gate {
            fail_under: Some(100.0),
            fail_on: Some(Severity::Info),
            fail_on_missed_target: true,
            fail_on_worse: true,
        };
        let texts = |gate: &Gate, result: &RunResult| -> (Vec<String>, Vec<String>) {
            let (mut failed, mut unknown) = (Vec::new(), Vec::new());
            for said in gate.say(result, None) {
                match said {
                    Said::Failed(text) => failed.push(text),
                    Said::Unknown(text) => unknown.push(text),
                }
            }
            (failed, unknown)
        };
        let mut result = golden();
        let (failed, unknown) = texts(&all, &result);
        assert_eq!((failed.len(), unknown.len()), (2, 0), "{failed:?} {unknown:?}");
        assert!(failed[0].starts_with("--fail-under") && failed[1].starts_with("--fail-on info"));
        assert_eq!(texts(&Gate::default(), &result), (vec![], vec![]));
        // What was found fails, though not everything was asked.
        result.run.complete = false;
        let (failed, unknown) = texts(&all, &result);
        assert_eq!((failed.len(), unknown.len()), (2, 1));
        assert!(unknown[0].contains("scan --resume"));
        assert_eq!(texts(&Gate::default(), &result), (vec![], vec![]));
        result.run.complete = true;
        for service in &mut result.services {
            service.standing = Standing::Unknown { at_least: Stage::Ipv4Only };
            service.verdicts = Vec::new().into();
        }
        let (failed, unknown) = texts(&all, &result);
        assert_eq!((failed.len(), unknown.len()), (0, 1), "{failed:?}");
        // Without IPv6 nothing is known, whether a gate was asked for or not.
        for ipv6 in [VantageIpv6::Absent, VantageIpv6::Lost] {
            result.run.vantage.ipv6 = ipv6;
            for gate in [all, Gate::default()] {
                let (failed, unknown) = texts(&gate, &result);
                assert_eq!((failed.len(), unknown.len()), (0, 1));
            }
        }
        // What was known before IPv6 was lost is.
        result.services[0].standing = Standing::Absent;
        assert_eq!(texts(&Gate::default(), &result), (vec![], vec![]));
    }
}
