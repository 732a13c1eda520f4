//! What TLS shows: certificates and whom they are trusted by, old versions, TLSA records.

pub mod certificate;
mod legacy_versions;
mod tlsa;
mod trust;

pub use legacy_versions::{LegacyVersions, legacy_hello_question, legacy_versions};
pub use tlsa::{TlsaRecords, tlsa_host, tlsa_records};
pub use trust::TrustedRoots;
