//! The services of an inventory that a selection (`--only`) chooses.

use std::sync::Arc;

use super::error::RunsError;
use super::note::{Note, TakeNotes};
use crate::model::{Inventory, Selection, Service};

/// What selections are, in a help line.
const FORMS: &str =
    "a selection is ORG/SERVICE, such as `vp-ubnd/*`, or `tag:…`, `category:…`, `org:…`";

/// Reads a selection for an inventory.
///
/// # Errors
/// A bad pattern; a tag, a category or an organisation that the inventory doesn't have; or nothing that
/// matches. Another pattern that chooses nothing is noted.
pub fn selection_for(
    inventory: &Inventory,
    patterns: &[String],
    notes: TakeNotes<'_>,
) -> Result<Selection, RunsError> {
    let selection = Selection::parse(patterns)?;
    if inventory.services.is_empty() {
        return Err(RunsError::operator("the inventory names no service"));
    }
    let unmatched = selection.unmatched(inventory);
    let chooses_nothing = !patterns.is_empty() && unmatched.len() == patterns.len();
    let fault = unmatched.iter().find(|one| one.is_named || chooses_nothing);
    if let Some(fault) = fault {
        let help = fault.help.as_deref().unwrap_or(FORMS);
        return Err(RunsError::operator(fault.to_string()).help(help));
    }
    for one in &unmatched {
        let help = one.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        notes(Note::Text(format!("{one}{help}")));
    }
    Ok(selection)
}

/// The services that a selection chooses, in the inventory's order.
pub fn services_of(inventory: &Inventory, selection: &Selection) -> Vec<Arc<Service>> {
    inventory.services.iter().filter(|service| selection.matches(service)).cloned().collect()
}
