//! The one error at the edge: what happened, what would fix it, and the exit code.

use std::error::Error;
use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use super::exit_code::{INCONCLUSIVE, INTERNAL_FAULT, OPERATOR_ERROR};
use super::terminal;
use crate::inventory::BadTargets;
use crate::inventory::import::MergeError;
use crate::lab::LabError;
use crate::model::BadPattern;
use crate::policy::PolicyError;
use crate::probe::NetworkError;
use crate::runs::{self, RunsError};
use crate::scan::ScanError;
use crate::serve::ServeError;
use crate::store::{StoreError, TransferError};

/// Why a command ends early. The errors of the rooms become one with `?`.
#[derive(Debug)]
pub(super) struct CliError {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    /// The reader of stdout has gone away (`v6ready show … | head`): no error, and nothing to print.
    OutputClosed,
    Operator,
    Inconclusive,
    Internal,
}

impl ErrorKind {
    fn exit_code(self) -> ExitCode {
        match self {
            Self::OutputClosed => ExitCode::SUCCESS,
            Self::Operator => ExitCode::from(OPERATOR_ERROR),
            Self::Inconclusive => ExitCode::from(INCONCLUSIVE),
            Self::Internal => ExitCode::from(INTERNAL_FAULT),
        }
    }
}

impl CliError {
    /// Something that the operator can fix: exit code 2.
    pub(super) fn operator(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Operator, message: message.into(), help: None }
    }

    /// The vantage point can't tell: exit code 3.
    pub(super) fn inconclusive(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Inconclusive, message: message.into(), help: None }
    }

    /// An internal fault: exit code 4.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Internal, message: message.into(), help: None }
    }

    /// Adds what would fix it.
    pub(super) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// What happened and what would fix it, as one text.
    pub(super) fn text(&self) -> String {
        match &self.help {
            Some(help) => format!("{} ({help})", self.message),
            None => self.message.clone(),
        }
    }

    /// Prints it on stderr and returns the exit code.
    pub(super) fn print(&self) -> ExitCode {
        if self.kind != ErrorKind::OutputClosed {
            terminal::note(format_args!("v6ready: {}", self.message.trim_end()));
            if let Some(help) = &self.help {
                terminal::note(format_args!("  help: {help}"));
            }
        }
        self.kind.exit_code()
    }

    /// An error whose own text says what the operator can do, with its causes.
    fn with_causes(error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self::operator(message)
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::BrokenPipe => ErrorKind::OutputClosed,
            _ => ErrorKind::Operator,
        };
        Self { kind, ..Self::with_causes(&error) }
    }
}

macro_rules! from_operator_errors {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::with_causes(&error)
            }
        })+
    };
}

impl From<RunsError> for CliError {
    fn from(error: RunsError) -> Self {
        let kind = match error.kind {
            runs::ErrorKind::Operator => ErrorKind::Operator,
            runs::ErrorKind::Inconclusive => ErrorKind::Inconclusive,
            runs::ErrorKind::Internal => ErrorKind::Internal,
        };
        let message = match &error.problems {
            Some(problems) => {
                format!("{}:\n{}", error.message, terminal::render_diagnostics(problems))
            }
            None => error.message,
        };
        Self { kind, message, help: error.help }
    }
}

impl From<NetworkError> for CliError {
    fn from(error: NetworkError) -> Self {
        Self::operator(error.message).help(error.help)
    }
}

impl From<ServeError> for CliError {
    fn from(error: ServeError) -> Self {
        Self { kind: ErrorKind::Operator, message: error.message, help: error.help }
    }
}

from_operator_errors!(
    BadPattern,
    BadTargets,
    LabError,
    MergeError,
    PolicyError,
    ScanError,
    StoreError,
    TransferError,
    serde_json::Error,
    crate::view::ViewError,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_output_is_no_error_and_causes_are_named() {
        let closed = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(closed.kind, ErrorKind::OutputClosed);
        let inner = StoreError::Recording("the disk is full".to_owned());
        let error = CliError::from(ScanError::from(inner)).help("make room");
        assert_eq!(error.kind, ErrorKind::Operator);
        assert_eq!(error.text(), "the disk is full (make room)");
    }
}
