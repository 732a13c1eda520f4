//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;

/// Writes a file under another name first, and gives it its own when everything is on the disk.
///
/// # Errors
/// When it can't be written; then no part of it is left.
pub(super) fn write_atomically(
    path: &Path,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let mut out = BufWriter::new(File::create(&unfinished)?);
    let written =
        render(&mut out).and_then(|()| out.flush()).and_then(|()| out.get_ref().sync_all());
    drop(out);
    match written {
        Ok(()) => fs::rename(&unfinished, path),
        Err(error) => {
            let _ = fs::remove_file(&unfinished);
            Err(error)
        }
    }
}

/// The error of a file that can't be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::operator(format!("{} can't be written: {error}", path.display()))
}
