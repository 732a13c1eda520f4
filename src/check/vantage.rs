//! Checks of the vantage point itself: its IPv6 and its resolvers.
//!
//! They judge what [`crate::evidence::vantage`] reads, and import no area's helpers.

rules! {
    mod vantage_ipv6;
    mod vantage_resolver;
}
