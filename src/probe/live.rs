//! Asks the network: owns deadlines, concurrency, pacing and limits.

use crate::model::{Observation, Request, Settings};

/// Why asking can't begin: something for the operator to mend.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {}

/// The prober of a live run.
pub struct Live {}

impl Live {
    /// Opens the shared sockets.
    pub fn new(_settings: &Settings) -> Result<Self, LiveError> {
        Ok(Self {})
    }

    /// Asks once.
    pub async fn ask(&self, request: &Request) -> Observation {
        let _ = request;
        std::future::pending().await
    }
}
