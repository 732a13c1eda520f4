//! Digests over the rows of the daemon's tables, as runs have them.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::store::database::Store;
use crate::store::error::StoreError;
use crate::store::seal::{Sum, digest_of_row};

/// A table whose rows are summed. Each has the key `number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Alert,
    Acknowledgement,
    AlertMark,
    Outbox,
    ScheduleMark,
    RequestedScan,
    Maintenance,
    Unsubscription,
}

impl Table {
    const ALL: [Self; 8] = [
        Self::Alert,
        Self::Acknowledgement,
        Self::AlertMark,
        Self::Outbox,
        Self::ScheduleMark,
        Self::RequestedScan,
        Self::Maintenance,
        Self::Unsubscription,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Acknowledgement => "acknowledgement",
            Self::AlertMark => "alert_mark",
            Self::Outbox => "outbox",
            Self::ScheduleMark => "schedule_mark",
            Self::RequestedScan => "requested_scan",
            Self::Maintenance => "maintenance",
            Self::Unsubscription => "unsubscription",
        }
    }

    fn select(self, condition: &str) -> String {
        format!("SELECT * FROM {} {condition}", self.name())
    }
}

/// The sum of a table that is being changed, in the transaction that changes it.
pub(super) struct Change<'c> {
    connection: &'c Connection,
    table: Table,
    sum: Sum,
}

impl<'c> Change<'c> {
    /// Begins to change a table.
    pub(super) fn of(connection: &'c Connection, table: Table) -> rusqlite::Result<Self> {
        Ok(Self { connection, table, sum: kept_sum(connection, table)? })
    }

    /// Takes account of a row that was added.
    pub(super) fn added(&mut self, number: i64) -> rusqlite::Result<()> {
        if let Some(digest) = self.digest(number)? {
            self.sum.add(digest);
        }
        Ok(())
    }

    /// Takes account of a row that is about to be changed or removed.
    pub(super) fn leaves(&mut self, number: i64) -> rusqlite::Result<()> {
        if let Some(digest) = self.digest(number)? {
            self.sum.subtract(digest);
        }
        Ok(())
    }

    /// Writes the sum, at the end of all changes.
    pub(super) fn finish(self) -> rusqlite::Result<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO daemon_seal (\"table\", sum) VALUES (?1, ?2)
                 ON CONFLICT (\"table\") DO UPDATE SET sum = excluded.sum",
            )?
            .execute(params![self.table.name(), self.sum.octets()])
            .map(drop)
    }

    fn digest(&self, number: i64) -> rusqlite::Result<Option<crate::model::Digest>> {
        self.connection
            .prepare_cached(&self.table.select("WHERE number = ?1"))?
            .query_row([number], digest_of_row)
            .optional()
    }
}

fn kept_sum(of: &Connection, table: Table) -> rusqlite::Result<Sum> {
    let kept: Option<[u8; 32]> = of
        .prepare_cached("SELECT sum FROM daemon_seal WHERE \"table\" = ?1")?
        .query_row([table.name()], |row| row.get(0))
        .optional()?;
    Ok(kept.map(|octets| Sum::of_octets(&octets)).unwrap_or_default())
}

impl Store {
    /// Compares the rows of the daemon's tables with their digests.
    ///
    /// # Errors
    /// When any row is missing or changed, or the store can't be read.
    pub fn daemon_state_is_whole(&self) -> Result<(), StoreError> {
        let damaged = self.read(|of| {
            for table in Table::ALL {
                let mut sum = Sum::default();
                let mut query = of.prepare(&table.select("NOT INDEXED"))?;
                let mut rows = query.query([])?;
                while let Some(row) = rows.next()? {
                    sum.add(digest_of_row(row)?);
                }
                if sum != kept_sum(of, table)? {
                    return Ok(Some(table));
                }
            }
            Ok(None)
        })?;
        match damaged {
            None => Ok(()),
            Some(table) => Err(StoreError::damaged(
                self.path(),
                format!("rows of `{}` are missing or changed", table.name()),
            )),
        }
    }
}
