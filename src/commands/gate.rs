//! What makes a scan, a report or a judgement fail in CI.

use std::process::ExitCode;

use super::cli::GateArgs;
use super::exit_code::{GATE_FAILED, INCONCLUSIVE};
use super::terminal;
use crate::judge::{
    Basis, Counts, Progress, RunResult, ServiceResult, SinceLast, Standing, targets,
};
use crate::model::{Severity, Stage, VantageIpv6};
use crate::policy::RunGate;

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
    /// The policy's own gates count too.
    pub of_policy: bool,
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
            of_policy: true,
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
        let policys = if self.of_policy { result.policy.run_gates() } else { &[] };
        said.extend(policys.iter().flat_map(|gate| run_gate(gate, result)));
        let is_known = result.summary().all.known() > 0;
        if run.vantage.ipv6 == VantageIpv6::Lost && !result.services.is_empty() && !is_known {
            said.push(Said::Unknown(format!(
                "run {} is inconclusive: its vantage point `{}` lost IPv6 or its resolvers, and the stage \
                 of no service is known",
                run.id, run.vantage.name
            )));
        } else if self.is_any() || !policys.is_empty() {
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
            "--fail-under {percent}: {} of {} services ({reached:.1}%) reached stage {}",
            counts.at_least(stage),
            counts.decided(stage),
            stage.number()
        ))
    })
}

fn failing(result: &RunResult, severity: Severity) -> Option<Said> {
    let failing = result.services.iter().filter(|service| service.fails_at(severity)).count();
    let severity = severity.id();
    let those = match failing {
        1 => "1 service fails".to_owned(),
        count => format!("{count} services fail"),
    };
    (failing > 0).then(|| Said::Failed(format!("--fail-on {severity}: {those}")))
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
        let those = match worse {
            1 => "1 service is worse".to_owned(),
            count => format!("{count} services are worse"),
        };
        let run = &since.run;
        Said::Failed(format!("--fail-on-worse: {those} than in run {run}, or no longer known"))
    })
}

/// Services that a sentence names; there may be more.
const NAMED_MAX: usize = 5;

/// What a gate of the policy says of the services that it is about.
fn run_gate(gate: &RunGate, result: &RunResult) -> Vec<Said> {
    let chosen: Vec<&ServiceResult> =
        result.services.iter().filter(|one| gate.only.matches(&one.service)).collect();
    let what = match gate.only.is_everything() {
        true => "the policy's gate".to_owned(),
        false => format!("the policy's gate for {}", gate.only),
    };
    if chosen.is_empty() {
        let shows_all = result.services.len() == result.inventory.services.len();
        // In a part of a run the others were not asked for.
        return match shows_all && result.excerpt.is_none() {
            true => {
                vec![Said::Unknown(format!("{what}: run {} has no such service", result.run.id))]
            }
            false => Vec::new(),
        };
    }
    let reach = gate.reach.and_then(|(stage, percent)| reached(&what, &chosen, stage, percent));
    let failing = gate.fail_on.and_then(|severity| {
        let failing = chosen.iter().filter(|one| one.fails_at(severity));
        let names = names_of(failing.copied());
        let severity = severity.id();
        (!names.is_empty())
            .then(|| Said::Failed(format!("{what} (fail_on {severity}): {names} fail")))
    });
    reach.into_iter().chain(failing).collect()
}

fn reached(what: &str, chosen: &[&ServiceResult], stage: Stage, percent: f64) -> Option<Said> {
    let counts = Counts::of(chosen.iter().copied());
    let asked = format!("{what} (stage {}, {percent} %)", stage.number());
    let unknown = || {
        let is_open = |one: &&&ServiceResult| matches!(one.standing, Standing::Unknown { at_least } if at_least < stage);
        chosen.iter().filter(is_open).copied()
    };
    match counts.percent_at_least(stage) {
        Some(share) if share < percent => {
            let is_below =
                |one: &&&ServiceResult| one.standing.stage().is_some_and(|at| at < stage);
            Some(Said::Failed(format!(
                "{asked}: {} of {} services ({share:.1}%) reached it; not {}",
                counts.at_least(stage),
                counts.decided(stage),
                names_of(chosen.iter().filter(is_below).copied())
            )))
        }
        // What isn't known could close it.
        _ if unknown().next().is_some()
            && !holds_without(&counts, unknown().count(), stage, percent) =>
        {
            Some(Said::Unknown(format!(
                "{asked}: can't be told, because the stage of {} is not known",
                names_of(unknown())
            )))
        }
        _ => None,
    }
}

