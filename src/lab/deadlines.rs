//! How long the lab's scan and its resolver wait.

use std::time::Duration;

/// How long the lab's scan and its resolver wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadlines {
    /// For the demo, in which sites that never answer should not take long.
    Short,
    /// For tests, which a busy machine must not fail: no server that answers is ever too late.
    Long,
}

impl Deadlines {
    /// The inventory's `timeouts`.
    pub(super) fn timeouts(self) -> &'static str {
        match self {
            Self::Short => "dns: 1s, connect: 1500ms, tls: 2s, http: 2s, greeting: 1s",
            Self::Long => "dns: 8s, connect: 8s, tls: 8s, http: 8s, greeting: 8s",
        }
    }

    /// How long the resolver waits for one name server. Four of them may be silent, one after the
    /// other, before the scan gives the resolver up.
    pub(super) fn resolver(self) -> Duration {
        match self {
            Self::Short => Duration::from_millis(250),
            Self::Long => Duration::from_millis(1500),
        }
    }
}
