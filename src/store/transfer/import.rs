//! Takes a run from a file.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::format::{AnswerLine, Head, Line, LineReader, RUN_SCHEMA, TransferError};
use super::provenance::{Provenance, Signer};
use super::signature::TrustedKeys;
use crate::model::{Digest, Observation, Reply, RunId};
use crate::store::compression::{OCTETS_MAX, compress_blob, compress_document, decompress};
use crate::store::database::Store;
use crate::store::error::StoreError;
use crate::store::log;
use crate::store::run::{StoredRun, insert_run, to_json};
use crate::store::seal::{self, Sum};

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The run.
    pub run: RunId,
    /// Whether it was there already.
    pub was_known: bool,
    /// The file, and who vouches for it.
    pub provenance: Provenance,
}

impl Store {
    /// Takes a run from a file that [`Store::export`] wrote: all of it or nothing. Where there are
    /// trusted keys, one of them must have signed it.
    ///
    /// # Errors
    /// When the file is not such a run, is damaged or newer, or is not signed by a trusted key; when
    /// an observation in it doesn't answer its request, when another run has the same id, or when a
    /// scan is writing to the store.
    pub fn import(
        &mut self,
        file: impl Read,
        trusted: Option<&TrustedKeys>,
    ) -> Result<Imported, TransferError> {
        let _lock = self.lock()?;
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
            let provenance = provenance(&lines, trusted)?;
            let is_same =
                known.run == head.run && known.inputs.for_others() == head.inputs.for_others();
            return match is_same {
                true => Ok(Imported { run: id, was_known: true, provenance }),
                false => Err(TransferError::Taken { run: id }),
            };
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| StoreError::from_sqlite(&path, error))?;
        let run = write_run(&transaction, &path, &head, &mut lines)?;
        let provenance = provenance(&lines, trusted)?;
        note_provenance(&transaction, run, &provenance)
            .map_err(|error| StoreError::from_sqlite(&path, error))?;
        transaction.commit().map_err(|error| StoreError::from_sqlite(&path, error))?;
        log::empty(&self.connection);
        tracing::info!(run = %id, "imported a run");
        Ok(Imported { run: id, was_known: false, provenance })
    }

    fn run_of_this_id(&self, id: &RunId) -> Result<Option<StoredRun>, StoreError> {
        let found: Option<bool> = self
            .connection
            .query_row("SELECT 1 FROM run WHERE id = ?1", [id.as_str()], |row| row.get(0))
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

/// Where a run comes from whose file has been read to its end.
fn provenance(
    lines: &LineReader<impl Read>,
    trusted: Option<&TrustedKeys>,
) -> Result<Provenance, TransferError> {
    let signer = match (lines.signer(), trusted) {
        (Some(key), Some(trusted)) => {
            let name = trusted.name_of(&key).ok_or(TransferError::Untrusted { key })?;
            Some(Signer { key, name: Some(name.to_owned()) })
        }
        (Some(key), None) => Some(Signer { key, name: None }),
        (None, Some(_)) => return Err(TransferError::Unsigned),
        (None, None) => None,
    };
    Ok(Provenance { file: lines.file_digest(), signer })
}

/// Writes the run of a file, line by line; its row.
fn write_run(
    to: &Transaction<'_>,
    path: &Path,
    head: &Head,
    lines: &mut LineReader<impl Read>,
) -> Result<i64, TransferError> {
    let in_path = |error| TransferError::Store(StoreError::from_sqlite(path, error));
    let run = insert_run(to, &head.run, &head.inputs, head.counts.as_ref()).map_err(in_path)?;
    let mut sum = Sum::default();
    let mut blobs: HashSet<Digest> = HashSet::new();
    let mut observations: HashMap<Digest, Known> = HashMap::new();
    let mut answered: HashSet<String> = HashSet::new();
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
                let mut observation = Observation::from_document(document.as_bytes())
                    .map_err(|error| lines.damaged(format!("no observation: {error}")))?;
                let missing = observation
                    .blobs()
                    .into_iter()
                    .find(|blob| blob.is_external() && !blobs.contains(&blob.digest()));
                if let Some(blob) = missing {
                    return Err(lines.damaged(format!("{} is missing", blob.digest())));
                }
                // Only of a DNS message are the octets looked at.
                if matches!(observation.reply, Reply::Dns(_)) {
                    let attached = observation.attach(|digest| blob_octets(to, digest));
                    attached.map_err(|digest| lines.damaged(format!("{digest} is missing")))?;
                }
                if let Some(what) = observation.mismatch() {
                    return Err(lines.damaged(format!("`{}`: {what}", observation.request)));
                }
                let digest = Digest::of(document.as_bytes());
                let number = observation_row(to, digest, document.as_bytes()).map_err(in_path)?;
                let key = observation.request.key();
                observations.insert(digest, Known { number, key });
            }
            Line::Answer(answer) => {
                let number = checked_answer(&answer, &observations, &mut answered)
                    .map_err(|what| lines.damaged(what))?;
                to.prepare_cached(
                    "INSERT INTO answer (run, request, observation) VALUES (?1, ?2, ?3)",
                )
                .and_then(|mut insert| insert.execute(params![run, answer.request, number]))
                .map_err(in_path)?;
                let row = to.last_insert_rowid();
                sum.add(seal::of_answer(row, &answer.request, answer.observation));
                for asker in &answer.askers {
                    sum.add(seal::of_use(asker, row));
                    to.prepare_cached("INSERT INTO use (run, asker, answer) VALUES (?1, ?2, ?3)")
                        .and_then(|mut insert| insert.execute(params![run, asker, row]))
                        .map_err(in_path)?;
                }
            }
            Line::Run(_) | Line::End(_) => return Err(lines.damaged("a line out of its place")),
        }
    }
    seal::seal_answers(to, run, sum).map_err(in_path)?;
    Ok(run)
}

