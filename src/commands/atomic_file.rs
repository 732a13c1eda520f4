//! Files that appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::error::CliError;
use crate::runs::unfinished_file::{UnfinishedFile, folder_of};

/// Writes a file under another name first, and gives it its own when everything is on the disk. Who owns a
/// file that is there and who may read it stays as it is. Where the name is a link, what it leads to is
/// written. What is a device or a pipe (`/dev/null`, `/dev/stdout`) is written to as it is: nothing may take
/// its place.
///
/// # Errors
/// When it can't be written; then no part of it is left.
pub(super) fn write_atomically(
    path: &Path,
    render: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        return render(&mut out).and_then(|()| out.flush());
    }
    let target = match fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => fs::canonicalize(path)?,
        _ => path.to_owned(),
    };
    let unfinished = UnfinishedFile::make(&target)?;
    let mut out = BufWriter::new(unfinished.file());
    render(&mut out).and_then(|()| out.flush())?;
    drop(out);
    unfinished.put_in_place_of(&target)
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// When it is there, or can't be written; then no part of it is left.
pub(super) fn write_new(path: &Path, mode: u32, octets: &[u8]) -> io::Result<()> {
    let mut out = File::options().write(true).create_new(true).mode(mode).open(path)?;
    out.write_all(octets).and_then(|()| out.sync_all()).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// The error of a file that can't be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::operator(format!("{} can't be written: {error}", path.display()))
}

/// The right to rewrite a file, which one process has at a time: whoever reads it under this right, and
/// writes it anew, overwrites nobody's change. Waits for the other.
pub(super) struct RewriteRight {
    /// Locked until it is closed. It is the folder, because the file itself may have yet to be made, and is
    /// another one once it has been written.
    _folder: Option<File>,
}

impl RewriteRight {
    /// Takes it, after `is_waiting` was told where another process has it.
    ///
    /// # Errors
    /// When waiting for it fails.
    pub(super) fn take(path: &Path, is_waiting: impl FnOnce()) -> io::Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        // Where a folder can't be opened or locked, that the file has changed shows before it is replaced.
        let Ok(folder) = File::open(folder_of(&target)) else {
            return Ok(Self { _folder: None });
        };
        match folder.try_lock() {
            Ok(()) => Ok(Self { _folder: Some(folder) }),
            Err(fs::TryLockError::WouldBlock) => {
                is_waiting();
                folder.lock()?;
                Ok(Self { _folder: Some(folder) })
            }
            Err(fs::TryLockError::Error(_)) => Ok(Self { _folder: None }),
        }
    }
}

#[cfg(test)]
mod tests;
