//! A comparison as JSON, schema `v6ready/diff/1`: a mirror at the edge, never the inner types.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::context::DifferenceContext;
use super::terms;
use crate::judge::{Change, KeyChange, RunResult, direction};
use crate::model::ServiceId;
use crate::report::describe::clean;
use crate::report::quarter::json::change::{ChangeDocument, change};

/// The schema's name.
pub const SCHEMA: &str = "v6ready/diff/1";

/// Two runs compared.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "v6ready diff, version 1")]
pub struct Document {
    /// `v6ready/diff/1`.
    schema: String,
    before: RunDocument,
    after: RunDocument,
    /// By which both were judged for this comparison.
    policy: PolicyDocument,
    /// Services by the direction under which they are listed: that of their stage, else the gravest
    /// of their checks'. `unknown` is what was known before and isn't any more.
    summary: BTreeMap<String, usize>,
    /// Services that changed.
    changes: Vec<ChangeDocument>,
    inventory: InventoryDocument,
    /// How the rules that the runs were made under differ; the comparison is free of them.
    rules: Vec<RuleDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RunDocument {
    id: String,
    /// The moment of its judgement. RFC 3339, UTC.
    as_of: String,
    /// The version of the program that made it.
    version: String,
    inventory_sha256: String,
    vantage: String,
    complete: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct PolicyDocument {
    name: String,
    sha256: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct InventoryDocument {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<DeclaredDocument>,
    networks: Vec<KeyDocument>,
    /// Keys of `settings` that differ.
    settings: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct DeclaredDocument {
    service: String,
    keys: Vec<KeyDocument>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct KeyDocument {
    key: String,
    /// Empty where it was absent.
    before: String,
    /// Empty where it is absent.
    after: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
struct RuleDocument {
    /// `program`, `policy`, `gate`, `severity` or `target`.
    kind: String,
    /// A sentence in the language that was asked for.
    message: String,
}

/// The JSON Schema of the document.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document);
    // A schema is JSON by its nature.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Writes the document.
///
/// # Errors
/// When `out` can't be written.
pub fn write(context: &DifferenceContext<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(context))?;
    writeln!(out)
}

/// The document.
pub fn document(context: &DifferenceContext<'_>) -> Document {
    use crate::judge::RuleChange::{Gate, Goal, Policy, Program, Severity};
    let comparison = context.comparison;
    let policy = &comparison.after.policy;
    let inventory = &comparison.inventory;
    Document {
        schema: SCHEMA.to_owned(),
        before: run(&comparison.before),
        after: run(&comparison.after),
        policy: PolicyDocument { name: policy.name.clone(), sha256: policy.sha256.to_string() },
        summary: Change::ALL
            .into_iter()
            .map(|change| {
                let count = comparison.services.iter().filter(|s| direction(s) == change).count();
                (change.id().to_owned(), count)
            })
            .collect(),
        changes: comparison.services.iter().filter(|c| c.is_news()).map(change).collect(),
        inventory: InventoryDocument {
            added: ids(&inventory.added),
            removed: ids(&inventory.removed),
            changed: inventory
                .changed
                .iter()
                .map(|(id, changes)| DeclaredDocument {
                    service: id.to_string(),
                    keys: keys(changes),
                })
                .collect(),
            networks: keys(&inventory.networks),
            settings: inventory.settings.clone(),
        },
        rules: comparison
            .rules
            .iter()
            .map(|rule| {
                let kind = match rule {
                    Program { .. } => "program",
                    Policy { .. } => "policy",
                    Gate { .. } => "gate",
                    Severity { .. } => "severity",
                    Goal { .. } => "target",
                };
                RuleDocument { kind: kind.to_owned(), message: terms::rule(rule, context.lang) }
            })
            .collect(),
    }
}

fn run(result: &RunResult) -> RunDocument {
    RunDocument {
        id: result.run.id.to_string(),
        as_of: result.as_of.to_string(),
        version: result.run.version.clone(),
        inventory_sha256: result.inventory.sha256.to_string(),
        vantage: clean(&result.run.vantage.name),
        complete: result.run.complete,
    }
}

fn ids(services: &[ServiceId]) -> Vec<String> {
    services.iter().map(ToString::to_string).collect()
}

fn keys(changes: &[KeyChange]) -> Vec<KeyDocument> {
    changes
        .iter()
        .map(|change| KeyDocument {
            key: clean(&change.key),
            before: clean(&change.before),
            after: clean(&change.after),
        })
        .collect()
}
