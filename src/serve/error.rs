//! Why the daemon can't start or go on: what happened, and what mends it.

use std::error::Error;
use std::fmt;

use super::access::AccessError;
use crate::runs::RunsError;
use crate::store::StoreError;
use crate::view::ViewError;

/// Why the daemon can't start or go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeError {
    /// What happened.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

impl ServeError {
    /// What happened.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// Adds what would mend it.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.help {
            Some(help) => write!(f, "{} ({help})", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Error for ServeError {}

impl From<StoreError> for ServeError {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<ViewError> for ServeError {
    fn from(error: ViewError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<RunsError> for ServeError {
    fn from(error: RunsError) -> Self {
        let help = error.help.clone();
        Self { message: RunsError { help: None, ..error }.text(), help }
    }
}

impl From<AccessError> for ServeError {
    fn from(error: AccessError) -> Self {
        Self::new(error.to_string())
    }
}
