//! What a server said in clear, as the model has it.

use rustls::{CipherSuite, NamedGroup, ProtocolVersion};

use super::server_flight::ServerFlight;
use crate::model::{Blob, TlsSession};
use crate::probe::conversation::iana;

/// What a server said in clear, as a session.
pub(super) fn session_in_clear(flight: ServerFlight, elapsed_us: u64) -> TlsSession {
    let hello = flight.hello;
    let version = hello.map(|hello| u16::from_be_bytes(hello.version));
    TlsSession {
        elapsed_us,
        version: version.map(ProtocolVersion::from).map(iana::version).unwrap_or_default(),
        cipher_suite: hello
            .map(|hello| iana::cipher_suite(CipherSuite::from(hello.cipher_suite)))
            .unwrap_or_default(),
        group: flight.group.map(|group| iana::group(NamedGroup::from(group))),
        chain: flight.chain.into_iter().map(Blob::new).collect(),
        ocsp: flight.ocsp.map(Blob::new),
        asks_client_certificate: flight.asks_certificate,
        ..TlsSession::default()
    }
}
