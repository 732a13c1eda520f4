//! What TLS shows: certificates and who is trusted for them ([`certificate`], [`TrustedRoots`]), old
//! versions that are still accepted ([`legacy_versions()`]), and TLSA records ([`tlsa_records`]).
//!
//! Imports [`super::service`], [`super::dns`], [`super::query`] and the model.

pub mod certificate;
mod legacy_versions;
mod tlsa;
mod trust;

pub use legacy_versions::{LegacyVersions, legacy_hello_question, legacy_versions};
pub use tlsa::{TlsaRecords, tlsa_host, tlsa_records};
pub use trust::TrustedRoots;
