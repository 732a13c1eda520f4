//! A policy by name: a built-in one, or a file's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::bounded_file;
use crate::check::Check;
use crate::model::{Inventory, Outcome, Severity, Stage, Target};
use crate::policy::Policy;
use crate::runs::error::RunsError;
use crate::{check, policy};

/// Octets of a policy's file.
const OCTETS_MAX: usize = 1 << 20;

/// A policy by its built-in name, or from a file, with its text.
///
/// # Errors
/// When there is no such policy, its text is none, or a gate of it can never close. A stored run's own
/// policy is read without that last condition: what it was judged by stays readable.
pub fn named_policy(name: &str) -> Result<(Arc<Policy>, String), RunsError> {
    if let Some(yaml) = policy::built_in(name) {
        return Ok((usable_policy(name, yaml)?, yaml.to_owned()));
    }
    let yaml = bounded_file::read_text(Path::new(name), OCTETS_MAX).map_err(|error| {
        let known: Vec<_> = policy::BUILT_IN.iter().map(|(name, _)| *name).collect();
        RunsError::operator(format!(
            "`{name}` is no built-in policy, and no file that can be read: {error}"
        ))
        .help(format!("built in are {}", known.join(" and ")))
    })?;
    Ok((usable_policy(name, &yaml)?, yaml))
}

fn usable_policy(name: &str, yaml: &str) -> Result<Arc<Policy>, RunsError> {
    let policy = parse_policy(name, yaml)?;
    let problems = gates_that_never_close(&policy);
    if problems.is_empty() {
        return Ok(policy);
    }
    Err(RunsError::operator(format!(
        "the policy `{name}` has gates that can never close: {}",
        problems.join("; ")
    ))
    .help("delete them from `stages` and `kinds`, or give them another severity in `severity`"))
}

/// The gates that no service can fail, each with its reason: they would be taken for a condition, and
/// are none.
fn gates_that_never_close(policy: &Policy) -> Vec<String> {
    let mut stages: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::new();
    for (kind, stage) in Target::KINDS.iter().flat_map(|k| Stage::ALL.map(|stage| (*k, stage))) {
        for id in policy.gates_of(kind, stage).unwrap_or_default() {
            stages.entry(id).or_default().insert(stage.number());
        }
    }
    let problem = |(id, stages): (&str, BTreeSet<u8>)| {
        let why = why_never_closing(policy, check::find(id)?)?;
        let stages: Vec<_> = stages.iter().map(ToString::to_string).collect();
        Some(format!("`{id}` at stage {}: {why}", stages.join(", ")))
    };
    stages.into_iter().filter_map(problem).collect()
}

fn why_never_closing(policy: &Policy, check: &Check) -> Option<String> {
    if !check.is_about_services() {
        return Some("it is about the vantage point, not about services".to_owned());
    }
    let failures: Vec<_> =
        check.reasons.iter().filter(|reason| reason.outcome == Outcome::Fail).collect();
    if failures.is_empty() {
        return Some("it never fails".to_owned());
    }
    let severity = |reason: &str| {
        policy.severity(check.id, reason).unwrap_or_else(|| check.severity_of(reason))
    };
    let gravest = failures.iter().map(|reason| severity(reason.id)).min()?;
    (gravest > Severity::Error).then(|| {
        format!(
            "no failure of it is more than `{}` under this policy, and only `critical` and `error` close a gate",
            gravest.id()
        )
    })
}

/// A gate of the policy that is about no service of this inventory, with what was probably meant.
pub(super) fn gate_without_services(policy: &Policy, inventory: &Inventory) -> Option<RunsError> {
    let unmatched = policy.run_gates().iter().flat_map(|gate| gate.only.unmatched(inventory));
    let one = unmatched.into_iter().next()?;
    let error = RunsError::operator(format!("the policy `{}` has a gate for {one}", policy.name));
    Some(match &one.help {
        Some(help) => error.help(help),
        None => error,
    })
}

/// Reads a policy's text.
///
/// # Errors
/// When it is no policy, or names checks and reasons that don't exist.
pub(super) fn parse_policy(name: &str, yaml: &str) -> Result<Arc<Policy>, RunsError> {
    let knows = |id: &str, reason: Option<&str>| {
        check::find(id).is_some_and(|check| {
            reason.is_none_or(|reason| check.reasons.iter().any(|known| known.id == reason))
        })
    };
    let policy = Policy::parse(name, yaml, knows)?;
    // A stage can't depend on a verdict about the stage.
    let gates = |kind: &str| {
        Stage::ALL.into_iter().filter_map(|stage| policy.gates_of(kind, stage)).flatten().find(
            |id| {
                check::find(id).is_some_and(|check| !check.may_gate() && check.is_about_services())
            },
        )
    };
    if let Some(id) = Target::KINDS.into_iter().find_map(gates) {
        return Err(RunsError::operator(format!(
            "the policy `{name}` gates a stage by `{id}`, which is about the stage itself"
        ))
        .help(format!("delete `{id}` from `stages` and `kinds`; its severity can be set")));
    }
    Ok(Arc::new(policy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_built_in_gate_stays_open_for_ever() {
        for (name, _) in policy::BUILT_IN {
            named_policy(name).unwrap();
        }
    }

    #[test]
    fn a_gate_that_can_never_close_is_an_error_with_its_reason() {
        let policy = |stages: &str, severity: &str| {
            format!(
                "version: 1\nname: p\ntitle: {{vi: P, en: P}}\nstages: {stages}\nseverity: {severity}\n"
            )
        };
        let error = |yaml: &str| usable_policy("p", yaml).map_err(|error| error.text());
        let mild = policy("{1: [dns-aaaa], 3: [tls-name]}", "{tls-name: warning}");
        let text = error(&mild).unwrap_err();
        assert!(text.contains("`tls-name` at stage 3") && text.contains("`warning`"), "{text}");
        assert!(!text.contains("dns-aaaa"), "{text}");
        // As the policy of a stored run it is still read.
        parse_policy("p", &mild).unwrap();
        // One reason that closes it is enough.
        error(&policy("{3: [tls-name]}", "{tls-name: warning, tls-name/name-mismatch: error}"))
            .unwrap();
        let text = error(&policy("{1: [vantage-ipv6]}", "{}")).unwrap_err();
        assert!(text.contains("vantage point"), "{text}");
        let text = error(&policy("{1: [reach-latency]}", "{}")).unwrap_err();
        assert!(text.contains("`reach-latency`"), "{text}");
    }
}
