//! The one error at the edge: what happened, what would mend it, and the exit code.

use std::fmt::Display;
use std::process::ExitCode;

/// Why a command ends early.
#[derive(Debug)]
pub(crate) struct CliError {
    code: u8,
    message: String,
    help: Option<String>,
}

impl CliError {
    /// The operator must mend something: exit code 2.
    pub(crate) fn mend(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into(), help: None }
    }

    /// The vantage point can't tell: exit code 3.
    pub(crate) fn inconclusive(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into(), help: None }
    }

    /// An internal fault: exit code 4.
    pub(crate) fn fault(message: impl Into<String>) -> Self {
        Self { code: 4, message: message.into(), help: None }
    }

    /// An error that says what to mend by itself, with its causes.
    ///
    /// A reader that has gone away (`v6ready show … | head`) is no error: exit code 0, silently.
    pub(crate) fn of_error(error: impl std::error::Error + 'static) -> Self {
        let any: &(dyn std::error::Error + 'static) = &error;
        let io = any.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe) {
            return Self { code: 0, message: String::new(), help: None };
        }
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self::mend(message)
    }

    /// Adds what would mend it.
    pub(crate) fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// What happened, with what would mend it, as one text.
    pub(crate) fn message(&self) -> String {
        match &self.help {
            Some(help) => format!("{} ({help})", self.message),
            None => self.message.clone(),
        }
    }

    /// Prints it on stderr.
    pub(crate) fn report(&self) -> ExitCode {
        if self.code == 0 {
            return ExitCode::SUCCESS;
        }
        eprintln!("v6ready: {}", self.message.trim_end());
        if let Some(help) = &self.help {
            eprintln!("  help: {help}");
        }
        ExitCode::from(self.code)
    }
}
