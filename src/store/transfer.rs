//! A run as one file that another store can take: `format` says what is in it, `export` writes one
//! and `import` reads one.

mod export;
mod format;
mod import;

pub use format::{RUN_SCHEMA, TransferError};
pub use import::Imported;
#[cfg(feature = "train-dictionary")]
pub(super) use import::documents_of_export;
