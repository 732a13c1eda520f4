//! Whether a store still has its name while a scan writes to it, and what is kept of one that has lost it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::StoreError;
use super::lock::beside;
use super::state;

/// Names for what is kept, at the most.
const KEPT_MAX: usize = 1000;

/// The file that a name leads to, whatever becomes of the name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Of the file that is there now.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let there = fs::metadata(path).ok()?;
        Some(Self { device: there.dev(), inode: there.ino() })
    }
}

/// The error of a store that no longer has its name, after all that it holds was copied to another one: the
/// kernel keeps a file for whoever has it open.
pub(super) fn rescued(connection: &Connection, path: &Path) -> StoreError {
    let kept = first_free_name(path).and_then(|kept| {
        let copied = copy_open_store(connection, &kept);
        copied.map(|()| kept).map_err(|error| error.to_string())
    });
    StoreError::Gone { path: path.to_owned(), kept }
}

fn first_free_name(path: &Path) -> Result<PathBuf, String> {
    let name = |number| match number {
        1 => beside(path, ".rescued"),
        number => beside(path, &format!(".rescued-{number}")),
    };
    let free = (1..=KEPT_MAX).map(name).find(|name| fs::symlink_metadata(name).is_err());
    free.ok_or_else(|| format!("{KEPT_MAX} stores that were kept stand beside it"))
}

fn copy_open_store(connection: &Connection, file: &Path) -> rusqlite::Result<()> {
    connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
    let copy = Connection::open(file)?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    state::end_writing(&copy)
}
