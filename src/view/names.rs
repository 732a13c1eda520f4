//! The ids of services, those that they had among them.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::packed::decompress;
use crate::model::ServiceId;

/// A service of an inventory: its id, and those that it had.
pub(super) type NamedService = (ServiceId, Vec<ServiceId>);

/// The services that the inventory had at a position, with their former ids.
pub(super) fn names_at(
    connection: &Connection,
    edition: i64,
    position: i64,
) -> rusqlite::Result<Option<Vec<NamedService>>> {
    let found: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT names FROM names WHERE edition = ?1 AND position <= ?2
             ORDER BY position DESC LIMIT 1",
        )?
        .query_row(params![edition, position], |row| row.get(0))
        .optional()?;
    let Some(octets) = found else { return Ok(None) };
    let names = decompress(&octets).and_then(|octets| serde_json::from_slice(&octets).ok());
    names.map(Some).ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// The id of a service from its text.
pub(super) fn service_id(text: &str) -> Option<ServiceId> {
    let (organisation, service) = text.split_once('/')?;
    Some(ServiceId { organisation: organisation.into(), service: service.into() })
}
