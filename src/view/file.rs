//! The view's file: one writer at a time, and readers that never wait for it.
//!
//! It is in WAL mode. Nothing in it is worth repairing: what is damaged, or of another format, is deleted.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::ViewError;

/// `v6vw` in ASCII: says whose file this is (`PRAGMA application_id`).
const APPLICATION_ID: u32 = 0x7636_7677;

/// Raised when the tables change; a file of another format is deleted.
const FORMAT: u32 = 1;

/// Reading connections that are kept open.
const KEPT_MAX: usize = 24;

/// How a connection works. What is lost in a power failure is made anew.
const CONNECTION: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
    PRAGMA cache_size = -4096; PRAGMA mmap_size = 268435456;";

/// How long a connection waits for another process that opens or deletes the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The view's file beside its store.
pub(super) struct ViewFile {
    path: PathBuf,
    readers: Mutex<Readers>,
}

#[derive(Default)]
struct Readers {
    /// Which file they have open.
    of: Option<(u64, u64)>,
    idle: Vec<Connection>,
}

/// The right to write to the view, until it is dropped.
pub(super) struct WriteLock {
    _file: File,
}

impl ViewFile {
    pub(super) fn beside(store: &Path) -> Self {
        Self { path: beside(store, ".view"), readers: Mutex::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the right to write. The kernel frees it when the process ends, however it ends.
    pub(super) fn lock(&self) -> Result<WriteLock, ViewError> {
        let lock = beside(&self.path, ".lock");
        let file =
            File::options().create(true).truncate(false).write(true).open(lock).map_err(
                |error| self.error(format!("the lock beside it can't be taken: {error}")),
            )?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ViewError::Busy { path: self.path.clone() }),
            Err(TryLockError::Error(error)) => {
                Err(self.error(format!("the lock beside it can't be taken: {error}")))
            }
        }
    }

    /// Opens the file to write to it; one that can't be used is deleted and made anew.
    pub(super) fn writer(&self, _lock: &WriteLock) -> Result<Connection, ViewError> {
        match self.usable_writer() {
            Ok(Some(connection)) => return Ok(connection),
            Ok(None) => {}
            Err(error) if is_damage(&error) => {}
            Err(error) => return Err(self.sqlite(&error)),
        }
        tracing::warn!(path = ?self.path, "the judged view can't be used, and is made anew");
        self.delete()?;
        match self.usable_writer() {
            Ok(Some(connection)) => Ok(connection),
            Ok(None) => Err(self.error("it is not the judged view that was just made".to_owned())),
            Err(error) => Err(self.sqlite(&error)),
        }
    }

    /// `None` where the file is something else, or of another format.
    fn usable_writer(&self) -> rusqlite::Result<Option<Connection>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        let is_empty: bool =
            connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
        if is_empty {
            connection.execute_batch(CONNECTION)?;
            connection.execute_batch(&format!(
                "BEGIN; {}\nPRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;",
                include_str!("tables.sql")
            ))?;
            return Ok(Some(connection));
        }
        if !is_this_format(&connection)? {
            return Ok(None);
        }
        connection.execute_batch(CONNECTION)?;
        Ok(Some(connection))
    }

    /// Whether all pages of the file hold together.
    pub(super) fn is_sound(connection: &Connection) -> bool {
        let checked =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        checked.is_ok_and(|result| result == "ok")
    }

    /// Deletes the file: there is nothing in it that isn't in the store.
    pub(super) fn delete(&self) -> Result<(), ViewError> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).idle.clear();
        for ending in ["-wal", "-shm", ""] {
            match fs::remove_file(beside(&self.path, ending)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(self.error(format!("it can't be deleted: {error}"))),
            }
        }
        Ok(())
    }

    /// Reads in one transaction; `None` where there is no usable file, or what is in it is damaged. Readers
    /// have connections of their own and see what was last committed.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ViewError> {
        let Ok(file) = fs::metadata(&self.path) else { return Ok(None) };
        let id = (file.dev(), file.ino());
        let idle = {
            let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.of != Some(id) {
                *readers = Readers { of: Some(id), idle: Vec::new() };
            }
            readers.idle.pop()
        };
        let connection = match idle {
            Some(connection) => connection,
            None => match self.reader() {
                Ok(Some(connection)) => connection,
                Ok(None) => return Ok(None),
                Err(error) if is_damage(&error) => return Ok(None),
                Err(error) => return Err(self.sqlite(&error)),
            },
        };
        let result = connection.unchecked_transaction().and_then(|reading| {
            let result = read(&reading)?;
            reading.commit()?;
            Ok(result)
        });
        match result {
            Ok(result) => {
                let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
                if readers.of == Some(id) && readers.idle.len() < KEPT_MAX {
                    readers.idle.push(connection);
                }
                Ok(Some(result))
            }
            Err(error) if is_damage(&error) => {
                tracing::warn!(path = ?self.path, %error, "the judged view is damaged");
                Ok(None)
            }
            Err(error) => Err(self.sqlite(&error)),
        }
    }

    fn reader(&self) -> rusqlite::Result<Option<Connection>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch("PRAGMA cache_size = -2048; PRAGMA mmap_size = 268435456;")?;
        Ok(is_this_format(&connection)?.then_some(connection))
    }

    pub(super) fn sqlite(&self, error: &rusqlite::Error) -> ViewError {
        self.error(error.to_string())
    }

    fn error(&self, detail: String) -> ViewError {
        ViewError::File { path: self.path.clone(), detail }
    }
}

fn is_this_format(connection: &Connection) -> rusqlite::Result<bool> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    Ok(number("application_id")? == APPLICATION_ID && number("user_version")? == FORMAT)
}

/// Whether an error says that the file holds what it shouldn't.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(code) => matches!(code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase),
        None => matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::QueryReturnedNoRows
        ),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
