//! Whether an address that refuses one request refuses everything by now.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::http::turns_away;

/// What an address that refused a request then said to one that it had answered well earlier in the run, made
/// right after: whether it refuses that one request, or us, whatever we ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recheck {
    /// Whom the earlier request was for: its `Host` or `:authority`.
    pub authority: Arc<str>,
    /// Its path and query.
    pub path: Arc<str>,
    /// When it had been answered.
    pub answered_at: Timestamp,
    /// The status with which it is answered now; `None` where no response came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl Recheck {
    /// Whether the address refuses that request too.
    pub fn is_refused(&self) -> bool {
        self.status.is_none_or(turns_away)
    }
}
