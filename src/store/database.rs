//! The open store: its connection and its path.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::schema;

/// A connection to an evidence store.
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
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
        let in_path = |error| StoreError::from_sqlite(path, error);
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(in_path)?;
        schema::prepare(&mut connection, path)?;
        tracing::info!(?path, format = schema::FORMAT, "opened the evidence store");
        Ok(Self { connection, path: path.to_owned() })
    }

    /// The file that holds it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
