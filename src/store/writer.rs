//! Writes observations: one thread, small transactions.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rusqlite::{
    CachedStatement, Connection, OptionalExtension as _, Transaction, TransactionBehavior, params,
};

use super::asker::Asker;
use super::commit_note::{self, CommitNote};
use super::compression::{compress_blob, compress_document};
use super::error::StoreError;
use super::identity::{self, Identity};
use super::log::{self, Log};
use super::seal::{self, Sum};
use super::state;
use crate::model::{Observation, ObservationId};

/// Entries of one transaction at the most.
const BATCH_MAX: usize = 1024;

/// How long an observation waits for its transaction at the most, unless a flush is asked for.
const BATCH_DELAY: Duration = Duration::from_millis(200);

/// Answers whose rows the writer remembers: most that are shared are shared soon.
const REMEMBERED_MAX: usize = 8192;

/// Entries of one transaction where the disk is so full that the log has to stay small.
const BATCH_IN_NEED: usize = 32;

/// What the writer is sent.
pub(super) enum Entry {
    /// An observation, under the request that it answers.
    Observation {
        asker: Asker,
        id: ObservationId,
        /// The canonical document, which `id` is the digest of.
        document: Vec<u8>,
        key: Arc<str>,
        observation: Arc<Observation>,
    },
    /// A further asker rests on the answer to the request of this key.
    Share(Asker, Arc<str>),
    /// Wants to know when everything before is committed.
    Flush(SyncSender<()>),
}

/// The state of the writing thread.
pub(super) struct Writer {
    connection: Connection,
    run: i64,
    path: PathBuf,
    /// The file that is written to, which the name has to lead to.
    identity: Option<Identity>,
    failure: Arc<OnceLock<String>>,
    answers: Answers,
    sum: Sum,
    log: Log,
    note: CommitNote,
    note_file: Option<File>,
}

/// The rows of answers of this run, by the request's key: the newest, and no others.
#[derive(Default)]
struct Answers {
    rows: HashMap<Arc<str>, i64, foldhash::fast::RandomState>,
    order: VecDeque<Arc<str>>,
}

/// The prepared statements of a transaction.
struct Statements<'c> {
    transaction: &'c Connection,
    find_answer: CachedStatement<'c>,
    find_observation: CachedStatement<'c>,
    find_blob: CachedStatement<'c>,
    add_answer: CachedStatement<'c>,
    add_observation: CachedStatement<'c>,
    add_blob: CachedStatement<'c>,
    add_use: CachedStatement<'c>,
    drop_observation: CachedStatement<'c>,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        run: i64,
        path: PathBuf,
        failure: Arc<OnceLock<String>>,
    ) -> rusqlite::Result<Self> {
        let sum = seal::sealed_answers(&connection, run)?;
        let note = state::note_of(&connection, run)?;
        let note_file = commit_note::open(&path);
        let (log, answers) = (Log::of(&path), Answers::default());
        let identity = Identity::of(&path);
        let writer =
            Self { connection, run, path, identity, failure, answers, sum, log, note, note_file };
        writer.write_note();
        Ok(writer)
    }

    /// Writes until the last sender is gone, or until something can't be written.
    pub(super) fn write_all(&mut self, entries: &Receiver<Entry>) {
        while let Ok(first) = entries.recv() {
            let mut batch = vec![first];
            // Asleep meanwhile, so that those who send observations need not wake it for each.
            if !matches!(batch[0], Entry::Flush(_)) {
                std::thread::park_timeout(BATCH_DELAY);
            }
            batch.extend(entries.try_iter().take(BATCH_MAX - 1));
            let written = self.write_with_room(&batch);
            let written = written.map_err(|error| StoreError::from_sqlite(&self.path, error));
            if let Err(error) = self.in_place().and(written) {
                return self.stop(&error);
            }
            for entry in batch {
                if let Entry::Flush(done) = entry {
                    let _ = done.send(());
                }
            }
        }
        if let Err(error) = self.in_place() {
            self.stop(&error);
        }
    }

    fn stop(&self, error: &StoreError) {
        tracing::debug!(%error, "the writer stops");
        let _ = self.failure.set(error.to_string());
    }

    /// Whether what is written goes to the file of that name: SQLite goes on writing to one that was
    /// deleted, and all of it is lost with the process.
    fn in_place(&self) -> Result<(), StoreError> {
        match self.identity {
            Some(was) if !was.is_at(&self.path) => {
                Err(identity::rescued(&self.connection, &self.path, was))
            }
            _ => Ok(()),
        }
    }

    /// Writes a batch. Where the disk has little room it is written in small pieces, each of which leaves
    /// the log again before the next: a store that fits the disk needs hardly more than itself.
    fn write_with_room(&mut self, batch: &[Entry]) -> rusqlite::Result<()> {
        if !log::has_little_room(&self.path) {
            match self.write_batch(batch) {
                Err(error) if log::is_full(&error) => {}
                written => return written,
            }
        }
        tracing::debug!("the disk is nearly full; the log gives its room to the store");
        for piece in batch.chunks(BATCH_IN_NEED) {
            log::empty(&self.connection);
            self.write_batch(piece)?;
        }
        log::empty(&self.connection);
        Ok(())
    }

    fn write_note(&self) {
        if let Some(file) = &self.note_file {
            self.note.write(file);
        }
    }

    fn write_batch(&mut self, batch: &[Entry]) -> rusqlite::Result<()> {
        let started = Instant::now();
        let mut observations = 0_usize;
        let (run, answers, mut sum) = (self.run, &mut self.answers, self.sum);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut statements = Statements::prepare(&transaction)?;
        for entry in batch {
            let (asker, answer) = match entry {
                Entry::Observation { asker, id, document, key, observation } => {
                    let answer =
                        statements.answer(run, key, *id, document, observation, &mut sum)?;
                    answers.remember(key, answer);
                    observations += 1;
                    (asker, answer)
                }
                Entry::Share(asker, key) => match answers.rows.get(key) {
                    Some(answer) => (asker, *answer),
                    None => match statements.find_answer(run, key)? {
                        Some(answer) => (asker, answer),
                        None => continue,
                    },
                },
                Entry::Flush(_) => continue,
            };
            let asker = asker.column();
            if statements.add_use.execute(params![run, asker, answer])? == 1 {
                sum.add(seal::of_use(&asker, answer));
            }
        }
        drop(statements);
        seal::seal_answers(&transaction, run, sum)?;
        transaction.commit()?;
        self.sum = sum;
        self.note.commits += 1;
        self.write_note();
        self.log.keep_small(&self.connection);
        tracing::debug!(
            entries = batch.len(),
            observations,
            elapsed_us = started.elapsed().as_micros(),
            "committed a transaction"
        );
        Ok(())
    }
}

