//! What the process may still do, once it knows what it is for: the least of it.
//!
//! [`begin`] gives up privileges before anything is read; [`restrict`] leaves no files but those that the command line
//! and the inventory name. Both hold for the calling thread and for every thread that it starts from then on, so they
//! come before any thread is started. A kernel that lacks a part of this does without it; `-v` says what holds.

mod capabilities;
mod landlock;
mod reach;

pub(super) use capabilities::RawSockets;
pub(super) use reach::Reach;

use super::cli::Command;

/// Gives up every privilege that this command doesn't need, and the way to gain others.
pub(super) fn begin(command: &Command, reach: &Reach) {
    let needs_raw_sockets =
        matches!(command, Command::Scan(_) | Command::Check(_) | Command::Doctor(_));
    capabilities::reduce(needs_raw_sockets, reach);
}

/// As [`begin`], for a scan of whatever command.
pub(super) fn begin_scan(reach: &Reach) {
    capabilities::reduce(true, reach);
}

/// Whether the files that the command line names are all that a command opens. What scans reads its inventory
/// first.
pub(super) fn is_known_by_arguments(command: &Command) -> bool {
    use Command::{Check, Demo, Doctor, Scan};
    !matches!(command, Scan(_) | Check(_) | Doctor(_) | Demo(_))
}

/// Leaves no network, and only these files to write to. Everything can still be read.
pub(super) fn restrict(reach: &Reach) {
    landlock::restrict(reach, landlock::Use::FilesToWrite);
}

/// Leaves the network, but for listening, and only these files to read and to write to.
pub(super) fn restrict_scan(reach: &Reach) {
    landlock::restrict(reach, landlock::Use::Scan);
}
