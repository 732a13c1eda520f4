//! How long what has to happen is waited for.

use std::time::Duration;

/// How long something that has to happen may take on a machine that is very busy.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How often it is looked whether something has happened.
pub const PAUSE: Duration = Duration::from_millis(50);
