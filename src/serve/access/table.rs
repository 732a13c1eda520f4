//! Keeps sessions in the store.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::session::SessionTable;
use crate::model::Digest;
use crate::store::{SavedSession, Store, StoreError};

/// The sessions of a store, by a connection of their own.
pub struct StoreTable {
    path: PathBuf,
    store: Mutex<Option<Store>>,
}

impl StoreTable {
    /// Those of the store in this file.
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), store: Mutex::default() }
    }

    fn with<T>(
        &self,
        act: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut open = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let mut store = match open.take() {
            Some(store) => store,
            None => Store::open_existing(&self.path)?,
        };
        let done = act(&mut store)?;
        // After a failure the next one opens the file again: it may be another.
        *open = Some(store);
        Ok(done)
    }
}

impl SessionTable for StoreTable {
    fn load(&self) -> Result<Vec<SavedSession>, StoreError> {
        self.with(|store| store.sessions())
    }

    fn save(&self, kept: &[SavedSession], ended: &[Digest]) -> Result<(), StoreError> {
        self.with(|store| store.save_sessions(kept, ended))
    }
}
