//! Whether a store still has its name while a scan writes to it, and what is kept of one that has lost it.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::StoreError;
use super::lock::beside;
use super::state;

/// Names for what is kept, at the most.
const KEPT_MAX: usize = 1000;

/// The file that a name leads to, whatever becomes of the name.
#[derive(Clone, Copy)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    /// Who may read and write it.
    mode: u32,
}

impl Identity {
    /// Of the file that is there now.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let there = fs::metadata(path).ok()?;
        Some(Self { device: there.dev(), inode: there.ino(), mode: there.mode() & 0o777 })
    }

    /// Whether the name still leads to it, as far as that can be told: a name that can't be looked up at the moment
    /// is not one that is gone.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        match fs::metadata(path) {
            Ok(now) => (now.dev(), now.ino()) == (self.device, self.inode),
            Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        }
    }
}

/// The error of a store that no longer has its name, after all that it holds was copied to another one: the
/// kernel keeps a file for whoever has it open.
pub(super) fn rescued(connection: &Connection, path: &Path, was: Identity) -> StoreError {
    let kept = new_file_beside(path, was.mode).and_then(|kept| {
        let copied = copy_open_store(connection, &kept);
        copied.map(|()| kept).map_err(|error| error.to_string())
    });
    StoreError::Gone { path: path.to_owned(), kept }
}

/// An empty file, which whoever could read the store can read, and nobody else.
fn new_file_beside(path: &Path, mode: u32) -> Result<PathBuf, String> {
    for number in 1..=KEPT_MAX {
        let name = match number {
            1 => beside(path, ".rescued"),
            number => beside(path, &format!(".rescued-{number}")),
        };
        match File::options().write(true).create_new(true).mode(mode).open(&name) {
            Ok(_) => return Ok(name),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Err(format!("{KEPT_MAX} stores that were kept stand beside it"))
}

fn copy_open_store(connection: &Connection, file: &Path) -> rusqlite::Result<()> {
    connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
    let copy = Connection::open(file)?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    state::end_writing(&copy)
}
