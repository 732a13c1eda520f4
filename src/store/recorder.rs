//! Takes observations as they arrive, for the thread that writes them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior, params};

use super::asker::Asker;
use super::database::Store;
use super::error::StoreError;
use super::lock::Lock;
use super::log;
use super::run::{RunInputs, insert_run, to_json};
use super::schema;
use super::seal;
use super::state;
use super::writer::{Entry, Writer};
use crate::model::{Digest, Observation, ObservationId, Run, RunId, ServiceId};

/// Entries that wait for the writer at the most; a sender of one more waits too.
const QUEUE_MAX: usize = 1024;

/// The writer keeps 8 MB of pages in memory, because names that are digests are spread over the whole
/// file.
const WRITER_PAGES: &str = "PRAGMA cache_size = -8000";

impl Store {
    /// Begins a run: its row and its recorder.
    ///
    /// # Errors
    /// When another scan is writing to this store, the id is taken, or the file can't be written.
    pub fn begin(&mut self, run: &Run, inputs: &RunInputs) -> Result<Recorder, StoreError> {
        let lock = self.lock()?;
        let begin = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let number = insert_run(&transaction, run, inputs, None)?;
            state::begin_writing(&transaction, number)?;
            transaction.commit()?;
            Ok(number)
        };
        let number = log::with_room(&mut self.connection, begin)
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        tracing::info!(run = %run.id, "began a run");
        Recorder::start(&self.path, number, lock)
    }

    /// Goes on recording a run that was interrupted.
    ///
    /// # Errors
    /// When it is not there, is finished, or another scan is writing to this store.
    pub fn resume(&mut self, id: &RunId) -> Result<Recorder, StoreError> {
        let lock = self.lock()?;
        let (stored, _loss) = self.run_to_resume(id)?;
        if stored.run.finished_at.is_some() {
            return Err(StoreError::Finished { run: stored.run.id });
        }
        let resume = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let number = number_of(&transaction, &stored.run.id)?;
            state::begin_writing(&transaction, number)?;
            transaction.commit()?;
            Ok(number)
        };
        let number = log::with_room(&mut self.connection, resume)
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        tracing::info!(run = %stored.run.id, "resumed a run");
        Recorder::start(&self.path, number, lock)
    }
}

fn number_of(of: &Connection, run: &RunId) -> rusqlite::Result<i64> {
    of.query_row("SELECT number FROM run WHERE id = ?1", [run.as_str()], |row| row.get(0))
}

/// Takes the observations of one run. Clones share one writer, which holds the store's lock until
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

impl Recorder {
    fn start(path: &Path, run: i64, lock: Lock) -> Result<Self, StoreError> {
        let in_path = |error| StoreError::from_sqlite(path, error);
        let mut connection = Connection::open(path).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        connection.execute_batch(WRITER_PAGES).map_err(in_path)?;
        // So that the file by itself says that it is being written, also to whoever copies it.
        let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        let (queue, entries) = sync_channel(QUEUE_MAX);
        let failure = Arc::new(OnceLock::new());
        let mut writer =
            Writer::new(connection, run, path.to_owned(), failure.clone()).map_err(in_path)?;
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

    /// Takes an observation and names it. It is committed a moment later; a failure shows in
    /// [`Recorder::failure`]. Waits while the writer has more to do than its queue holds.
    pub fn record(&self, asker: Asker, observation: &Arc<Observation>) -> ObservationId {
        self.record_as(asker, &observation.request.key().into(), observation)
    }

    /// As [`Recorder::record`], with the key of its request.
    pub fn record_as(
        &self,
        asker: Asker,
        key: &Arc<str>,
        observation: &Arc<Observation>,
    ) -> ObservationId {
        let document = observation.document();
        let id = ObservationId(Digest::of(&document));
        let (key, observation) = (Arc::clone(key), Arc::clone(observation));
        self.send(Entry::Observation { asker, id, document, key, observation });
        id
    }

    /// Notes that a service rests on an observation that was recorded before, by the key of its request.
    pub fn share(&self, service: ServiceId, key: Arc<str>) {
        self.send(Entry::Share(Asker::Service(service), key));
    }

    /// The first thing that could not be written. Nothing after it is kept, so there is no point in
    /// asking on.
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
        let writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer.as_ref() {
            writer.thread().unpark();
        }
        drop(writer);
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
        if let Some(failure) = self.failure() {
            return Err(StoreError::Recording(failure.to_owned()));
        }
        let path = &self.inner.path;
        let in_path = |error| StoreError::from_sqlite(path, error);
        let mut connection = Connection::open(path).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        let end = |connection: &mut Connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let number = number_of(&transaction, &run.id)?;
            transaction.execute(
                "UPDATE run SET run = ?2 WHERE number = ?1",
                params![number, to_json(run)],
            )?;
            seal::seal_row(&transaction, number)?;
            state::end_writing(&transaction)?;
            transaction.commit()
        };
        log::with_room(&mut connection, end).map_err(in_path)?;
        log::empty(&connection);
        if let Some(lock) = self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner).take() {
            lock.clear_note();
        }
        tracing::info!(run = %run.id, complete = run.complete, "finished a run");
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
