//! What the daemon keeps in the store beside the runs: sessions, alerts and what was said of them, messages
//! that wait to be sent, marks of the schedule.
//!
//! Every function is one short transaction and needs no lock of a scan: a scan's writer and the daemon
//! take turns, and readers wait for neither. What must not be lost unnoticed (all but
//! sessions) has a digest over its rows, which [`Store::daemon_state_is_whole`] and
//! [`Store::verify`] compare.
//!
//! [`Store::daemon_state_is_whole`]: super::Store::daemon_state_is_whole
//! [`Store::verify`]: super::Store::verify

mod alerts;
mod maintenance;
mod outbox;
mod schedule;
mod sealed;
mod session;
mod transaction;
mod unsubscription;

pub use alerts::{Acknowledgement, AlertDecision, AlertFilter, StoredAlert};
pub use maintenance::MaintenanceWindow;
pub use outbox::{MessageState, NewMessage, StoredMessage};
pub use schedule::{RequestedScan, ScheduleMark};
pub use session::SavedSession;

#[cfg(test)]
mod tests;
