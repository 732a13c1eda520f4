//! How long the driver of browsers is waited for.

use std::time::Duration;

/// What needs time is waited for, up to this.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Between two looks.
pub const PAUSE: Duration = Duration::from_millis(50);
