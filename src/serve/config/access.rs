//! What the operator says of users, single sign-on, tokens, and what is public.

/// What the operator says of users, single sign-on, tokens, and what is public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessConfig {}
