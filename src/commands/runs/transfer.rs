//! `v6ready runs export|import`: runs as files, from store to store.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::keys::{signing_key, trusted_keys};
use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::model::RunId;
use crate::runs::named_run::named_run;
use crate::store::{Exported, SigningKey, Store, TransferError};

/// Writes a run with its evidence to a file, or to stdout for `-`.
pub(super) fn export(
    db: &Path,
    run: &str,
    file: &Path,
    sign: Option<&Path>,
) -> Result<(), CliError> {
    let key = sign.map(signing_key).transpose()?;
    let store = Store::open_existing(db)?;
    let id = named_run(&store, run, &terminal::note_of_run)?;
    let exported = if file == Path::new("-") {
        store.export(&id, io::stdout().lock(), key.as_ref())?
    } else {
        // Looked for before the file is touched.
        store.run(&id)?;
        export_to_file(&store, &id, file, key.as_ref())?
    };
    let vouched = match &key {
        Some(key) => format!("signed by {}", key.public()),
        None => "unsigned: who imports it can compare the digest, `--sign KEY` signs".to_owned(),
    };
    terminal::note(format_args!("SHA-256 {}, {vouched}", exported.file.hex()));
    Ok(())
}

fn export_to_file(
    store: &Store,
    id: &RunId,
    file: &Path,
    key: Option<&SigningKey>,
) -> Result<Exported, CliError> {
    let (mut exported, mut failure) = (None, None);
    let written = write_atomically(file, |out| match store.export(id, out, key) {
        Ok(done) => {
            exported = Some(done);
            Ok(())
        }
        Err(TransferError::File(error)) => Err(error),
        Err(error) => {
            failure = Some(error);
            Err(io::Error::other("the run can't be exported"))
        }
    });
    match (failure, written, exported) {
        (Some(error), ..) => Err(error.into()),
        (None, Err(error), _) => Err(unwritable(file, &error)),
        (None, Ok(()), None) => Err(CliError::internal("the run was not exported")),
        (None, Ok(()), Some(exported)) => {
            terminal::line(file.display())?;
            Ok(exported)
        }
    }
}

/// Takes the runs of files into the store.
pub(super) fn import(db: &Path, files: &[PathBuf], trusted: Option<&Path>) -> Result<(), CliError> {
    let trusted = trusted.map(trusted_keys).transpose()?;
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
        let imported = store.import(source, trusted.as_ref()).map_err(|error| match error {
            TransferError::Store(error) => error.into(),
            other => CliError::operator(format!("{}: {}", file.display(), with_cause(&other))),
        })?;
        let known = if imported.was_known { " (known already)" } else { "" };
        terminal::line(format_args!("{}{known}", imported.run))?;
        let from = &imported.provenance;
        let (file, digest) = (file.display(), from.file.hex());
        terminal::note(format_args!("{file}: SHA-256 {digest}, {}", from.in_words()));
    }
    Ok(())
}

fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
