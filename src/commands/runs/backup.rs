//! `v6ready runs backup|restore|verify`: copies of the whole store, and whether it is sound.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::atomic_file::unwritable;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::store::Store;

/// Writes a copy of the store to a new file.
pub(super) fn back_up(db: &Path, file: &Path) -> Result<(), CliError> {
    copy_store(&Store::open_existing(db)?, file)?;
    println!("{}", file.display());
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
    println!("{}", db.display());
    if let Some(aside) = aside {
        terminal::note(format_args!("the store that was there is {} now", aside.display()));
    }
    Ok(())
}

/// Reads everything that the store holds and compares it with its digests.
pub(super) fn verify(db: &Path) -> Result<(), CliError> {
    let held = Store::open_existing(db)?.verify()?;
    if held.runs == 0 {
        println!("{}: no run is in it", db.display());
        return Ok(());
    }
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
    store.copy_to(&part).inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })?;
    fs::rename(&part, file).map_err(|error| unwritable(file, &error))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
