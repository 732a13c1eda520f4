//! The header values that every request carries.

/// `User-Agent`.
pub(super) const USER_AGENT: &str =
    concat!("v6ready/", env!("CARGO_PKG_VERSION"), " (IPv6 readiness scanner)");

/// `Accept`: any page, but HTML first.
pub(super) const ACCEPT: &str = "text/html,*/*;q=0.8";
