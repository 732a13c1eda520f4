//! What TLS shows: certificates and whom they are trusted by, old versions, TLSA records.

pub mod certificate;
mod legacy_versions;
mod tlsa;
mod trust;

pub use legacy_versions::{Legacy, legacy_hello_question, legacy_versions};
pub use tlsa::{Tlsa, dane_host, tlsa};
pub use trust::TrustedRoots;
