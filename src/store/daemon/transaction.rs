//! One short transaction, and columns that are times.

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};

use crate::store::database::Store;
use crate::store::error::StoreError;

impl Store {
    /// Does something in one transaction that may write, which waits its turn.
    pub(super) fn write<T>(
        &self,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let in_transaction = || {
            let transaction =
                Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
            let written = write(&transaction)?;
            transaction.commit()?;
            Ok(written)
        };
        in_transaction().map_err(|error| StoreError::from_sqlite(&self.path, error))
    }

    /// Reads something in one transaction.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let in_transaction = || {
            let transaction = self.connection.unchecked_transaction()?;
            read(&transaction)
        };
        in_transaction().map_err(|error| StoreError::from_sqlite(&self.path, error))
    }
}

/// A column that is a time.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(time_of)
}

/// A column that is a time or nothing.
pub(super) fn time_if_any(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|time| time.map(time_of))
}

/// What damage has made of a time is no reason to read nothing.
fn time_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}
