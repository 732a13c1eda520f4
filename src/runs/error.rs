//! Why a run can't be loaded, judged or carried on: what happened, whose fault it is, and what mends it.

use std::error::Error;
use std::fmt::{self, Display};

use crate::inventory::{BadTargets, Diagnostics};
use crate::model::BadPattern;
use crate::policy::PolicyError;
use crate::probe::NetworkError;
use crate::scan::ScanError;
use crate::store::StoreError;

/// Why something with runs failed. The errors of the rooms below become one with `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunsError {
    /// Who can do something about it.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
    /// What is wrong with an inventory, each with its place.
    pub problems: Option<Box<Diagnostics>>,
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
        Self { kind: ErrorKind::Operator, message: message.into(), help: None, problems: None }
    }

    /// The vantage point can't tell.
    pub fn inconclusive(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Inconclusive, message: message.into(), help: None, problems: None }
    }

    /// A fault of this program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Internal, message: message.into(), help: None, problems: None }
    }

    /// Adds what would mend it.
    #[must_use]
    pub fn help(self, help: impl Display) -> Self {
        Self { help: Some(help.to_string()), ..self }
    }

    /// Adds what is wrong with an inventory.
    #[must_use]
    pub fn problems(self, problems: Diagnostics) -> Self {
        Self { problems: Some(Box::new(problems)), ..self }
    }

    /// What happened and what would mend it, as one text.
    pub fn text(&self) -> String {
        let mut text = self.message.clone();
        if let Some(problems) = &self.problems {
            text.push_str(&format!(":\n{}", problems.render(false)));
        }
        match &self.help {
            Some(help) => format!("{text} ({help})"),
            None => text,
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

impl From<NetworkError> for RunsError {
    fn from(error: NetworkError) -> Self {
        Self::operator(error.message).help(error.help)
    }
}

macro_rules! from_operator_errors {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$error> for RunsError {
            fn from(error: $error) -> Self {
                Self::with_causes(&error)
            }
        })+
    };
}

from_operator_errors!(BadPattern, BadTargets, PolicyError, ScanError, StoreError);
