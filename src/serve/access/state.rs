//! The state of this part.

/// The state that this part keeps.
#[derive(Debug, Default)]
pub struct Access {}
