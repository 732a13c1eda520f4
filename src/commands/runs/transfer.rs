//! `v6ready runs export|import`: runs as files, from store to store.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::error::CliError;
use crate::commands::named_run::named_run;
use crate::store::{Imported, Store, TransferError};

/// Writes a run with its evidence to a file, or to stdout for `-`.
pub(super) fn export(db: &Path, run: &str, file: &Path) -> Result<(), CliError> {
    let store = Store::open_existing(db)?;
    let id = named_run(&store, run)?;
    if file == Path::new("-") {
        store.export(&id, io::stdout().lock())?;
        return Ok(());
    }
    // Looked for before the file is touched.
    store.run(&id)?;
    let mut failure = None;
    let written = write_atomically(file, |out| match store.export(&id, out) {
        Ok(_) => Ok(()),
        Err(TransferError::File(error)) => Err(error),
        Err(error) => {
            failure = Some(error);
            Err(io::Error::other("the run can't be exported"))
        }
    });
    match (failure, written) {
        (Some(error), _) => return Err(error.into()),
        (None, Err(error)) => return Err(unwritable(file, &error)),
        (None, Ok(())) => {}
    }
    println!("{}", file.display());
    Ok(())
}

/// Takes the runs of files into the store.
pub(super) fn import(db: &Path, files: &[PathBuf]) -> Result<(), CliError> {
    let mut store = Store::open(db)?;
    for file in files {
        let source: Box<dyn Read> = if file == Path::new("-") {
            Box::new(io::stdin())
        } else {
            let opened = File::open(file).map_err(|error| {
                CliError::operator(format!("{} can't be read: {error}", file.display()))
            })?;
            Box::new(BufReader::new(opened))
        };
        let imported = store.import(source).map_err(|error| match error {
            TransferError::Store(error) => error.into(),
            other => CliError::operator(format!("{}: {}", file.display(), with_cause(&other))),
        })?;
        match imported {
            Imported::Taken(id) => println!("{id}"),
            Imported::Known(id) => println!("{id} (known already)"),
        }
    }
    Ok(())
}

fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
