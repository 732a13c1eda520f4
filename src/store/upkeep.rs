//! Keeping a store: its integrity, copies of it, and runs that are no longer needed.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::compression::{self, decompress};
use super::database::Store;
use super::error::StoreError;
use super::seal;
use super::state;
use crate::model::{Digest, Observation, RunId};

/// What a store was found to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Runs.
    pub runs: u64,
    /// Observations, each counted once.
    pub observations: u64,
    /// Long byte strings, each counted once.
    pub blobs: u64,
}

impl Store {
    /// Reads everything and compares it with its digests, and lets SQLite check the file.
    ///
    /// # Errors
    /// The first thing that is damaged.
    pub fn verify(&self) -> Result<Contents, StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let answer: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(in_path)?;
        if answer != "ok" {
            return Err(StoreError::damaged(&self.path, answer));
        }
        let dangling: Option<String> = {
            let mut query = self.connection.prepare("PRAGMA foreign_key_check").map_err(in_path)?;
            let mut rows = query.query([]).map_err(in_path)?;
            let row = rows.next().map_err(in_path)?;
            row.map(|row| row.get(0)).transpose().map_err(in_path)?
        };
        if let Some(table) = dangling {
            return Err(StoreError::damaged(
                &self.path,
                format!("a row of `{table}` names another that is not there"),
            ));
        }
        self.daemon_state_is_whole()?;
        let mut contents = Contents::default();
        // Each is compared with its seal as it is opened.
        for run in self.runs()? {
            self.run(&run.id)?;
            contents.runs += 1;
        }
        self.each_digest("SELECT digest FROM observation", |digest| {
            self.observation(crate::model::ObservationId(digest))?;
            contents.observations += 1;
            Ok(())
        })?;
        self.each_digest("SELECT digest FROM blob", |digest| {
            self.blob(digest)?;
            contents.blobs += 1;
            Ok(())
        })?;
        Ok(contents)
    }

    fn each_digest(
        &self,
        sql: &str,
        mut visit: impl FnMut(Digest) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let in_path = |error| StoreError::from_sqlite(&self.path, error);
        let mut query = self.connection.prepare(sql).map_err(in_path)?;
        let rows = query.query_map([], |row| row.get(0).map(Digest)).map_err(in_path)?;
        for row in rows {
            visit(row.map_err(in_path)?)?;
        }
        Ok(())
    }

    /// Writes a copy of the whole store, as it is at this instant, to a file that is not there yet.
    /// Scans may go on meanwhile.
    ///
    /// # Errors
    /// When the file is there or can't be written, or the store can't be read.
    pub fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::Other {
            path: file.to_owned(),
            detail: "SQLite wants a name in UTF-8".to_owned(),
        })?;
        let copy = || {
            self.connection.execute("VACUUM INTO ?1", [name])?;
            // The copy is whole, and nothing is being written to it; it needs no file beside it.
            let copy = Connection::open(file)?;
            copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
            if let Some((run, loss)) = self.all_unnoted_loss() {
                state::note_loss(&copy, *run, loss)?;
            }
            // Whoever logged out since the copy was made stays so after it is restored.
            copy.execute_batch("DELETE FROM session")?;
            state::end_writing(&copy)
        };
        copy().map_err(|error| match StoreError::from_sqlite(file, error) {
            StoreError::Full { path } => StoreError::NoRoom { path },
            error => error,
        })?;
        let synced = fs::File::open(file).and_then(|copy| copy.sync_all());
        synced.map_err(|error| StoreError::Other {
            path: file.to_owned(),
            detail: format!("the copy can't be brought to the disk: {error}"),
        })
    }

    /// Removes runs and what only they rest on, and gives the room back to the file system. All of
    /// it or nothing.
    ///
    /// # Errors
    /// When a scan is writing to the store, or it can't be read or written.
    pub fn prune(&mut self, runs: &[RunId]) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let path = self.path.clone();
        let in_path = |error| StoreError::from_sqlite(&path, error);
        // No other row names one that goes, so the look-ups would find nothing.
        self.connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(in_path)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(in_path)?;
        let removed = remove(&transaction, runs).and_then(|()| unused_blobs(&transaction));
        let unused = removed.map_err(in_path)?;
        for digest in unused {
            transaction
                .prepare_cached("DELETE FROM blob WHERE digest = ?1")
                .and_then(|mut delete| delete.execute([&digest.0[..]]))
                .map_err(in_path)?;
        }
        transaction.commit().map_err(in_path)?;
        self.connection
            .execute_batch("PRAGMA foreign_keys = ON; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            .map_err(in_path)
    }
}

fn remove(from: &Transaction<'_>, runs: &[RunId]) -> rusqlite::Result<()> {
    for run in runs {
        let number: Option<i64> = from
            .query_row("SELECT number FROM run WHERE id = ?1", [run.as_str()], |row| row.get(0))
            .optional()?;
        if let Some(number) = number {
            seal::unlist_run(from, number, run.as_str())?;
        }
        for sql in [
            "DELETE FROM use WHERE run = (SELECT number FROM run WHERE id = ?1)",
            "DELETE FROM answer WHERE run = (SELECT number FROM run WHERE id = ?1)",
            "DELETE FROM run WHERE id = ?1",
        ] {
            from.execute(sql, params![run.as_str()])?;
        }
    }
    from.execute("DELETE FROM observation WHERE number NOT IN (SELECT observation FROM answer)", [])
        .map(drop)
}

/// Blobs that no observation holds any more.
fn unused_blobs(of: &Transaction<'_>) -> rusqlite::Result<HashSet<Digest>> {
    let mut query = of.prepare("SELECT digest FROM blob")?;
    let mut unused: HashSet<Digest> =
        query.query_map([], |row| row.get(0).map(Digest))?.collect::<Result<_, _>>()?;
    let mut query = of.prepare("SELECT document FROM observation")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let compressed: Vec<u8> = row.get(0)?;
        let damaged = |detail: String| rusqlite::Error::ToSqlConversionFailure(detail.into());
        let document = decompress(&compressed, compression::OCTETS_MAX);
        let document = document.ok_or_else(|| damaged("an observation is damaged".to_owned()))?;
        let observation = Observation::from_document(&document)
            .map_err(|error| damaged(format!("an observation is damaged: {error}")))?;
        for blob in observation.blobs() {
            unused.remove(&blob.digest());
        }
    }
    Ok(unused)
}
