//! The judged view: what pages, the API, metrics and badges read.
//!
//! Verdicts are a function of the evidence, and judging ten thousand services takes minutes. A [`View`]
//! keeps what the rules said in a SQLite file of its own beside the store (`STORE.view`): derived, and dropped
//! and made anew at any time. Each inventory, as one vantage point sees it, is a [`Track`] of runs. What is
//! known of it now is its [`Picture`], which is held in memory and names the run, the policy and the rules
//! that it was judged by ([`RunKey`]); what was known earlier is kept as intervals, from which histories and
//! the changes between any two runs are read.
//!
//! Everything is judged as it was when each run ended, under the policy of the newest run of the track, by
//! the same functions as reports.
//!
//! Imports what is below commands.

mod changes;
mod check_row;
mod codes;
mod error;
mod facts;
mod figures;
mod file;
mod judging;
mod key;
mod load;
mod names;
mod overview;
mod packed;
mod past;
mod picture;
mod refresh;
mod seen_run;
mod services;
mod state;
#[doc(hidden)]
pub mod synthetic;
mod tracks;
mod writer;

pub use changes::{Moved, RunChanges};
pub use check_row::CheckRow;
pub use error::ViewError;
pub use figures::{OrganisationRow, Overview, TargetFigures};
pub use key::{RunKey, rules_digest};
pub use picture::{Picture, Track};
pub use refresh::Refreshed;
pub use seen_run::SeenRun;
pub use services::{PageOf, ServiceFilter, ServiceOrder, ServiceRow, Sorting, StandingFilter};
pub use state::View;

#[cfg(test)]
pub(crate) mod tests;
