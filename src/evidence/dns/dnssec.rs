//! Is what the DNS says of a name authentic? RFC 4033 to 4035, 5155, 6840, 9276.
//!
//! Nothing that a resolver *says* about authenticity counts: the raw records are verified here, from
//! the trust anchors down, one zone cut after the other. The questions for the cuts are the same for
//! every name below them, so a run asks each once.

mod anchors;
mod answer;
mod chain;
mod denial;
mod security;
mod servers;
mod signatures;

#[cfg(test)]
pub(crate) mod tests;

pub use anchors::{AnchorError, Anchors};
pub(super) use answer::Citations;
pub use chain::dnssec;
pub use security::{
    Bogus, DENIALS_MAX, DNSSEC_KEYS_MAX, DNSSEC_SIGNATURES_MAX, DNSSEC_VERIFICATIONS_MAX, Dnssec,
    Insecure, Link, NSEC3_ITERATIONS_MAX, Security, Unknown,
};
pub(super) use servers::security_by_server;
