//! Puts a copy in a store's place: at every instant one of the two is there, whole.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::database::{Store, sync_folder};
use super::error::StoreError;
use super::lock::{Lock, beside};
use super::log;
use super::state;

/// Names for stores that were replaced, at the most.
const ASIDE_MAX: usize = 1000;

impl Store {
    /// Puts a copy of this store in the place of another, or where there is none. What was there keeps
    /// a second name, which is returned: `….replaced`, or the first of `….replaced-2` and so on
    /// that is free.
    ///
    /// # Errors
    /// When a scan is writing to the store there, or the copy can't be written. The store there is then
    /// as it was.
    pub fn restore_to(&self, path: &Path) -> Result<Option<PathBuf>, StoreError> {
        let lock = Lock::take(path)?;
        let failed = |path: &Path, error: io::Error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::NoRoom { path: path.to_owned() }
            }
            _ => StoreError::Other { path: path.to_owned(), detail: error.to_string() },
        };
        // The lock makes this name ours; what has it is a copy that a kill cut off.
        let part = beside(path, ".part");
        for ending in ["", "-journal", "-wal", "-shm"] {
            remove(&beside(&part, ending)).map_err(|error| failed(&part, error))?;
        }
        self.copy_to(&part).inspect_err(|_| {
            let _ = remove(&part);
        })?;
        if let Ok(there) = fs::metadata(path) {
            // Whoever could read the store that was there can read the one that takes its place.
            let _ = chown(&part, Some(there.uid()), Some(there.gid()));
            fs::set_permissions(&part, there.permissions())
                .map_err(|error| failed(&part, error))?;
        }
        let aside = match path.exists() {
            true => Some(set_aside(path, &lock).map_err(|error| failed(path, error))?),
            false => None,
        };
        lock.clear_note();
        fs::rename(&part, path).map_err(|error| failed(path, error))?;
        sync_folder(path);
        tracing::info!(?path, ?aside, "restored a store");
        Ok(aside)
    }
}

/// Gives a store a second name, and takes away what stands beside it, so that another file can take its
/// place.
fn set_aside(path: &Path, lock: &Lock) -> io::Result<PathBuf> {
    let had_log = state::has_log(path);
    if let Ok(mut connection) = Connection::open(path) {
        // What is damaged, or of an older format, is put aside as it is.
        let _ = state::settle_under(&mut connection, path, had_log, lock);
        log::empty(&connection);
    }
    let aside = second_name(path)?;
    for ending in ["-wal", "-shm"] {
        let (file, kept) = (beside(path, ending), beside(&aside, ending));
        if ending == "-wal" && file.metadata().is_ok_and(|log| log.len() > 0) {
            link_or_copy(&file, &kept)?;
        }
        remove(&file)?;
    }
    Ok(aside)
}

/// The first free name for a store that is replaced, which is the store's own from then on.
fn second_name(path: &Path) -> io::Result<PathBuf> {
    for number in 1..=ASIDE_MAX {
        let ending = match number {
            1 => ".replaced".to_owned(),
            number => format!(".replaced-{number}"),
        };
        let aside = beside(path, &ending);
        match link_or_copy(path, &aside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done.map(|()| aside),
        }
    }
    Err(io::Error::other(format!("{ASIDE_MAX} stores that were replaced stand beside it")))
}

/// A second name for a file; a copy, where the file system knows no second names. Never writes over
/// a file.
fn link_or_copy(file: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(file, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            let mut copy = File::options().write(true).create_new(true).open(name)?;
            let copied = File::open(file).and_then(|mut from| io::copy(&mut from, &mut copy));
            copied.and_then(|_| copy.sync_all()).inspect_err(|_| {
                let _ = remove(name);
            })
        }
        done => done,
    }
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
