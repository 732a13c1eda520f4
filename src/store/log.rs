//! The log (`…-wal`) of a store that is being written: kept small, and given back where the disk is full.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::lock::beside;

/// Octets that the log may have before it is emptied: twice what SQLite takes over by itself
/// (`wal_autocheckpoint`), so that it comes to this only when a reader was in the way.
const OCTETS_MAX: u64 = 8 * 1024 * 1024;

/// Octets that must be free for the log to have its usual size.
const ROOM_MIN: u64 = 3 * OCTETS_MAX;

/// How long what was committed may stay in the log alone.
const AGE_MAX: Duration = Duration::from_secs(30);

/// How long the writer waits for readers to let go of the log.
const PATIENCE: Duration = Duration::from_millis(200);

/// The log of a store that one connection writes to.
pub(super) struct Log {
    file: PathBuf,
    tried_at: Instant,
    /// Octets at which the log is next to be emptied: more than the limit while a reader is in the way.
    octets_next: u64,
}

impl Log {
    pub(super) fn of(store: &Path) -> Self {
        Self { file: beside(store, "-wal"), tried_at: Instant::now(), octets_next: OCTETS_MAX }
    }

    /// After a commit: takes the log over into the store when it is large or old.
    pub(super) fn keep_small(&mut self, connection: &Connection) {
        let octets = fs::metadata(&self.file).map_or(0, |log| log.len());
        if octets < self.octets_next && self.tried_at.elapsed() < AGE_MAX {
            return;
        }
        let is_empty = empty(connection);
        self.tried_at = Instant::now();
        self.octets_next = if is_empty { OCTETS_MAX } else { octets + OCTETS_MAX };
        tracing::debug!(octets, is_empty, "took the log over into the store");
    }
}

/// Takes the log over into the store and empties it; `false` when a reader still needs it, or the store can't
/// grow. What was committed is safe in either case.
pub(super) fn empty(connection: &Connection) -> bool {
    let _ = connection.busy_timeout(PATIENCE);
    let is_busy: rusqlite::Result<bool> =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    let _ = connection.busy_timeout(super::schema::BUSY_TIMEOUT);
    matches!(is_busy, Ok(false))
}

/// Whether there may soon be no room to take the log over into the store: until then both have it.
pub(super) fn has_little_room(store: &Path) -> bool {
    let room = nix::sys::statvfs::statvfs(store);
    room.is_ok_and(|room| room.blocks_available() * room.fragment_size() < ROOM_MIN)
}

/// Whether an error says that the disk is full.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// Writes, and when the disk is full once more after the log has given its room back.
pub(super) fn with_room<T>(
    connection: &mut Connection,
    mut write: impl FnMut(&mut Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    match write(connection) {
        Err(error) if is_full(&error) && empty(connection) => write(connection),
        done => done,
    }
}
