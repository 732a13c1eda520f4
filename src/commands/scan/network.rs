//! The network of a scan in a process that gives up what a scan doesn't need.

use crate::commands::confinement::{self, RawSockets, Reach};
use crate::commands::error::CliError;
use crate::probe::Network;

/// Opens it, and leaves this process no files but these, and no privilege. To be called before any other thread is
/// started.
///
/// # Errors
/// When the system allows too few threads or descriptors.
pub(in crate::commands) fn open(reach: &Reach) -> Result<Network, CliError> {
    confinement::restrict_scan(reach);
    let raw = RawSockets::left();
    let workers = raw.workers();
    let network = Network::open_with(move || workers.apply(), |open| raw.while_allowed(open))?;
    Ok(network)
}
