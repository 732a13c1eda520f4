//! Why a scan fails.

use crate::probe::LiveError;
use crate::store::StoreError;

/// Why a scan could not be carried out. What was recorded before stays in the store, and the run
/// can be resumed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The network can't be asked at all, most often for want of file descriptors.
    #[error(transparent)]
    Prober(#[from] LiveError),
    /// The store can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
