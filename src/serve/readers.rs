//! A few connections that read the store, used in turn.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::store::{Store, StoreError};

/// Connections that are kept open; more are opened when they are wanted, and closed after that.
const KEPT_MAX: usize = 8;

/// Connections to one store.
pub struct Readers {
    db: PathBuf,
    idle: Mutex<Vec<Store>>,
}

impl Readers {
    /// None is open yet.
    pub fn of(db: &Path) -> Self {
        Self { db: db.to_owned(), idle: Mutex::default() }
    }

    /// One that nobody else uses.
    ///
    /// # Errors
    /// When none is idle, and none can be opened.
    pub fn take(&self) -> Result<Reader<'_>, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let store = match idle {
            Some(store) => store,
            None => Store::open_existing(&self.db)?,
        };
        Ok(Reader { readers: self, store: Some(store) })
    }

    /// Closes those that are idle, after another file has taken the store's place.
    pub fn forget(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A connection for the time of one piece of work.
pub struct Reader<'a> {
    readers: &'a Readers,
    store: Option<Store>,
}

impl Deref for Reader<'_> {
    type Target = Store;

    #[allow(clippy::expect_used, reason = "it is taken out when this is dropped, and only then")]
    fn deref(&self) -> &Store {
        self.store.as_ref().expect("held until dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT_MAX {
            idle.extend(self.store.take());
        }
    }
}
