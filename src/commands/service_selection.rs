//! The services of an inventory that `--only` chooses.

use std::sync::Arc;

use super::error::CliError;
use crate::inventory::Selection;
use crate::model::{Inventory, Service};

/// The services that any of the patterns matches, in the inventory's order; all without patterns.
///
/// # Errors
/// A bad pattern, or nothing that matches.
pub(super) fn select_services(
    inventory: &Inventory,
    patterns: &[String],
) -> Result<Vec<Arc<Service>>, CliError> {
    let selection = Selection::parse(patterns)?;
    let services: Vec<_> = inventory
        .services
        .iter()
        .filter(|service| selection.matches(&service.id))
        .cloned()
        .collect();
    if services.is_empty() {
        let what = if patterns.is_empty() {
            "the inventory names no service".to_owned()
        } else {
            format!("no service matches {}", patterns.join(", "))
        };
        return Err(
            CliError::operator(what).help("`--only` takes ORG/SERVICE, such as `vp-ubnd/*`")
        );
    }
    Ok(services)
}
