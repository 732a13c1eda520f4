//! The name of a service's organisation.

use crate::judge::{RunResult, ServiceResult};

/// The name that the inventory gives to the service's organisation.
pub(super) fn organisation_name<'a>(result: &'a RunResult, service: &ServiceResult) -> &'a str {
    result
        .inventory
        .organisations
        .iter()
        .find(|organisation| organisation.id == service.service.id.organisation)
        .map_or("", |organisation| &organisation.name)
}
