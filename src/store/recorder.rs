//! Writing facts as they arrive: one thread, small transactions.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::lock::Lock;
use super::{StoreError, json, schema};
use crate::model::{Observation, ObservationId, Run, RunId, ServiceId};

/// Facts of one transaction at the most.
const BATCH_MAX: usize = 256;

/// How long a fact waits for its transaction at the most.
const BATCH_DELAY: Duration = Duration::from_millis(50);

/// Facts that wait for the writer at the most; whoever brings one more waits too.
const QUEUE_MAX: usize = 1024;

/// zstd's level: 1 is the fastest one that compresses well.
const ZSTD_LEVEL: i32 = 1;

/// Who rests on a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// The tests of the vantage point itself.
    Vantage,
    /// A service.
    Service(ServiceId),
}

/// Takes the facts of one run. Clones share one writer, which holds the store's lock until
/// [`Recorder::finish`], or until the last clone is gone.
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Mutex<Option<SyncSender<Entry>>>,
    failure: Arc<OnceLock<String>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    path: PathBuf,
    lock: Mutex<Option<Lock>>,
}

enum Entry {
    Fact(Asker, ObservationId, Arc<Observation>),
    Share(Asker, String),
    Flush(SyncSender<()>),
}

impl Recorder {
    pub(super) fn start(path: &Path, run: &RunId, lock: Lock) -> Result<Self, StoreError> {
        let in_path = |error| StoreError::of(path, error);
        let mut connection = Connection::open(path).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        let number = connection
            .query_row("SELECT number FROM run WHERE id = ?1", [&run.0], |row| row.get(0))
            .map_err(in_path)?;
        let (queue, entries) = sync_channel(QUEUE_MAX);
        let failure = Arc::new(OnceLock::new());
        let mut writer =
            Writer { connection, run: number, path: path.to_owned(), failure: failure.clone() };
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || writer.write_all(&entries))
            .map_err(|error| StoreError::Other {
                path: path.to_owned(),
                detail: format!("the writer can't be started: {error}"),
            })?;
        let inner = Inner {
            queue: Mutex::new(Some(queue)),
            failure,
            writer: Mutex::new(Some(thread)),
            path: path.to_owned(),
            lock: Mutex::new(Some(lock)),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Takes a fact. It is committed a moment later; a failure shows in [`Recorder::failure`].
    /// Waits while the writer has more to do than its queue holds.
    pub fn record(&self, asker: Asker, id: ObservationId, observation: Arc<Observation>) {
        self.send(Entry::Fact(asker, id, observation));
    }

    /// Says that a service rests on a fact that was recorded before, by the key of its request.
    pub fn share(&self, service: ServiceId, key: String) {
        self.send(Entry::Share(Asker::Service(service), key));
    }

    /// The first thing that could not be written: nothing after it is kept, and asking on would be
    /// in vain.
    pub fn failure(&self) -> Option<&str> {
        self.inner.failure.get().map(String::as_str)
    }

    /// Returns when everything until now is committed.
    ///
    /// # Errors
    /// When anything until now could not be written.
    pub fn flush(&self) -> Result<(), StoreError> {
        let (done, wait) = sync_channel(1);
        self.send(Entry::Flush(done));
        // An error here means that the writer has ended; why, its failure says.
        let _ = wait.recv();
        match self.failure() {
            Some(failure) => Err(StoreError::Recording(failure.to_owned())),
            None => Ok(()),
        }
    }

    /// Commits everything, writes the run's final row and frees the store's lock.
    ///
    /// # Errors
    /// When anything could not be written.
    pub fn finish(self, run: &Run) -> Result<(), StoreError> {
        self.flush()?;
        *self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(writer) =
            self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            let _ = writer.join();
        }
        let path = &self.inner.path;
        let in_path = |error| StoreError::of(path, error);
        let mut connection = Connection::open(path).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        connection
            .execute("UPDATE run SET run = ?2 WHERE id = ?1", params![run.id.0, json(run)])
            .map_err(in_path)?;
        self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(())
    }

    fn send(&self, entry: Entry) {
        let queue = self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(queue) = queue {
            // The writer ends early only after a failure, which is kept.
            let _ = queue.send(entry);
        }
    }
}

