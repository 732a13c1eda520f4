//! The evidence store, the only door to the disk: one SQLite file, append-only, content-addressed.
//!
//! A [`Store`] is opened, lists its runs and reads their evidence back; a [`Recorder`] takes the
//! observations of one run as they arrive and hands them to a thread that writes them. Observations
//! are named by the SHA-256 of their canonical document and compressed; what many of them hold
//! (certificates, bodies) is kept once, in a table of its own. A run links its askers ([`Asker`])
//! and request keys to observations, and keeps everything that it takes to judge it again
//! ([`RunInputs`]). Verdicts are never stored: they are judged from the evidence.
//!
//! Beside the runs it keeps what the daemon must not forget ([`StoredAlert`], [`StoredMessage`], [`SavedSession`]
//! and others).
//!
//! The file is in WAL mode with `synchronous=NORMAL`: a killed process loses nothing that was
//! committed, and a power failure loses at most the last moments, never the file. The rows of each run
//! have a digest, its seal, which is checked when the run is opened; and what a killed scan had committed is
//! noted beside the store, so that a lost log is told.
//!
//! Imports [`model`](crate::model) and nothing else of this crate.

mod asker;
mod commit_note;
mod compression;
mod daemon;
mod database;
#[cfg(feature = "train-dictionary")]
mod dictionary;
mod error;
mod identity;
mod lock;
mod log;
mod namesakes;
mod read;
mod read_only;
mod recorder;
mod restore;
mod run;
mod schema;
mod scratch;
mod seal;
mod state;
mod transfer;
mod upkeep;
mod writer;

pub use asker::Asker;
pub use compression::DICTIONARY;
pub use daemon::{
    Acknowledgement, AlertDecision, AlertFilter, MaintenanceWindow, MessageState, NewMessage,
    RequestedScan, SavedSession, ScheduleMark, StoredAlert, StoredMessage,
};
pub use database::Store;
#[cfg(feature = "train-dictionary")]
pub use dictionary::{
    DICTIONARY_ID, DICTIONARY_OCTETS, DictionaryResult, documents_of_run, train_dictionary,
    try_dictionary,
};
pub use error::StoreError;
pub use recorder::Recorder;
pub use run::{COMMAND_LINE, ListedRun, RunInputs, Scope, StoredRun};
pub use transfer::{
    BadKey, Exported, Imported, Provenance, PublicKey, RUN_SCHEMA, Signer, SigningKey,
    TransferError, TrustedKeys,
};
pub use upkeep::Contents;

#[cfg(test)]
mod tests;
