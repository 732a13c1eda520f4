//! What TLS shows: certificates and who is trusted for them ([`certificate`], [`TrustedRoots`]), whether
//! browsers accept them ([`acceptance()`]) with what they fetch ([`fetched_issuers()`]), old versions that are still accepted ([`legacy_versions()`]), and TLSA records ([`tlsa_records`]).
//!
//! Imports [`super::service`], [`super::dns`], [`super::query`] and the model.

mod acceptance;
pub mod certificate;
mod fetched_issuers;
mod legacy_versions;
mod tlsa;
mod trust;

pub use acceptance::{Acceptance, Clients, Completion, Refusal, acceptance, is_key_refused};
pub use fetched_issuers::{FetchedIssuers, fetched_issuers};
pub use legacy_versions::{LegacyVersions, legacy_hello_question, legacy_versions};
pub use tlsa::{TlsaRecords, tlsa_host, tlsa_records};
pub use trust::TrustedRoots;
