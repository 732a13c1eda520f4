//! The evidence store: one SQLite file, append-only, content-addressed.
//!
//! Observations are named by the SHA-256 of their canonical document and compressed; what many of
//! them hold (certificates, bodies) stands once in a table of its own. A run links its askers and
//! request keys to observations. Verdicts are never stored: they are judged from the evidence.
//!
//! The file is in WAL mode with `synchronous=NORMAL`: a killed process loses nothing that was
//! committed, and a power failure loses at most the last moments, never the file.

mod error;
mod lock;
mod packing;
mod read;
mod recorder;
mod schema;
mod transfer;
mod upkeep;
mod writer;

pub use error::StoreError;
pub use recorder::{Asker, Recorder};
pub use transfer::{Imported, SCHEMA as RUN_SCHEMA, TransferError};
pub use upkeep::{Contents, Held};

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};
use serde::{Deserialize, Serialize};

use crate::model::{Run, RunId, Settings};

/// A connection to an evidence store.
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// Everything that it takes to judge a run again without any other file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInputs {
    /// The inventory's name as it was given.
    pub inventory_file: String,
    /// The inventory's text as it was read.
    #[serde(with = "text")]
    pub inventory: Vec<u8>,
    /// The patterns that services were chosen by; empty = all.
    pub only: Vec<String>,
    /// The settings in force, with what other files held.
    pub settings: Settings,
    /// The policy's name.
    pub policy_name: String,
    /// The policy's text.
    pub policy_yaml: String,
}

/// A run with what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// The run.
    pub run: Run,
    /// What it was made from.
    pub inputs: RunInputs,
}

/// A run in a list: what it was made from, without reading all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRun {
    /// The run.
    pub run: Run,
    /// The inventory's name as it was given.
    pub inventory_file: String,
    /// Whether it was to look at every service of its inventory.
    pub whole: bool,
}

impl Store {
    /// Opens a store, which is made when the file is missing, and brings it up to this version.
    ///
    /// # Errors
    /// When the file can't be opened or is no store of a known version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that exists.
    ///
    /// # Errors
    /// As [`Store::open`]; also when there is no such file.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let in_path = |error| StoreError::of(path, error);
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Begins a run: its row and its recorder.
    ///
    /// # Errors
    /// When another scan is writing to this store, the id is taken, or the file can't be written.
    pub fn begin(&mut self, run: &Run, inputs: &RunInputs) -> Result<Recorder, StoreError> {
        let lock = lock::Lock::take(&self.path)?;
        let (run_json, inputs_json) = (json(run), json(inputs));
        self.connection
            .execute(
                "INSERT INTO run (id, started_at, run, inputs) VALUES (?1, ?2, ?3, ?4)",
                params![run.id.0, run.started_at.as_microsecond(), run_json, inputs_json],
            )
            .map_err(|error| StoreError::of(&self.path, error))?;
        Recorder::start(&self.path, &run.id, lock)
    }

    /// Goes on recording a run that was interrupted.
    ///
    /// # Errors
    /// When it is not there, is finished, or another scan is writing to this store.
    pub fn resume(&mut self, id: &RunId) -> Result<Recorder, StoreError> {
        let lock = lock::Lock::take(&self.path)?;
        let stored = self.run(id)?;
        if stored.run.finished_at.is_some() {
            return Err(StoreError::Finished { run: stored.run.id });
        }
        Recorder::start(&self.path, &stored.run.id, lock)
    }
}

/// The serialisation of these types to memory has no way to fail: no map has non-string keys.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An inventory is UTF-8 text, and reads better as such.
mod text {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(octets))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        String::deserialize(deserializer).map(String::into_bytes)
    }
}

#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod tests;
