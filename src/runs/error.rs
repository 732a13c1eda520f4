//! Why a run can't be loaded, judged or carried on: what happened, whose fault it is, and what mends it.

use std::error::Error;
use std::fmt::{self, Display};

/// Why something with runs failed. The errors of the rooms below become one with `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsError {
    /// Who can do something about it.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

/// Who can do something about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The operator must fix something.
    Operator,
    /// The vantage point can't tell.
    Inconclusive,
    /// A fault of this program.
    Internal,
}

impl RunsError {
    /// Something that the operator can fix.
    pub fn operator(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Operator, message: message.into(), help: None }
    }

    /// The vantage point can't tell.
    pub fn inconclusive(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Inconclusive, message: message.into(), help: None }
    }

    /// A fault of this program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Internal, message: message.into(), help: None }
    }

    /// Adds what would mend it.
    #[must_use]
    pub fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// What happened and what would mend it, as one text.
    pub fn text(&self) -> String {
        match &self.help {
            Some(help) => format!("{} ({help})", self.message),
            None => self.message.clone(),
        }
    }

    /// An error whose own text says what the operator can do, with its causes.
    pub fn with_causes(error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self::operator(message)
    }
}

impl Display for RunsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Error for RunsError {}
