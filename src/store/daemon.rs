//! What the daemon keeps in the store beside the runs: sessions, alerts and what was said of them, messages
//! that wait to be sent, marks of the schedule.
//!
//! Every function is one short transaction and needs no lock of a scan: a scan's writer and the daemon
//! take turns, and readers wait for neither. What must not be lost unnoticed (all but
//! sessions) has a digest over its rows, which [`Store::daemon_state_is_whole`] and
//! [`Store::verify`] compare.
//!
//! [`Store::daemon_state_is_whole`]: super::Store::daemon_state_is_whole
//! [`Store::verify`]: super::Store::verify

mod alerts;
mod maintenance;
mod outbox;
mod schedule;
mod sealed;
mod session;
mod unsubscription;

pub use alerts::{Acknowledgement, AlertDecision, AlertFilter, StoredAlert};
pub use maintenance::MaintenanceWindow;
pub use outbox::{MessageState, NewMessage, StoredMessage};
pub use schedule::{RequestedScan, ScheduleMark};
pub use session::SavedSession;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};

use super::database::Store;
use super::error::StoreError;

impl Store {
    /// Does something in one transaction that may write, which waits its turn.
    fn write<T>(
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
    fn read<T>(
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
fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(time_of)
}

/// A column that is a time or nothing.
fn time_if_any(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column).map(|time| time.map(time_of))
}

/// What damage has made of a time is no reason to read nothing.
fn time_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests;
