//! Times at which services are worked on, so that nobody is told of what is known.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::sealed::{Change, Table};
use super::transaction::time;
use crate::store::database::Store;
use crate::store::error::StoreError;
use crate::store::run::to_json;

/// A time at which services are worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Its row; 0 for one that is not kept yet.
    pub number: i64,
    /// From when on.
    pub begins_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
    /// Patterns that choose the services; empty = all.
    pub only: Vec<String>,
    /// What is done.
    pub note: String,
    /// Who announced it.
    pub by: String,
}

impl Store {
    /// The windows that end after a moment, the earliest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn maintenance(&self, after: Timestamp) -> Result<Vec<MaintenanceWindow>, StoreError> {
        self.read(|of| {
            of.prepare_cached(
                "SELECT number, begins_at, ends_at, only, note, by FROM maintenance
                 WHERE ends_at > ?1 ORDER BY begins_at, number",
            )?
            .query_map([after.as_microsecond()], |row| {
                let only: String = row.get(3)?;
                Ok(MaintenanceWindow {
                    number: row.get(0)?,
                    begins_at: time(row, 1)?,
                    ends_at: time(row, 2)?,
                    only: serde_json::from_str(&only).unwrap_or_default(),
                    note: row.get(4)?,
                    by: row.get(5)?,
                })
            })?
            .collect()
        })
    }

    /// Keeps a new window, and returns its row.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn add_maintenance(&self, window: &MaintenanceWindow) -> Result<i64, StoreError> {
        let times = [window.begins_at, window.ends_at].map(Timestamp::as_microsecond);
        self.write(|to| {
            let mut change = Change::of(to, Table::Maintenance)?;
            to.execute(
                "INSERT INTO maintenance (begins_at, ends_at, only, note, by)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![times[0], times[1], to_json(&window.only), window.note, window.by],
            )?;
            let number = to.last_insert_rowid();
            change.added(number)?;
            change.finish()?;
            Ok(number)
        })
    }

    /// Ends a window now, or takes it back where it has not begun; `false` when there is none.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn end_maintenance(&self, number: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|to| {
            let begins_at: Option<i64> = to
                .query_row("SELECT begins_at FROM maintenance WHERE number = ?1", [number], |row| {
                    row.get(0)
                })
                .optional()?;
            let Some(begins_at) = begins_at else { return Ok(false) };
            let mut change = Change::of(to, Table::Maintenance)?;
            change.leaves(number)?;
            if begins_at >= now.as_microsecond() {
                to.execute("DELETE FROM maintenance WHERE number = ?1", [number])?;
            } else {
                to.execute(
                    "UPDATE maintenance SET ends_at = min(ends_at, ?2) WHERE number = ?1",
                    params![number, now.as_microsecond()],
                )?;
                change.added(number)?;
            }
            change.finish()?;
            Ok(true)
        })
    }
}
