//! What can be wrong with a view.

use std::path::PathBuf;

use crate::model::RunId;
use crate::store::StoreError;

/// Why a view can't be read or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The store can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The view's file can't be read or written.
    #[error("{}: {detail}; it holds nothing that isn't in the store, and can be deleted", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// Another process brings it up to date.
    #[error("{}: another process is writing the judged view; try again when it has ended", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A run can't be judged any more.
    #[error("run {run} can't be judged: {detail}")]
    Run {
        /// The run.
        run: RunId,
        /// Why.
        detail: String,
    },
    /// What was asked for is being judged anew.
    #[error("the runs are being judged anew; try again in a moment")]
    Replaced,
    /// The track has no such run.
    #[error("there is no run {run} of the whole inventory here")]
    NoSuchRun {
        /// The run that was asked for.
        run: RunId,
    },
}
