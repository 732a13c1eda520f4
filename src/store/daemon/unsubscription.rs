//! Who wants no more mail, and the secret with which the links that say so are signed.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::sealed::{Change, Table};
use crate::store::database::Store;
use crate::store::error::StoreError;

impl Store {
    /// Notes that an address wants no more mail about an organisation.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn unsubscribe(
        &self,
        address: &str,
        organisation: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|to| {
            let mut change = Change::of(to, Table::Unsubscription)?;
            let added = to.execute(
                "INSERT OR IGNORE INTO unsubscription (address, organisation, at) VALUES (?1, ?2, ?3)",
                params![address, organisation, at.as_microsecond()],
            )?;
            if added == 1 {
                change.added(to.last_insert_rowid())?;
            }
            change.finish()
        })
    }

    /// Forgets that an address wants no more mail about an organisation.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn subscribe_again(&self, address: &str, organisation: &str) -> Result<(), StoreError> {
        self.write(|to| {
            let known: Option<i64> = to
                .query_row(
                    "SELECT number FROM unsubscription WHERE address = ?1 AND organisation = ?2",
                    [address, organisation],
                    |row| row.get(0),
                )
                .optional()?;
            let Some(number) = known else { return Ok(()) };
            let mut change = Change::of(to, Table::Unsubscription)?;
            change.leaves(number)?;
            to.execute("DELETE FROM unsubscription WHERE number = ?1", [number])?;
            change.finish()
        })
    }

    /// Who wants no more mail about which organisation.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn unsubscriptions(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.read(|of| {
            of.prepare_cached("SELECT address, organisation FROM unsubscription ORDER BY number")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// A secret of this store, which is made where there is none of this name yet.
    ///
    /// # Errors
    /// When the store can't be read or written.
    pub fn secret(&self, name: &str) -> Result<[u8; 32], StoreError> {
        let known = self.read(|of| {
            of.query_row("SELECT octets FROM secret WHERE name = ?1", [name], |row| row.get(0))
                .optional()
        })?;
        match known {
            Some(octets) => Ok(octets),
            None => self.write(|to| {
                to.execute(
                    "INSERT OR IGNORE INTO secret (name, octets) VALUES (?1, randomblob(32))",
                    [name],
                )?;
                to.query_row("SELECT octets FROM secret WHERE name = ?1", [name], |row| row.get(0))
            }),
        }
    }
}
