//! How many transactions a scan has committed, noted in the lock's file beside the store.
//!
//! What was committed last is only in the log (`…-wal`) for a while. When that is lost or damaged after
//! a kill, SQLite finds an older state that is sound in itself. So the number of transactions is also
//! written down beside the store, after each of them: a store that knows of fewer has lost some.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::lock::lock_file;

/// Octets of a note.
const OCTETS: usize = 16 + 1 + 20 + 1 + 20 + 1;

/// What is noted of a store and the run that is written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CommitNote {
    /// The first half of the store's name: another store's note says nothing of this one.
    pub store: u64,
    /// The run.
    pub run: i64,
    /// Its transactions until now.
    pub commits: u64,
}

impl CommitNote {
    /// Reads the note beside a store.
    pub(super) fn read(store: &Path) -> Option<Self> {
        let mut text = String::new();
        let file = File::open(lock_file(store)).ok()?;
        file.take(OCTETS as u64).read_to_string(&mut text).ok()?;
        let mut words = text.split_ascii_whitespace();
        Some(Self {
            store: u64::from_str_radix(words.next()?, 16).ok()?,
            run: words.next()?.parse().ok()?,
            commits: words.next()?.parse().ok()?,
        })
    }

    /// Writes it in one piece. A note that can't be written only tells nothing later.
    pub(super) fn write(self, file: &File) {
        let Self { store, run, commits } = self;
        let text = format!("{store:016x} {run:020} {commits:020}\n");
        let _ = file.write_all_at(text.as_bytes(), 0);
    }
}

/// The lock's file, to write notes into. Opened by itself, because whoever writes notes may outlive the
/// lock.
pub(super) fn open(store: &Path) -> Option<File> {
    File::options().write(true).open(lock_file(store)).ok()
}
