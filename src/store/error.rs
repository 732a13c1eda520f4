//! What can be wrong with a store, and what would fix it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::model::{Digest, RunId};

/// SQLite's extended code for a write that failed.
const IOERR_WRITE: i32 = rusqlite::ffi::SQLITE_IOERR_WRITE;

/// Why the store can't be used. Each message names the file and what would fix it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("{}: there is no store; `v6ready scan` makes one, `--db` names another", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{}: this is not a v6ready store; name another file with `--db`", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A newer v6ready has written it.
    #[error("{}: the store has format {found}, and this v6ready knows up to {known}; use a newer v6ready", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's format.
        found: u32,
        /// The newest known format.
        known: u32,
    },
    /// Another scan holds the writer's lock.
    #[error("{}: another scan is writing to this store; wait for it, or name another file with `--db`", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The disk (or quota) is full.
    #[error("{}: the disk is full; make room, then go on with `v6ready scan --resume`", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// A copy doesn't fit on the disk.
    #[error("{}: the disk is full; make room, and try again", path.display())]
    NoRoom {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged: SQLite says so, or a digest doesn't fit its bytes.
    #[error("{}: the store is damaged ({detail}); restore a backup, or scan again into a new file", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What doesn't fit.
        detail: String,
    },
    /// There is nothing in the file, where a store was.
    #[error(
        "{}: the file is empty, and no new store: its content was lost, or it is a copy of a store without the \
         log beside it (`…-wal`); restore a backup, or remove it for a new store", path.display()
    )]
    Emptied {
        /// The file.
        path: PathBuf,
    },
    /// What a killed scan had committed of a run is not all there.
    #[error(
        "{}: run {run} is not whole: {loss}. `v6ready scan --resume {run}` asks again what is missing",
        path.display()
    )]
    Lost {
        /// The file.
        path: PathBuf,
        /// The run.
        run: RunId,
        /// What is gone.
        loss: String,
    },
    /// The file that a scan was writing to has gone from its name.
    #[error(
        "{}: the store was deleted, moved or replaced while the scan was writing to it; {}", path.display(),
        what_was_kept(kept)
    )]
    Gone {
        /// The name.
        path: PathBuf,
        /// Where everything is now that the scan had found out; or why it could not be kept.
        kept: Result<PathBuf, String>,
    },
    /// The file, or the folder that it is in, can't be written.
    #[error("{}: the store can only be read here (a read-only medium, or not yours); name another with `--db`", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No run has this id.
    #[error("no run is called `{run}`; `v6ready runs` lists them")]
    NoSuchRun {
        /// The id.
        run: RunId,
    },
    /// Several runs begin with these letters.
    #[error("several runs begin with `{run}`; write more of the id")]
    Ambiguous {
        /// The beginning of an id.
        run: RunId,
    },
    /// The run has ended, so there is nothing to resume.
    #[error("run {run} has ended; there is nothing to resume")]
    Finished {
        /// The id.
        run: RunId,
    },
    /// Any other error of SQLite or the operating system.
    #[error("{}: {detail}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// The library's message.
        detail: String,
    },
    /// A write failed before; this repeats why.
    #[error("{0}")]
    Recording(String),
}

fn what_was_kept(kept: &Result<PathBuf, String>) -> String {
    match kept {
        Ok(file) => {
            let file = file.display();
            format!(
                "what it had found out, and all that the store held, is in {file} now: go on with `v6ready --db \
                 {file} scan --resume`"
            )
        }
        Err(error) => format!("nothing of it could be kept ({error}): scan again"),
    }
}

impl StoreError {
    /// The error that SQLite's stands for.
    pub(super) fn from_sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::NotADatabase) => Self::NotAStore { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            // A quota that is used up is one, and SQLite doesn't tell it apart.
            Some(ErrorCode::SystemIoFailure)
                if error.sqlite_error().is_some_and(|error| error.extended_code == IOERR_WRITE) =>
            {
                let detail = format!("{error}: the medium fails, or a quota is used up");
                Self::Other { path, detail }
            }
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, detail: error.to_string() },
            _ => Self::Other { path, detail: error.to_string() },
        }
    }

    /// Something in the file doesn't fit.
    pub(super) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), detail: detail.into() }
    }

    /// A document or blob is missing, or is not the one that its name says.
    pub(super) fn wrong_digest(path: &Path, digest: Digest) -> Self {
        Self::damaged(path, format!("{digest} is missing or doesn't fit its bytes"))
    }
}
