//! One scan at a time writes to a store. The kernel frees the lock when its process ends, however
//! it ends.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::error::StoreError;

/// The right to write, until it is dropped.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, which is a file of its own beside the store.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".lock");
        let other = |error: std::io::Error| StoreError::Other {
            path: path.to_owned(),
            detail: format!("the lock beside it can't be taken: {error}"),
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&beside)
            .map_err(other)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(other(error)),
        }
    }
}
