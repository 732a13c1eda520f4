//! The one error at the edge: what happened, what would mend it, and the exit code.

use std::fmt::Display;
use std::process::ExitCode;

/// Why a command ends early.
#[derive(Debug)]
pub(super) struct Stop {
    code: u8,
    message: String,
    help: Option<String>,
}

impl Stop {
    /// The operator must mend something: exit code 2.
    pub(super) fn mend(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into(), help: None }
    }

    /// The vantage point can't tell: exit code 3.
    pub(super) fn inconclusive(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into(), help: None }
    }

    /// An error that says what to mend by itself, with its causes.
    pub(super) fn of_error(error: impl std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self::mend(message)
    }

    /// Adds what would mend it.
    pub(super) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// What happened, with what would mend it, as one text.
    pub(super) fn message(&self) -> String {
        match &self.help {
            Some(help) => format!("{} ({help})", self.message),
            None => self.message.clone(),
        }
    }

    /// Prints it on stderr.
    pub(super) fn report(&self) -> ExitCode {
        eprintln!("v6ready: {}", self.message.trim_end());
        if let Some(help) = &self.help {
            eprintln!("  help: {help}");
        }
        ExitCode::from(self.code)
    }
}
