//! `v6ready runs export --quarter`: the runs of a quarter's report as files of a folder.

use std::fs;
use std::path::Path;

use super::transfer;
use crate::commands::atomic_file::unwritable;
use crate::commands::error::CliError;
use crate::commands::file_name::file_stem;
use crate::judge::quarter::Quarter;
use crate::runs::quarter::runs_of_quarter;
use crate::store::Store;

/// Writes each run that a quarter's report is made from to a file `RUN.v6ready` in a folder, which is made where
/// there is none.
/// Where a key is named, each is signed with it.
pub(super) fn export_quarter(
    db: &Path,
    quarter: Quarter,
    folder: &Path,
    sign: Option<&Path>,
) -> Result<(), CliError> {
    let runs = runs_of_quarter(&Store::open_existing(db)?, quarter)?;
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for run in runs {
        let file = folder.join(format!("{}.v6ready", file_stem([run.as_str()])));
        transfer::export(db, run.as_str(), &file, sign)?;
    }
    Ok(())
}
