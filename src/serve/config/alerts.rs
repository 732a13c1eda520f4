//! What the operator says of whom to tell what.

/// What the operator says of whom to tell what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertsConfig {}