/// Whether the share is reached even if so many services of unknown stage are all below it.
fn holds_without(counts: &Counts, unknown: usize, stage: Stage, percent: f64) -> bool {
    let reached = counts.counted() - unknown - counts.below(stage);
    reached as f64 * 100.0 >= percent * counts.counted() as f64
}

fn names_of<'a>(services: impl Iterator<Item = &'a ServiceResult>) -> String {
    let mut names: Vec<_> = services.map(|one| one.service.id.to_string()).collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    names.truncate(NAMED_MAX);
    match more {
        0 => names.join(", "),
        _ => format!("{} and {more} more", names.join(", ")),
    }
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
    use crate::report::tests::sample::golden;

    #[test]
    fn gates_of_the_policy_are_about_the_services_that_they_choose() {
        let mut result = golden();
        for (at, one) in result.services.iter_mut().enumerate() {
            let mut service = crate::model::Service::clone(&one.service);
            service.tags = if at < 3 { vec!["pilot".into()] } else { Vec::new() };
            one.service = service.into();
            one.standing = Standing::At(if at < 3 { Stage::AtParity } else { Stage::Ipv4Only });
        }
        let texts = |gates: &str, result: &RunResult| -> Vec<String> {
            let yaml = format!("{}gates: [{gates}]\n", result.policy.yaml);
            let policy = crate::policy::Policy::parse("p", &yaml, |_, _| true).unwrap();
            let result = RunResult { policy: policy.into(), ..result.clone() };
            let gate = Gate { of_policy: true, ..Gate::default() };
            assert!(Gate::default().say(&result, None).is_empty());
            let said = gate.say(&result, None).into_iter();
            said.map(|said| format!("{said:?}")).collect()
        };
        let portal = "{only: [tag:pilot], stage: 3, percent: 100}";
        assert_eq!(texts(portal, &result), [""; 0]);
        let all = texts("{stage: 3, percent: 100}", &result);
        assert!(
            all[0].contains("3 of 14 services (21.4%) reached it; not o0/s3, o0/s4"),
            "{all:?}"
        );
        assert!(all[0].starts_with("Failed") && all[0].contains("and 6 more"), "{all:?}");
        // One that is unknown could be below.
        result.services[1].standing = Standing::Unknown { at_least: Stage::Reachable };
        let unknown = texts(portal, &result);
        assert!(unknown[0].starts_with("Unknown") && unknown[0].contains("o0/s1"), "{unknown:?}");
        assert_eq!(texts("{only: [tag:pilot], stage: 3, percent: 60}", &result), [""; 0]);
        assert_eq!(texts("{only: [tag:pilot], stage: 2, percent: 100}", &result), [""; 0]);
        result.services[1].standing = Standing::Absent;
        let absent = texts(portal, &result);
        assert!(absent[0].contains("2 of 3 services (66.7%) reached it; not o0/s1"), "{absent:?}");
        let failing = texts("{only: [o1], fail_on: info}", &result);
        assert!(failing[0].contains("for o1 (fail_on info): o1/"), "{failing:?}");
        // Nothing is chosen: a whole run has to say so, a part of one was not asked.
        let none = texts("{only: [tag:none], fail_on: info}", &result);
        assert!(none[0].starts_with("Unknown") && none[0].contains("no such service"), "{none:?}");
        result.services.truncate(2);
        assert_eq!(texts("{only: [o1], fail_on: info}", &result), [""; 0]);
    }

    #[test]
    fn every_gate_is_told_and_none_is_open_for_what_was_not_seen() {
        let all = Gate {
            fail_under: Some(100.0),
            fail_on: Some(Severity::Info),
            fail_on_missed_target: true,
            fail_on_worse: true,
            of_policy: true,
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
