//! Copies of the whole store beside it or elsewhere, the newest under one name and older ones numbered.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::RunsError;
use super::unfinished_file::UnfinishedFile;
use crate::store::Store;

/// Copies that can be kept.
const COPIES_MAX: u32 = 1000;

/// How the names end that SQLite gives to what it keeps beside a store.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Writes a copy of the store to a file. Without `copies` nothing may be there; else so many copies are
/// kept, this one included.
///
/// # Errors
/// What the operator can fix.
pub fn back_up(db: &Path, file: &Path, copies: Option<u32>) -> Result<(), RunsError> {
    let store = Store::open_existing(db)?;
    match copies {
        None => copy_store(&store, file)?,
        Some(copies) => {
            refuse_what_is_no_copy(db, file)?;
            let copy = copy_beside(&store, file)?;
            make_room(file, copies)?;
            remove_beside(file)?;
            put_in_place(copy, file)?;
        }
    }
    Ok(())
}

/// A copy must never take the place of the store itself, under whatever path, or of a device.
fn refuse_what_is_no_copy(db: &Path, file: &Path) -> Result<(), RunsError> {
    if file.exists() && !file.is_file() {
        return Err(RunsError::operator(format!("{} is no regular file", file.display()))
            .help("name a file for the copy"));
    }
    let (Ok(db), Ok(file)) = (fs::canonicalize(db), fs::canonicalize(file)) else { return Ok(()) };
    match db == file {
        true => Err(RunsError::operator(format!("{} is the store itself", file.display()))
            .help("name another file for the copy")),
        false => Ok(()),
    }
}

/// Gives each of the newest copies that are there the next number, the oldest first; the file itself
/// becomes the first. Those beyond the number that is kept go.
fn make_room(file: &Path, copies: u32) -> Result<(), RunsError> {
    let numbered = |number: u32| match number {
        0 => file.to_owned(),
        number => with_ending(file, &format!(".{number}")),
    };
    let beyond = (copies.max(1)..COPIES_MAX).map(numbered);
    for gone in beyond.take_while(|copy| copy.exists()) {
        remove_store(&gone)?;
    }
    for number in (1..copies).rev() {
        let (from, to) = (numbered(number - 1), numbered(number));
        if from.exists() {
            move_store(&from, &to)?;
        }
    }
    Ok(())
}

/// Gives a store's file another name, with what SQLite may have left beside it: the rest of another store
/// would be taken for its own.
fn move_store(from: &Path, to: &Path) -> Result<(), RunsError> {
    remove_beside(to)?;
    fs::rename(from, to).map_err(|error| unwritable(to, &error))?;
    for ending in BESIDE {
        let (beside, to) = (with_ending(from, ending), with_ending(to, ending));
        if beside.exists() {
            fs::rename(&beside, &to).map_err(|error| unwritable(&to, &error))?;
        }
    }
    Ok(())
}

fn remove_store(file: &Path) -> Result<(), RunsError> {
    remove_beside(file)?;
    fs::remove_file(file).map_err(|error| unwritable(file, &error))
}

fn remove_beside(file: &Path) -> Result<(), RunsError> {
    for beside in BESIDE.map(|ending| with_ending(file, ending)) {
        if beside.exists() {
            fs::remove_file(&beside).map_err(|error| unwritable(&beside, &error))?;
        }
    }
    Ok(())
}

/// Copies a store: to another name first, so that no half of a copy ever has the wanted one.
fn copy_store(store: &Store, file: &Path) -> Result<(), RunsError> {
    if file.exists() {
        return Err(RunsError::operator(format!("{} is there already", file.display()))
            .help("`--replace` replaces it, `--keep COPIES` keeps it beside the new one"));
    }
    put_in_place(copy_beside(store, file)?, file)
}

/// Copies a store to another name in the same folder.
fn copy_beside(store: &Store, file: &Path) -> Result<UnfinishedFile, RunsError> {
    let copy = UnfinishedFile::make(file).map_err(|error| unwritable(file, &error))?;
    store.copy_to(copy.path())?;
    Ok(copy)
}

fn put_in_place(copy: UnfinishedFile, file: &Path) -> Result<(), RunsError> {
    copy.put_in_place_of(file).map_err(|error| unwritable(file, &error))
}

/// The error of a file that can't be written.
fn unwritable(path: &Path, error: &io::Error) -> RunsError {
    RunsError::operator(format!("{} can't be written: {error}", path.display()))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
