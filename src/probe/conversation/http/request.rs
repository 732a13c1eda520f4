//! What every request says of us.

/// Who we say we are.
pub(super) const USER_AGENT: &str =
    concat!("v6ready/", env!("CARGO_PKG_VERSION"), " (IPv6 readiness scanner)");

/// What we say we want: any page, but HTML first.
pub(super) const ACCEPT: &str = "text/html,*/*;q=0.8";
