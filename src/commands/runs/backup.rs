//! `v6ready runs backup|restore|verify`: copies of the whole store, and whether it is sound.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::atomic_file::unwritable;
use crate::commands::error::CliError;
use crate::store::{Store, StoreError};

/// Writes a copy of the store to a new file.
pub(super) fn back_up(db: &Path, file: &Path) -> Result<(), CliError> {
    copy_store(&Store::open_existing(db)?, file)?;
    println!("{}", file.display());
    Ok(())
}

/// Puts a copy in the store's place. The store that is there is kept under another name.
pub(super) fn restore(db: &Path, file: &Path, replace: bool) -> Result<(), CliError> {
    let backup = Store::open_existing(file)?;
    backup.verify()?;
    if db.exists() {
        if !replace {
            return Err(CliError::operator(format!("{} is there already", db.display()))
                .help("`--replace` puts the copy in its place and keeps the old store beside it"));
        }
        // No scan may be writing to what is about to be put aside.
        let old = Store::open_existing(db).and_then(|store| store.close_and_lock());
        let old = old.map(Some).or_else(|error| match error {
            StoreError::Busy { .. } => Err(error),
            // What is damaged can be put aside as it is.
            _ => Ok(None),
        });
        let _held = old?;
        let aside = with_ending(db, ".replaced");
        fs::rename(db, &aside).map_err(|error| unwritable(&aside, &error))?;
        for ending in ["-wal", "-shm"] {
            let (beside, to) = (with_ending(db, ending), with_ending(&aside, ending));
            if beside.exists() {
                fs::rename(&beside, &to).map_err(|error| unwritable(&to, &error))?;
            }
        }
    }
    copy_store(&backup, db)?;
    println!("{}", db.display());
    Ok(())
}

/// Reads everything that the store holds and compares it with its digests.
pub(super) fn verify(db: &Path) -> Result<(), CliError> {
    let held = Store::open_existing(db)?.verify()?;
    println!(
        "{}: whole; runs: {}, observations: {}, long byte strings: {}",
        db.display(),
        held.runs,
        held.observations,
        held.blobs
    );
    Ok(())
}

/// Copies a store: to another name first, so that no half of a copy ever has the wanted one.
fn copy_store(store: &Store, file: &Path) -> Result<(), CliError> {
    if file.exists() {
        return Err(CliError::operator(format!("{} is there already", file.display()))
            .help("name a new file, or remove the old one"));
    }
    let part = with_ending(file, ".part");
    if part.exists() {
        fs::remove_file(&part).map_err(|error| unwritable(&part, &error))?;
    }
    store.copy_to(&part)?;
    fs::rename(&part, file).map_err(|error| unwritable(file, &error))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