impl Answers {
    fn remember(&mut self, key: &Arc<str>, row: i64) {
        if self.rows.insert(Arc::clone(key), row).is_none() {
            self.order.push_back(Arc::clone(key));
        }
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.rows.remove(&oldest);
        }
    }
}

impl<'c> Statements<'c> {
    fn prepare(transaction: &'c Transaction<'_>) -> rusqlite::Result<Self> {
        let cached = |sql| transaction.prepare_cached(sql);
        Ok(Self {
            find_answer: cached("SELECT number FROM answer WHERE run = ?1 AND request = ?2")?,
            find_observation: cached("SELECT number FROM observation WHERE digest = ?1")?,
            find_blob: cached("SELECT 1 FROM blob WHERE digest = ?1")?,
            add_answer: cached(
                "INSERT OR IGNORE INTO answer (run, request, observation) VALUES (?1, ?2, ?3)",
            )?,
            add_observation: cached(
                "INSERT OR IGNORE INTO observation (digest, document) VALUES (?1, ?2)",
            )?,
            add_blob: cached("INSERT INTO blob (digest, octets) VALUES (?1, ?2)")?,
            add_use: cached("INSERT OR IGNORE INTO use (run, asker, answer) VALUES (?1, ?2, ?3)")?,
            drop_observation: cached("DELETE FROM observation WHERE number = ?1")?,
            transaction,
        })
    }

    /// The row of an answer; a second answer to the same request is not taken.
    fn answer(
        &mut self,
        run: i64,
        key: &str,
        id: ObservationId,
        document: &[u8],
        observation: &Observation,
        sum: &mut Sum,
    ) -> rusqlite::Result<i64> {
        let (number, is_new) = self.observation(id, document, observation)?;
        if self.add_answer.execute(params![run, key, number])? == 1 {
            let answer = self.transaction.last_insert_rowid();
            sum.add(seal::of_answer(answer, key, id.0));
            return Ok(answer);
        }
        if is_new {
            self.drop_observation.execute([number])?;
        }
        self.find_answer.query_row(params![run, key], |row| row.get(0))
    }

    fn find_answer(&mut self, run: i64, key: &str) -> rusqlite::Result<Option<i64>> {
        self.find_answer.query_row(params![run, key], |row| row.get(0)).optional()
    }

    /// The row of an observation, and whether it was added now. Hardly any is there before: each says
    /// when it was made.
    fn observation(
        &mut self,
        id: ObservationId,
        document: &[u8],
        observation: &Observation,
    ) -> rusqlite::Result<(i64, bool)> {
        let digest = &id.0.0[..];
        if self.add_observation.execute(params![digest, compress_document(document)?])? == 0 {
            return Ok((self.find_observation.query_row([digest], |row| row.get(0))?, false));
        }
        let number = self.transaction.last_insert_rowid();
        for blob in observation.blobs() {
            let digest = blob.digest();
            if blob.is_external() && !self.find_blob.exists([&digest.0[..]])? {
                self.add_blob.execute(params![&digest.0[..], compress_blob(blob.bytes())?])?;
            }
        }
        Ok((number, true))
    }
}
