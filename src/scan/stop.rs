//! The signal by which a caller stops a scan.

use tokio::sync::watch;

/// Stops a scan. Dropping it without a call of [`Stopper::stop`] lets the scan go on to its end.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

/// What a scan listens to. Clones share one signal.
#[derive(Clone, Debug)]
pub struct StopSignal(watch::Receiver<bool>);

impl StopSignal {
    /// A signal and the handle that raises it.
    pub fn new() -> (Stopper, Self) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Self(receiver))
    }

    /// Whether the signal has been raised.
    pub fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once the signal is raised; never, when its [`Stopper`] was dropped before.
    pub async fn raised(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|is_raised| *is_raised).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Stopper {
    /// Raises the signal.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_raised_signal_stays_raised_and_a_dropped_stopper_raises_none() {
        let (stopper, signal) = StopSignal::new();
        assert!(futures_util::poll!(Box::pin(signal.raised())).is_pending());
        stopper.stop();
        drop(stopper);
        signal.clone().raised().await;
        assert!(signal.is_raised());
        let (_, signal) = StopSignal::new();
        assert!(futures_util::poll!(Box::pin(signal.raised())).is_pending());
        assert!(!signal.is_raised());
    }
}
