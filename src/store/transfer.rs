//! A run as one file that another store can take: `format` says what is in it, `signature` who vouches
//! for it; `export` writes one and `import` reads one.

mod export;
mod format;
mod hashing;
mod import;
mod provenance;
mod signature;

pub use export::Exported;
pub use format::{RUN_SCHEMA, TransferError};
pub use import::Imported;
#[cfg(feature = "train-dictionary")]
pub(super) use import::documents_of_export;
pub use provenance::{Provenance, Signer};
pub use signature::{BadKey, PublicKey, SigningKey, TrustedKeys};
