//! Log-in sessions of the daemon, so that a restart logs nobody out.
//!
//! The table, in the migration to format 6:
//! ```sql
//! CREATE TABLE session (
//!     key      BLOB NOT NULL PRIMARY KEY, -- the SHA-256 of the session's secret: a copy of the store logs nobody in
//!     until    INTEGER NOT NULL,          -- when it ends at the latest, in seconds since 1970
//!     document TEXT NOT NULL              -- whose it is, as JSON
//! ) WITHOUT ROWID;
//! ```

use rusqlite::{TransactionBehavior, params};

use crate::model::Digest;
use crate::store::database::Store;
use crate::store::error::StoreError;

/// A session as it is kept. What the document says is the business of who keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSession {
    /// The SHA-256 of the secret that the browser has.
    pub key: Digest,
    /// When it ends at the latest, in seconds since 1970.
    pub until: i64,
    /// Whose it is, as JSON.
    pub document: String,
}

impl Store {
    /// All sessions that are kept.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn sessions(&self) -> Result<Vec<SavedSession>, StoreError> {
        let read = || {
            self.connection
                .prepare_cached("SELECT key, until, document FROM session")?
                .query_map([], |row| {
                    let (key, until, document) = (Digest(row.get(0)?), row.get(1)?, row.get(2)?);
                    Ok(SavedSession { key, until, document })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| StoreError::from_sqlite(&self.path, error))
    }

    /// Keeps these sessions, each in place of an earlier one of its key, and forgets those. All of it
    /// or nothing.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn save_sessions(
        &mut self,
        kept: &[SavedSession],
        ended: &[Digest],
    ) -> Result<(), StoreError> {
        let mut write = || {
            let change =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            {
                let mut forget = change.prepare_cached("DELETE FROM session WHERE key = ?1")?;
                for key in ended {
                    forget.execute([key.0])?;
                }
                let mut keep = change.prepare_cached(
                    "INSERT INTO session (key, until, document) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (key) DO UPDATE SET until = ?2, document = ?3",
                )?;
                for session in kept {
                    keep.execute(params![session.key.0, session.until, session.document])?;
                }
            }
            change.commit()
        };
        write().map_err(|error| StoreError::from_sqlite(&self.path, error))
    }
}
