//! What is wrong with an inventory that is sent.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::Answer;
use super::operation::Asked;
use super::problem::Problem;
use crate::inventory::{self, Diagnostic, Weight};

/// The name that diagnostics give to what was sent.
const FILE: &str = "inventory.yaml";

/// What was found in an inventory.
#[derive(Serialize, JsonSchema)]
pub struct InventoryCheckDocument {
    /// Whether it can be used. The files that it names are not looked at.
    usable: bool,
    /// How many services it has; null where it can't be used.
    services: Option<usize>,
    /// How many organisations it has; null where it can't be used.
    organisations: Option<usize>,
    /// How many diagnostics there are; not more than the first 1,000 are listed.
    count: usize,
    diagnostics: Vec<DiagnosticDocument>,
}

#[derive(Serialize, JsonSchema)]
struct DiagnosticDocument {
    /// `error`: it can't be used; `warning`: its owner should look at it.
    weight: &'static str,
    message: String,
    /// What would be right.
    help: Option<String>,
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
}

impl DiagnosticDocument {
    fn of(diagnostic: &Diagnostic) -> Self {
        Self {
            weight: match diagnostic.weight {
                Weight::Error => "error",
                Weight::Warning => "warning",
            },
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            line: diagnostic.line,
            column: diagnostic.column,
        }
    }
}

/// Checks an inventory. Nothing of it is kept, and no file that it names is opened.
pub fn check(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    Answer::json(&match inventory::parse(asked.body, FILE) {
        Ok(parsed) => InventoryCheckDocument {
            usable: true,
            services: Some(parsed.inventory.services.len()),
            organisations: Some(parsed.inventory.organisations.len()),
            count: parsed.warnings.len(),
            diagnostics: parsed.warnings.iter().map(DiagnosticDocument::of).collect(),
        },
        Err(problems) => InventoryCheckDocument {
            usable: false,
            services: None,
            organisations: None,
            count: problems.count(),
            diagnostics: problems.iter().map(DiagnosticDocument::of).collect(),
        },
    })
}
