//! The decoders of this room without its network: octets in, what they say out.
//!
//! No part of the program calls them; the fuzz targets (`fuzz/`) do, so that what they try is what a
//! server's octets meet.

pub use super::conversation::decoders::{greeting, handshake, http};

use super::dns::decoders;
use super::{legacy_tls, quic, validator, verifier};
use crate::model::{Blob, Settings};

/// Whether octets answer a DNS question of ours, or are one that came back.
pub fn is_dns_answer(octets: &[u8]) -> bool {
    decoders::is_answer(octets)
}

/// Reads the answer to a hello of an old version of TLS.
pub fn legacy_hello(octets: &[u8]) {
    legacy_tls::hear(octets);
}

/// Reads the key of a certificate.
pub fn weak_key(certificate: &[u8]) -> Option<String> {
    verifier::weak_key(&[Blob::new(certificate)])
}

/// Reads the answer of an RPKI validator; the number of payloads in it.
pub fn covering_payloads(octets: &[u8]) -> Option<usize> {
    validator::parse_payloads(octets).ok().map(|payloads| payloads.len())
}

/// How QUIC handshakes are configured.
pub fn quic_config() -> Option<quinn::ClientConfig> {
    quic::Client::new(&Settings::default()).ok()?.hearing_config()
}