struct Writer {
    connection: Connection,
    run: i64,
    path: PathBuf,
    failure: Arc<OnceLock<String>>,
}

impl Writer {
    fn write_all(&mut self, entries: &Receiver<Entry>) {
        while let Ok(first) = entries.recv() {
            let mut batch = vec![first];
            let until = Instant::now() + BATCH_DELAY;
            while batch.len() < BATCH_MAX && !matches!(batch.last(), Some(Entry::Flush(_))) {
                match entries.recv_timeout(until.saturating_duration_since(Instant::now())) {
                    Ok(entry) => batch.push(entry),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
            if let Err(error) = self.write_batch(&batch) {
                let _ = self.failure.set(StoreError::of(&self.path, error).to_string());
                return;
            }
            for entry in batch {
                if let Entry::Flush(done) = entry {
                    let _ = done.send(());
                }
            }
        }
    }

    fn write_batch(&mut self, batch: &[Entry]) -> rusqlite::Result<()> {
        let run = self.run;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for entry in batch {
            match entry {
                Entry::Fact(asker, id, observation) => {
                    let key = observation.request.key();
                    let answer = answer(&transaction, run, &key, *id, observation)?;
                    link(&transaction, run, asker, answer)?;
                }
                Entry::Share(asker, key) => {
                    if let Some(answer) = find_answer(&transaction, run, key)? {
                        link(&transaction, run, asker, answer)?;
                    }
                }
                Entry::Flush(_) => {}
            }
        }
        transaction.commit()
    }
}

/// The row of an answer; a second answer to the same request is not taken.
fn answer(
    transaction: &Transaction<'_>,
    run: i64,
    key: &str,
    id: ObservationId,
    observation: &Observation,
) -> rusqlite::Result<i64> {
    if let Some(answer) = find_answer(transaction, run, key)? {
        return Ok(answer);
    }
    let number = observation_row(transaction, id, observation)?;
    transaction
        .prepare_cached("INSERT INTO answer (run, request, observation) VALUES (?1, ?2, ?3)")?
        .execute(params![run, key, number])?;
    Ok(transaction.last_insert_rowid())
}

fn find_answer(
    transaction: &Transaction<'_>,
    run: i64,
    key: &str,
) -> rusqlite::Result<Option<i64>> {
    transaction
        .prepare_cached("SELECT number FROM answer WHERE run = ?1 AND request = ?2")?
        .query_row(params![run, key], |row| row.get(0))
        .optional()
}

fn observation_row(
    transaction: &Transaction<'_>,
    id: ObservationId,
    observation: &Observation,
) -> rusqlite::Result<i64> {
    let digest = &id.0.0[..];
    let known = transaction
        .prepare_cached("SELECT number FROM observation WHERE digest = ?1")?
        .query_row([digest], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    for blob in observation.blobs() {
        if blob.is_external() {
            let mut seen = transaction.prepare_cached("SELECT 1 FROM blob WHERE digest = ?1")?;
            if !seen.exists([&blob.digest().0[..]])? {
                transaction
                    .prepare_cached("INSERT INTO blob (digest, octets) VALUES (?1, ?2)")?
                    .execute(params![&blob.digest().0[..], compress(blob.bytes())?])?;
            }
        }
    }
    transaction
        .prepare_cached("INSERT INTO observation (digest, document) VALUES (?1, ?2)")?
        .execute(params![digest, compress(&observation.document())?])?;
    Ok(transaction.last_insert_rowid())
}

fn link(
    transaction: &Transaction<'_>,
    run: i64,
    asker: &Asker,
    answer: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO use (run, asker, answer) VALUES (?1, ?2, ?3)")?
        .execute(params![run, asker.column(), answer])?;
    Ok(())
}

thread_local! {
    /// Making one takes longer than most documents take to be compressed.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

pub(super) fn compress(octets: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let compressed = COMPRESSOR.with_borrow_mut(|compressor| match compressor {
        Some(compressor) => compressor.compress(octets),
        None => compressor.insert(zstd::bulk::Compressor::new(ZSTD_LEVEL)?).compress(octets),
    });
    compressed.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

impl Asker {
    /// As it stands in the table: no service has an empty id.
    pub(super) fn column(&self) -> String {
        match self {
            Self::Vantage => String::new(),
            Self::Service(id) => id.to_string(),
        }
    }
}
