//! Keeps sessions in the store.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::session::{SavedSession, SessionTable};
use crate::model::Digest;
use crate::store::{Store, StoreError, StoredSession};

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

    fn with<T>(&self, act: impl Fn(&Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut open = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match open.take() {
            Some(store) => store,
            None => Store::open_existing(&self.path)?,
        };
        let done = act(&store)?;
        // After a failure the next one opens the file again: it may be another.
        *open = Some(store);
        Ok(done)
    }
}

impl SessionTable for StoreTable {
    fn load(&self) -> Result<Vec<SavedSession>, StoreError> {
        let found = self.with(Store::sessions)?;
        let saved = found.into_iter().map(|(key, session)| SavedSession {
            key,
            user: session.user,
            started: session.began_at,
            seen: session.seen_at,
            until: session.until,
            document: session.document,
        });
        Ok(saved.collect())
    }

    fn save(&self, kept: &[SavedSession], ended: &[Digest]) -> Result<(), StoreError> {
        let kept: Vec<_> = kept
            .iter()
            .map(|saved| {
                let session = StoredSession {
                    user: saved.user.clone(),
                    began_at: saved.started,
                    seen_at: saved.seen,
                    until: saved.until,
                    document: saved.document.clone(),
                };
                (saved.key, session)
            })
            .collect();
        self.with(|store| store.save_sessions(&kept, ended))
    }
}