/// An observation of the file: its row, and the key of the request that it answers.
struct Known {
    number: i64,
    key: String,
}

/// The row of the observation that answers a request; what is wrong with the line, where it is.
fn checked_answer(
    answer: &AnswerLine,
    observations: &HashMap<Digest, Known>,
    answered: &mut HashSet<String>,
) -> Result<i64, String> {
    let Some(known) = observations.get(&answer.observation) else {
        return Err(format!("{} is missing", answer.observation));
    };
    if known.key != answer.request {
        return Err(format!("`{}` is answered by `{}`", answer.request, known.key));
    }
    if !answered.insert(answer.request.clone()) {
        return Err(format!("`{}` is answered twice", answer.request));
    }
    let askers: HashSet<&str> = answer.askers.iter().map(|asker| &**asker).collect();
    if askers.len() < answer.askers.len() {
        return Err(format!("an asker of `{}` is named twice", answer.request));
    }
    match askers.into_iter().find(|asker| !is_asker(asker)) {
        Some(asker) => Err(format!("`{asker}` is no service")),
        None => Ok(known.number),
    }
}

/// Whether it is the text of an [`Asker`](crate::store::Asker): `ORG/SERVICE`, or nothing for the tests
/// of the vantage point.
fn is_asker(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_control);
    text.is_empty()
        || text.split_once('/').is_some_and(|(organisation, service)| {
            is_part(organisation) && is_part(service) && !service.contains('/')
        })
}

fn note_provenance(
    to: &Transaction<'_>,
    run: i64,
    provenance: &Provenance,
) -> rusqlite::Result<()> {
    to.execute(
        "UPDATE run SET imported = ?2 WHERE number = ?1",
        params![run, to_json(provenance)],
    )?;
    seal::seal_row(to, run)
}

/// The octets of a blob that was written before.
fn blob_octets(of: &Transaction<'_>, digest: Digest) -> Option<Arc<[u8]>> {
    let compressed: Vec<u8> = of
        .prepare_cached("SELECT octets FROM blob WHERE digest = ?1")
        .and_then(|mut query| query.query_row([&digest.0[..]], |row| row.get(0)))
        .ok()?;
    decompress(&compressed, OCTETS_MAX).map(Arc::from)
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
