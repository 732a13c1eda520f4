//! Runs from their beginning to their judgement: what the commands and the daemon both call.
//!
//! [`load`] reads an inventory with all that it names, [`session`] begins a run or goes on with one and
//! carries it to its end, [`stored_run`] judges it, and [`named_run`] says which run a word means.
//! [`since_last`], [`histories`] and [`quarter`] look at several runs; [`retention`] says which are no longer
//! needed, and [`backup`] copies them all.
//!
//! A library: it prints nothing. Warnings and notes are given to the caller as they arise ([`Note`]), and
//! errors say what would mend them ([`RunsError`]).

pub mod as_of;
pub mod backup;
mod error;
pub mod histories;
pub mod judge_each;
pub mod load;
pub mod named_run;
mod note;
pub mod quarter;
mod resumed_run;
pub mod retention;
pub mod run_id;
pub mod service_selection;
pub mod session;
pub mod since_last;
pub mod stored_run;
pub(crate) mod unfinished_file;

pub use error::{ErrorKind, RunsError};
pub use note::{Note, TakeNotes};
