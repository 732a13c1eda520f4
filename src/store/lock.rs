//! One scan at a time writes to a store. The kernel frees the lock when its process ends, however
//! it ends.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// The right to write, until it is dropped.
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock, which is a file of its own beside the store.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let other = |error: std::io::Error| match error.kind() {
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
                StoreError::ReadOnly { path: path.to_owned() }
            }
            _ => StoreError::Other {
                path: path.to_owned(),
                detail: format!("the lock beside it can't be taken: {error}"),
            },
        };
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(lock_file(path))
            .map_err(other)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(other(error)),
        }
    }

    /// Whether another process, or another part of this one, writes to a store that can only be read
    /// here.
    pub(super) fn is_held(path: &Path) -> bool {
        File::open(lock_file(path))
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Takes away what is noted in the lock's file: nothing is being written.
    pub(super) fn clear_note(&self) {
        let _ = self.file.set_len(0);
    }
}

/// The file beside a store.
pub(super) fn lock_file(store: &Path) -> PathBuf {
    beside(store, ".lock")
}

/// The file beside a store whose name has this ending.
pub(super) fn beside(store: &Path, ending: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
