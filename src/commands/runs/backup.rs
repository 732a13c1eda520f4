//! `v6ready runs backup|restore|verify`: copies of the whole store, and whether it is sound.

use std::path::Path;

use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::runs::backup;
use crate::store::Store;

/// Writes a copy of the store to a file. Without `copies` nothing may be there; else so many copies are
/// kept, this one included.
pub(super) fn back_up(db: &Path, file: &Path, copies: Option<u32>) -> Result<(), CliError> {
    backup::back_up(db, file, copies)?;
    terminal::line(file.display())?;
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
