//! Checks of the vantage point itself: its IPv6, its resolvers, and its names.
//!
//! They judge what [`crate::evidence::vantage`] reads, and import no area's helpers.

rules! {
    mod vantage_ipv6;
    mod vantage_resolver;
    mod vantage_mail;
}
