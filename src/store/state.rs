//! Whether a scan is writing to a store, and what became of the last one that did.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::commit_note::CommitNote;
use super::error::StoreError;
use super::lock::{Lock, beside};
use super::log::is_full;

/// The row about the whole store.
struct State {
    /// The first half of the store's name.
    store: u64,
    /// The run that a scan writes, or wrote when it was killed.
    writing: Option<i64>,
}

/// Whether a store has a log with anything in it. Asked before SQLite opens the store, which may
/// take it in.
pub(super) fn has_log(path: &Path) -> bool {
    beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0)
}

/// Notes that a scan writes this run. Call it in the transaction that begins it.
pub(super) fn begin_writing(of: &Connection, run: i64) -> rusqlite::Result<()> {
    of.execute("UPDATE state SET writing = ?1", [run])?;
    of.execute("UPDATE seal SET commits = commits + 1, loss = NULL WHERE run = ?1", [run]).map(drop)
}

/// Notes that no scan writes any more. Call it in the transaction that ends the last one.
pub(super) fn end_writing(of: &Connection) -> rusqlite::Result<()> {
    of.execute("UPDATE state SET writing = NULL", []).map(drop)
}

/// The note that fits what a scan has committed of a run.
pub(super) fn note_of(of: &Connection, run: i64) -> rusqlite::Result<CommitNote> {
    let store = read(of)?.store;
    let commits: i64 =
        of.query_row("SELECT commits FROM seal WHERE run = ?1", [run], |row| row.get(0))?;
    Ok(CommitNote { store, run, commits: commits.try_into().unwrap_or_default() })
}

/// After a scan that was killed: looks whether all that it committed is there, and notes where it is not,
/// until the run is resumed. `had_log` is what [`has_log`] said before. Returns what is gone where it can't
/// be noted, because the disk is full.
pub(super) fn settle(
    of: &mut Connection,
    path: &Path,
    had_log: bool,
) -> Result<Option<(i64, String)>, StoreError> {
    let in_path = |error| StoreError::from_sqlite(path, error);
    if !is_writing(of).map_err(in_path)? {
        return Ok(None);
    }
    // Where it can't be taken, a scan is writing.
    let Ok(lock) = Lock::take(path) else { return Ok(None) };
    match settle_under(of, path, had_log, &lock) {
        Err(error) if is_full(&error) => loss(of, path, had_log).map_err(in_path),
        settled => settled.map(|()| None).map_err(in_path),
    }
}

/// Whether a scan is writing, or was when it was killed. A store without the row that says so is damaged,
/// which is told where its runs are listed.
fn is_writing(of: &Connection) -> rusqlite::Result<bool> {
    let state = read(of).optional()?;
    Ok(state.is_some_and(|state| state.writing.is_some()))
}

/// As [`settle`], with the lock.
pub(super) fn settle_under(
    of: &mut Connection,
    path: &Path,
    had_log: bool,
    lock: &Lock,
) -> rusqlite::Result<()> {
    if !is_writing(of)? {
        lock.clear_note();
        return Ok(());
    }
    let transaction = of.transaction()?;
    if let Some((run, loss)) = loss(&transaction, path, had_log)? {
        tracing::warn!(?path, run, loss, "the store has lost something");
        note_loss(&transaction, run, &loss)?;
    }
    end_writing(&transaction)?;
    transaction.commit()?;
    lock.clear_note();
    Ok(())
}

/// Notes what of a run is gone.
pub(super) fn note_loss(of: &Connection, run: i64, loss: &str) -> rusqlite::Result<()> {
    of.execute("UPDATE seal SET loss = ?2 WHERE run = ?1", params![run, loss]).map(drop)
}

/// The run that a killed scan was writing, and what of it is gone; `None` when nothing is.
pub(super) fn loss(
    of: &Connection,
    path: &Path,
    had_log: bool,
) -> rusqlite::Result<Option<(i64, String)>> {
    let Some(State { store, writing: Some(run) }) = read(of).optional()? else { return Ok(None) };
    let commits: i64 = of
        .query_row("SELECT commits FROM seal WHERE run = ?1", [run], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let note = CommitNote::read(path).filter(|note| (note.store, note.run) == (store, run));
    let loss = match note {
        Some(note) => {
            let gone = note.commits.saturating_sub(commits.try_into().unwrap_or(0));
            (gone > 0).then(|| {
                format!(
                    "the log of the store (`…-wal`) was lost or damaged, and {gone} of {} transactions \
                     with it",
                    note.commits
                )
            })
        }
        None => (!had_log).then(|| {
            "the store was copied without its log (`…-wal`) while the run was being written; `runs \
             backup` copies a store under a scan"
                .to_owned()
        }),
    };
    Ok(loss.map(|loss| (run, loss)))
}

fn read(of: &Connection) -> rusqlite::Result<State> {
    of.query_row("SELECT store, writing FROM state", [], |row| {
        let store: [u8; 16] = row.get(0)?;
        let store = store[..8].iter().fold(0, |name, octet| name << 8 | u64::from(*octet));
        Ok(State { store, writing: row.get(1)? })
    })
}
