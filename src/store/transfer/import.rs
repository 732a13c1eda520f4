//! Takes a run from a file.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::format::{Head, Line, LineReader, RUN_SCHEMA, TransferError};
use crate::model::{Digest, Observation, RunId};
use crate::store::compression::{compress_blob, compress_document};
use crate::store::database::Store;
use crate::store::error::StoreError;
use crate::store::lock::Lock;
use crate::store::run::{StoredRun, insert_run};

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The run is in the store now.
    Taken(RunId),
    /// The same run was there already.
    Known(RunId),
}

impl Store {
    /// Takes a run from a file that [`Store::export`] wrote: all of it or nothing.
    ///
    /// # Errors
    /// When the file is not such a run, is damaged or newer, when another run has the same id, or
    /// when a scan is writing to the store.
    pub fn import(&mut self, file: impl Read) -> Result<Imported, TransferError> {
        let _lock = Lock::take(&self.path)?;
        let path = self.path.clone();
        let mut lines = LineReader::new(file)?;
        let Some(Line::Run(head)) = lines.next()? else {
            return Err(lines.damaged("this is no exported run"));
        };
        if head.schema != RUN_SCHEMA {
            return Err(TransferError::Newer { found: head.schema });
        }
        let id = head.run.id.clone();
        if let Some(known) = self.run_of_this_id(&id)? {
            // Only a file whose end fits can be called the same.
            while lines.next()?.is_some() {}
            let same = known.run == head.run && known.inputs == head.inputs;
            return if same {
                Ok(Imported::Known(id))
            } else {
                Err(TransferError::Taken { run: id })
            };
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| StoreError::from_sqlite(&path, error))?;
        write_run(&transaction, &path, &head, &mut lines)?;
        transaction.commit().map_err(|error| StoreError::from_sqlite(&path, error))?;
        tracing::info!(run = %id, "imported a run");
        Ok(Imported::Taken(id))
    }

    fn run_of_this_id(&self, id: &RunId) -> Result<Option<StoredRun>, StoreError> {
        let found: Option<bool> = self
            .connection
            .query_row("SELECT 1 FROM run WHERE id = ?1", [&id.0], |row| row.get(0))
            .optional()
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        found.map(|_| self.run(id)).transpose()
    }
}

/// The documents of the observations in a file that [`Store::export`] wrote.
///
/// # Errors
/// When the file is not such a run, or is damaged.
#[cfg(feature = "train-dictionary")]
pub fn documents_of_export(file: impl Read) -> Result<Vec<Vec<u8>>, TransferError> {
    let mut lines = LineReader::new(file)?;
    let mut documents = Vec::new();
    while let Some(line) = lines.next()? {
        if let Line::Observation(document) = line {
            documents.push(document.into_bytes());
        }
    }
    Ok(documents)
}

/// Writes the run of a file, line by line.
fn write_run(
    to: &Transaction<'_>,
    path: &Path,
    head: &Head,
    lines: &mut LineReader<impl BufRead>,
) -> Result<(), TransferError> {
    let in_path = |error| TransferError::Store(StoreError::from_sqlite(path, error));
    insert_run(to, &head.run, &head.inputs, head.counts.as_ref()).map_err(in_path)?;
    let run = to.last_insert_rowid();
    let mut blobs: HashSet<Digest> = HashSet::new();
    let mut observations: HashMap<Digest, i64> = HashMap::new();
    while let Some(line) = lines.next()? {
        match line {
            Line::Blob(text) => {
                let octets =
                    STANDARD.decode(text).map_err(|_| lines.damaged("a blob is not base64"))?;
                let digest = Digest::of(&octets);
                to.prepare_cached("INSERT OR IGNORE INTO blob (digest, octets) VALUES (?1, ?2)")
                    .and_then(|mut insert| {
                        insert.execute(params![&digest.0[..], compress_blob(&octets)?])
                    })
                    .map_err(in_path)?;
                blobs.insert(digest);
            }
            Line::Observation(document) => {
                let observation = Observation::from_document(document.as_bytes())
                    .map_err(|error| lines.damaged(format!("no observation: {error}")))?;
                let missing = observation
                    .blobs()
                    .into_iter()
                    .find(|blob| blob.is_external() && !blobs.contains(&blob.digest()));
                if let Some(blob) = missing {
                    return Err(lines.damaged(format!("{} is missing", blob.digest())));
                }
                let digest = Digest::of(document.as_bytes());
                let number = observation_row(to, digest, document.as_bytes()).map_err(in_path)?;
                observations.insert(digest, number);
            }
            Line::Answer(answer) => {
                let Some(number) = observations.get(&answer.observation) else {
                    return Err(lines.damaged(format!("{} is missing", answer.observation)));
                };
                to.prepare_cached(
                    "INSERT INTO answer (run, request, observation) VALUES (?1, ?2, ?3)",
                )
                .and_then(|mut insert| insert.execute(params![run, answer.request, number]))
                .map_err(in_path)?;
                let row = to.last_insert_rowid();
                for asker in &answer.askers {
                    to.prepare_cached("INSERT INTO use (run, asker, answer) VALUES (?1, ?2, ?3)")
                        .and_then(|mut insert| insert.execute(params![run, asker, row]))
                        .map_err(in_path)?;
                }
            }
            Line::Run(_) | Line::End(_) => return Err(lines.damaged("a line out of its place")),
        }
    }
    Ok(())
}

/// The row of an observation, which is added when it is missing.
fn observation_row(to: &Transaction<'_>, digest: Digest, document: &[u8]) -> rusqlite::Result<i64> {
    let known = to
        .prepare_cached("SELECT number FROM observation WHERE digest = ?1")?
        .query_row([&digest.0[..]], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    to.prepare_cached("INSERT INTO observation (digest, document) VALUES (?1, ?2)")?
        .execute(params![&digest.0[..], compress_document(document)?])?;
    Ok(to.last_insert_rowid())
}
