//! One daemon serves a store: the kernel frees the right to it when its process ends, however it ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::error::ServeError;

/// The right to serve a store, until it is dropped.
#[derive(Debug)]
pub struct Sole {
    _file: File,
}

impl Sole {
    /// Takes the right to serve a store, by a file of its own beside it.
    ///
    /// # Errors
    /// When another daemon has it, or the file can't be made.
    pub fn take(db: &Path) -> Result<Self, ServeError> {
        let path = lock_file(db);
        let name = path.display();
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(
            |error| {
                ServeError::new(format!("{name}: can't be made: {error}"))
                    .help("the daemon's user must be able to write to the folder of the store")
            },
        )?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ServeError::new(format!(
                "{}: another v6ready serves this store already",
                db.display()
            ))
            .help("end that one first, or name another store with `--db`")),
            Err(TryLockError::Error(error)) => {
                Err(ServeError::new(format!("{name}: can't be locked: {error}"))
                    .help("put the store on a local disk"))
            }
        }
    }
}

fn lock_file(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".serve");
    PathBuf::from(name)
}
