//! Why a text isn't the value that is wanted.

/// What is wrong with a text, without its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) help: Option<String>,
}

impl Fault {
    /// An error with what would be right.
    pub(crate) fn err<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Self> {
        Err(Self { message: message.into(), help: Some(help.into()) })
    }

    /// An error of another library, whose text is the whole message.
    pub(crate) fn plain(error: impl ToString) -> Self {
        Self { message: error.to_string(), help: None }
    }
}

/// What a test expects to be refused: the message and the help.
#[cfg(test)]
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
    let fault = result.unwrap_err();
    format!("{} → {}", fault.message, fault.help.unwrap_or_default())
}
