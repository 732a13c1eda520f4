//! Checks of the vantage point itself: its IPv6, its resolvers, its clock, and its names.
//!
//! They judge what [`crate::evidence::vantage`] and [`crate::evidence::own_clock`] read, and import no area's helpers.

rules! {
    mod vantage_ipv6;
    mod vantage_resolver;
    mod vantage_clock;
    mod vantage_mail;
}
