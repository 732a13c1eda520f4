//! The open view.

use std::path::Path;

/// Why the view can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the judged view can't be used: {0}")]
pub struct ViewError(String);

/// The judged view of a store.
#[derive(Debug)]
pub struct View {}

impl View {
    /// Opens the view of a store, and makes it where there is none.
    ///
    /// # Errors
    /// When its file can't be used.
    pub fn open(_store: &Path) -> Result<Self, ViewError> {
        Ok(Self {})
    }
}
