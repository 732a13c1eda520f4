//! A store for the time of one command, in a folder that nobody else can read.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::runs::run_id::random_letters;

/// A folder that goes when this is dropped.
pub(super) struct ScratchStore {
    folder: PathBuf,
    file: PathBuf,
}

impl ScratchStore {
    /// Makes the folder; the store is made by whoever opens it.
    ///
    /// # Errors
    /// When the folder can't be made.
    pub(super) fn make() -> Result<Self, CliError> {
        let folder = std::env::temp_dir().join(format!("v6ready-{}", random_letters(16)));
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|error| {
            CliError::operator(format!("{} can't be made: {error}", folder.display()))
                .help("name another folder with TMPDIR, or keep the run with --keep")
        })?;
        let file = folder.join("check.db");
        Ok(Self { folder, file })
    }

    /// Where the store goes.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

impl Drop for ScratchStore {
    fn drop(&mut self) {
        // What can't be removed is in the system's folder for what may go.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
