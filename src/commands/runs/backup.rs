//! `v6ready runs backup|restore|verify`: copies of the whole store, and whether it is sound.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::atomic_file::unwritable;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::commands::unfinished_file::UnfinishedFile;
use crate::store::Store;

/// Copies that can be kept.
pub(in crate::commands) const COPIES_MAX: u32 = 1000;

/// How the names end that SQLite gives to what it keeps beside a store.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Writes a copy of the store to a file. Without `copies` nothing may be there; else so many copies are
/// kept, this one included.
pub(super) fn back_up(db: &Path, file: &Path, copies: Option<u32>) -> Result<(), CliError> {
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
    terminal::line(file.display())?;
    Ok(())
}

/// A copy must never take the place of the store itself, under whatever path, or of a device.
fn refuse_what_is_no_copy(db: &Path, file: &Path) -> Result<(), CliError> {
    if file.exists() && !file.is_file() {
        return Err(CliError::operator(format!("{} is no regular file", file.display()))
            .help("name a file for the copy"));
    }
    let (Ok(db), Ok(file)) = (fs::canonicalize(db), fs::canonicalize(file)) else { return Ok(()) };
    match db == file {
        true => Err(CliError::operator(format!("{} is the store itself", file.display()))
            .help("name another file for the copy")),
        false => Ok(()),
    }
}

/// Gives each of the newest copies that are there the next number, the oldest first; the file itself
/// becomes the first. Those beyond the number that is kept go.
fn make_room(file: &Path, copies: u32) -> Result<(), CliError> {
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
fn move_store(from: &Path, to: &Path) -> Result<(), CliError> {
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

fn remove_store(file: &Path) -> Result<(), CliError> {
    remove_beside(file)?;
    fs::remove_file(file).map_err(|error| unwritable(file, &error))
}

fn remove_beside(file: &Path) -> Result<(), CliError> {
    for beside in BESIDE.map(|ending| with_ending(file, ending)) {
        if beside.exists() {
            fs::remove_file(&beside).map_err(|error| unwritable(&beside, &error))?;
        }
    }
    Ok(())
}

/// Puts a copy in the store's place. The store that is there is kept under another name.
pub(super) fn restore(db: &Path, file: &Path, replace: bool) -> Result<(), CliError> {
    let backup = Store::open_existing(file)?;
    if backup.verify()?.runs == 0 {
        return Err(CliError::operator(format!("{}: no run is in it", file.display()))
            .help("name the copy that holds your runs"));
    }
    if db.exists() && !replace {
        return Err(CliError::operator(format!("{} is there already", db.display()))
            .help("`--replace` puts the copy in its place and keeps the old store beside it"));
    }
    let aside = backup.restore_to(db)?;
    terminal::line(db.display())?;
    if let Some(aside) = aside {
        terminal::note(format_args!("the store that was there is {} now", aside.display()));
    }
    Ok(())
}

/// Reads everything that the store holds and compares it with its digests.
pub(super) fn verify(db: &Path) -> Result<(), CliError> {
    let held = Store::open_existing(db)?.verify()?;
    if held.runs == 0 {
        terminal::line(format_args!("{}: no run is in it", db.display()))?;
        return Ok(());
    }
    terminal::line(format_args!(
        "{}: whole; runs: {}, observations: {}, long byte strings: {}",
        db.display(),
        held.runs,
        held.observations,
        held.blobs
    ))?;
    Ok(())
}

/// Copies a store: to another name first, so that no half of a copy ever has the wanted one.
fn copy_store(store: &Store, file: &Path) -> Result<(), CliError> {
    if file.exists() {
        return Err(CliError::operator(format!("{} is there already", file.display()))
            .help("`--replace` replaces it, `--keep COPIES` keeps it beside the new one"));
    }
    put_in_place(copy_beside(store, file)?, file)
}

/// Copies a store to another name in the same folder.
fn copy_beside(store: &Store, file: &Path) -> Result<UnfinishedFile, CliError> {
    let copy = UnfinishedFile::make(file).map_err(|error| unwritable(file, &error))?;
    store.copy_to(copy.path())?;
    Ok(copy)
}

fn put_in_place(copy: UnfinishedFile, file: &Path) -> Result<(), CliError> {
    copy.put_in_place_of(file).map_err(|error| unwritable(file, &error))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
