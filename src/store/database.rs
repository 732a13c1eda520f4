//! The open store: its connection, its path, and whether it can be written.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::lock::{Lock, beside, lock_file};
use super::log;
use super::read_only;
use super::schema;
use super::scratch::Scratch;
use super::seal::Uses;
use super::state;
use crate::model::RunId;

/// A connection to an evidence store.
pub struct Store {
    // Dropped before the copy that it may have open.
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    /// The run that was being written, and what of it is gone, where that can't be noted in the store.
    unnoted_loss: Option<(i64, String)>,
    /// The runs whose rows were found to be those that were written.
    pub(super) checked: RefCell<HashMap<RunId, CheckedRun>>,
    access: Access,
}

/// A run whose rows were found to be those that were written.
pub(super) struct CheckedRun {
    /// How many rows each asker has in it.
    pub uses: Uses,
    /// How much had been written to the store by then.
    pub at: StoreVersion,
}

/// Tells whether anything was written to a store in between, by whomever.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct StoreVersion {
    /// Counts what others have committed (`PRAGMA data_version`).
    others: i64,
    /// Rows that this connection has changed.
    own: u64,
}

impl StoreVersion {
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let others = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        Ok(Self { others, own: connection.total_changes() })
    }
}

/// What can be done with a store.
enum Access {
    Write,
    Read {
        /// The copy that is read in the store's place.
        _copy: Option<Scratch>,
    },
}

impl Store {
    /// Opens a store, which is made when the file is missing, and brings it up to this version.
    ///
    /// # Errors
    /// When the file can't be opened or is no store of a known version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let is_empty = path.metadata().is_ok_and(|file| file.len() == 0);
        if is_empty && (lock_file(path).exists() || beside(path, "-wal").exists()) {
            return Err(StoreError::Emptied { path: path.to_owned() });
        }
        if path.exists() && !read_only::can_write(path) {
            return Err(StoreError::ReadOnly { path: path.to_owned() });
        }
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that exists. Where it can't be written, it can still be read.
    ///
    /// # Errors
    /// As [`Store::open`]; also when there is no such file.
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        match path.metadata() {
            Err(error) => {
                let path = path.to_owned();
                return Err(match error.kind() {
                    io::ErrorKind::NotFound => StoreError::Missing { path },
                    _ => StoreError::Other { path, detail: error.to_string() },
                });
            }
            Ok(file) if file.len() == 0 => {
                return Err(StoreError::Emptied { path: path.to_owned() });
            }
            Ok(_) => {}
        }
        if !read_only::can_write(path) {
            return Self::open_to_read(path);
        }
        match Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
            // On a full disk SQLite can't make the files that it wants beside the store.
            Err(error @ (StoreError::Full { .. } | StoreError::Other { .. }))
                if log::has_little_room(path) && !Lock::is_held(path) =>
            {
                Self::open_to_read(path).map_err(|_| error)
            }
            opened => opened,
        }
    }

    fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let had_log = state::has_log(path);
        let (connection, copy) = read_only::open(path)?;
        let unnoted_loss = match Lock::is_held(path) {
            true => None,
            false => state::loss(&connection, path, had_log)
                .map_err(|error| StoreError::from_sqlite(path, error))?,
        };
        tracing::info!(?path, copied = copy.is_some(), "opened the evidence store to read it");
        let access = Access::Read { _copy: copy };
        Ok(Self::new(connection, path, unnoted_loss, access))
    }

    fn connect(path: &Path, flags: OpenFlags) -> Result<Self, StoreError> {
        let in_path = |error| StoreError::from_sqlite(path, error);
        let had_log = state::has_log(path);
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        let unnoted_loss = state::settle(&mut connection, path, had_log)?;
        tracing::info!(?path, format = schema::FORMAT, "opened the evidence store");
        Ok(Self::new(connection, path, unnoted_loss, Access::Write))
    }

    fn new(
        connection: Connection,
        path: &Path,
        unnoted_loss: Option<(i64, String)>,
        access: Access,
    ) -> Self {
        let (path, checked) = (path.to_owned(), RefCell::default());
        Self { connection, path, unnoted_loss, checked, access }
    }

    /// The file that holds it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a scan is writing to the store in this file, of this process or another.
    pub fn is_written_to(path: &Path) -> bool {
        Lock::is_held(path)
    }

    /// Takes the lock to write to the store, and first settles what a killed scan has left.
    ///
    /// # Errors
    /// When a scan is writing to it, or it can only be read here.
    pub(super) fn lock(&mut self) -> Result<Lock, StoreError> {
        if let Access::Read { .. } = self.access {
            return Err(StoreError::ReadOnly { path: self.path.clone() });
        }
        let had_log = state::has_log(&self.path);
        let lock = Lock::take(&self.path)?;
        state::settle_under(&mut self.connection, &self.path, had_log, &lock)
            .map_err(|error| StoreError::from_sqlite(&self.path, error))?;
        self.unnoted_loss = None;
        Ok(lock)
    }

    /// The run that was being written, and what of it is gone, where that can't be noted in the store.
    pub(super) fn all_unnoted_loss(&self) -> Option<&(i64, String)> {
        self.unnoted_loss.as_ref()
    }

    /// What of a run is gone, where that can't be noted in the store.
    pub(super) fn unnoted_loss(&self, run: i64) -> Option<&str> {
        self.all_unnoted_loss().filter(|(lost, _)| *lost == run).map(|(_, loss)| &**loss)
    }
}

/// Brings the folder's list of files to the disk, after one of them was renamed. A file system that
/// can't do that has its own way.
pub(super) fn sync_folder(of: &Path) {
    let folder = of.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}
