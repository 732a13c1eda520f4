//! What a certificate chain says, judged piece by piece: name, dates and path apart, because one
//! combined answer hides all but the first fault.
//!
//! Imports [`super::TrustedRoots`] and the model.

mod association;
mod leaf;
mod ocsp;
mod path;
mod strength;

#[cfg(test)]
mod tests;

pub use super::trust::Path;
pub use association::{Association, association};
pub use leaf::{Leaf, Validity, leaf, validity};
pub use ocsp::{Staple, staple};
pub use path::{needed, path};
pub use strength::{CertificateStrength, Strength, strengths};
