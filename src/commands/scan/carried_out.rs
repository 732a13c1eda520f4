//! A session carried to its end before a person: with a bar, and stopped by Ctrl-C.

use tokio::signal::unix;
use tokio::signal::unix::SignalKind;

use crate::commands::cli::Global;
use crate::commands::error::CliError;
use crate::commands::progress::Progress;
use crate::probe::Network;
use crate::runs::session::{ScannedRun, Session};
use crate::scan::StopSignal;

/// Scans and judges.
///
/// # Errors
/// What the operator can fix.
pub(in crate::commands) fn carried_out(
    global: &Global,
    network: Network,
    session: Session,
) -> Result<ScannedRun, CliError> {
    let progress = Progress::new(session.services().len(), session.settings(), global);
    let Network { runtime, echo } = network;
    let scanned = runtime.block_on(async {
        session.scan(echo, stop_on_interrupt(), |event| progress.show(&event)).await
    });
    progress.clear();
    Ok(scanned?.judge()?)
}

/// A signal that the first Ctrl-C raises, and SIGTERM, by which services are stopped. Where they can't be
/// caught, they end the process; nothing that was committed is lost then either.
fn stop_on_interrupt() -> StopSignal {
    let (stopper, signal) = StopSignal::new();
    tokio::spawn(async move {
        let Ok(mut terminated) = unix::signal(SignalKind::terminate()) else { return };
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => if interrupted.is_err() { return },
            _ = terminated.recv() => {}
        }
        stopper.stop();
    });
    signal
}
