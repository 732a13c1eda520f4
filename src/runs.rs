//! Runs from their beginning to their judgement: what the commands and the daemon both call.
//!
//! A library: it prints nothing. Warnings and notes are returned, or given to the caller as they arise, and
//! errors say what would mend them ([`RunsError`]).

mod error;

pub use error::{ErrorKind, RunsError};
