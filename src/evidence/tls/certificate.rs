//! What a certificate chain says, judged piece by piece: name, dates and path apart, because one
//! combined answer hides all but the first fault.
//!
//! Imports [`super::TrustedRoots`] and the model.

mod algorithms;
mod association;
mod climb;
mod der;
mod issuer;
mod leaf;
mod ocsp;
mod path;
mod strength;
mod timestamps;

#[cfg(test)]
mod tests;

pub use super::trust::Path;
pub use association::{Association, association};
pub use issuer::{certificates_in, is_issuer_of, issuers_wanted, issuing_addresses};
pub use leaf::{Leaf, Validity, leaf, subject, validity};
pub use ocsp::{Staple, staple};
pub use path::{needed, path};
pub use strength::{CertificateStrength, KeyAcceptance, Strength, key_acceptance, strengths};
pub use timestamps::{Timestamps, timestamps};
