//! What came of sending a message.

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSent {
    /// What happened, without secrets.
    pub problem: String,
    /// Whether the receiver, or the configuration, has to change before it can be.
    pub is_permanent: bool,
}

impl NotSent {
    /// It may be taken later.
    pub fn for_now(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), is_permanent: false }
    }

    /// It will not be taken as things are.
    pub fn for_good(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), is_permanent: true }
    }
}
