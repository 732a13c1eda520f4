//! The vantage point itself.

rules! {
    mod vantage_ipv6;
    mod vantage_resolver;
}
