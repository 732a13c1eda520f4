//! A policy by name: a built-in one, or a file's.

use std::path::Path;
use std::sync::Arc;

use super::bounded_file;
use crate::commands::error::CliError;
use crate::model::{Stage, Target};
use crate::policy::Policy;
use crate::{check, policy};

/// Octets of a policy's file.
const OCTETS_MAX: usize = 1 << 20;

/// A policy by its built-in name, or from a file, with its text.
///
/// # Errors
/// When there is no such policy or its text is none.
pub(in crate::commands) fn named_policy(name: &str) -> Result<(Arc<Policy>, String), CliError> {
    if let Some(yaml) = policy::built_in(name) {
        return Ok((parse_policy(name, yaml)?, yaml.to_owned()));
    }
    let yaml = bounded_file::read_text(Path::new(name), OCTETS_MAX).map_err(|error| {
        let known: Vec<_> = policy::BUILT_IN.iter().map(|(name, _)| *name).collect();
        CliError::operator(format!(
            "`{name}` is no built-in policy, and no file that can be read: {error}"
        ))
        .help(format!("built in are {}", known.join(" and ")))
    })?;
    Ok((parse_policy(name, &yaml)?, yaml))
}

/// Reads a policy's text.
///
/// # Errors
/// When it is no policy, or names checks and reasons that don't exist.
pub(super) fn parse_policy(name: &str, yaml: &str) -> Result<Arc<Policy>, CliError> {
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
        return Err(CliError::operator(format!(
            "the policy `{name}` gates a stage by `{id}`, which is about the stage itself"
        ))
        .help(format!("delete `{id}` from `stages` and `kinds`; its severity can be set")));
    }
    Ok(Arc::new(policy))
}
