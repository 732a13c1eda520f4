//! Which times of a schedule were acted on, and which scans were asked for.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::sealed::{Change, Table};
use super::transaction::{time, time_if_any};
use crate::model::RunId;
use crate::store::database::Store;
use crate::store::error::StoreError;

/// What became of a schedule's last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleMark {
    /// The time that was acted on: by a run, or because it was missed and made up.
    pub due_at: Timestamp,
    /// When that began.
    pub began_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The run, where there was one.
    pub run: Option<String>,
    /// Why it failed.
    pub problem: Option<String>,
}

/// A scan that was asked for, and has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedScan {
    /// The id that its run has, or will have.
    pub run: RunId,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// What was asked for, as JSON.
    pub document: String,
}

impl Store {
    /// What became of the last time of a schedule.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn schedule_mark(&self, name: &str) -> Result<Option<ScheduleMark>, StoreError> {
        self.read(|of| {
            of.prepare_cached(
                "SELECT due_at, began_at, ended_at, run, problem FROM schedule_mark WHERE name = ?1",
            )?
            .query_row([name], schedule_mark)
            .optional()
        })
    }

    /// Notes what became of a time of a schedule.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn mark_schedule(&self, name: &str, mark: &ScheduleMark) -> Result<(), StoreError> {
        let ScheduleMark { due_at, began_at, ended_at, run, problem } = mark;
        let microseconds = |time: &Option<Timestamp>| time.map(Timestamp::as_microsecond);
        self.write(|to| {
            let mut change = Change::of(to, Table::ScheduleMark)?;
            let known: Option<i64> = to
                .query_row("SELECT number FROM schedule_mark WHERE name = ?1", [name], |row| {
                    row.get(0)
                })
                .optional()?;
            if let Some(number) = known {
                change.leaves(number)?;
            }
            let number = to.query_row(
                "INSERT INTO schedule_mark (name, due_at, began_at, ended_at, run, problem)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at,
                     began_at = excluded.began_at, ended_at = excluded.ended_at,
                     run = excluded.run, problem = excluded.problem
                 RETURNING number",
                params![
                    name,
                    due_at.as_microsecond(),
                    microseconds(began_at),
                    microseconds(ended_at),
                    run,
                    problem
                ],
                |row| row.get(0),
            )?;
            change.added(number)?;
            change.finish()
        })
    }

    /// Scans that were asked for and have not ended, the oldest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn requested_scans(&self) -> Result<Vec<RequestedScan>, StoreError> {
        let found: Vec<(String, Timestamp, String)> = self.read(|of| {
            of.prepare_cached("SELECT run, asked_at, document FROM requested_scan ORDER BY number")?
                .query_map([], |row| Ok((row.get(0)?, time(row, 1)?, row.get(2)?)))?
                .collect()
        })?;
        found
            .into_iter()
            .map(|(run, asked_at, document)| match RunId::parse(&run) {
                Ok(run) => Ok(RequestedScan { run, asked_at, document }),
                Err(error) => Err(StoreError::damaged(self.path(), error.to_string())),
            })
            .collect()
    }

    /// Keeps that a scan was asked for.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn request_scan(&self, scan: &RequestedScan) -> Result<(), StoreError> {
        self.write(|to| {
            let mut change = Change::of(to, Table::RequestedScan)?;
            to.execute(
                "INSERT INTO requested_scan (run, asked_at, document) VALUES (?1, ?2, ?3)",
                params![scan.run.as_str(), scan.asked_at.as_microsecond(), scan.document],
            )?;
            change.added(to.last_insert_rowid())?;
            change.finish()
        })
    }

    /// Forgets a scan that has ended, or is not to be made; `false` when there is none.
    ///
    /// # Errors
    /// When the store can't be written.
    pub fn end_requested_scan(&self, run: &RunId) -> Result<bool, StoreError> {
        self.write(|to| {
            let known: Option<i64> = to
                .query_row(
                    "SELECT number FROM requested_scan WHERE run = ?1",
                    [run.as_str()],
                    |row| row.get(0),
                )
                .optional()?;
            let Some(number) = known else { return Ok(false) };
            let mut change = Change::of(to, Table::RequestedScan)?;
            change.leaves(number)?;
            to.execute("DELETE FROM requested_scan WHERE number = ?1", [number])?;
            change.finish()?;
            Ok(true)
        })
    }
}

fn schedule_mark(row: &Row<'_>) -> rusqlite::Result<ScheduleMark> {
    Ok(ScheduleMark {
        due_at: time(row, 0)?,
        began_at: time_if_any(row, 1)?,
        ended_at: time_if_any(row, 2)?,
        run: row.get(3)?,
        problem: row.get(4)?,
    })
}
