//! The handshake of the first TLS library, rustls: TLS 1.2 and 1.3 as one should speak them today.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{DnsName, ServerName};
use rustls::sign::CertifiedKey;
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Error, InvalidMessage, PeerMisbehaved,
    SignatureScheme,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::second_stack::Bounds;
use super::server_flight::ServerFlight;
use super::session::session_in_clear;
use crate::model::{Host, Limits, NetFailure, TlsFailed, TlsFailure, TlsSession};
use crate::probe::conversation::iana;
use crate::probe::conversation::limited_stream::LimitedStream;
use crate::probe::errors;
use crate::probe::timing::micros;
use crate::probe::verifier::{RecordingVerifier, Sent};

/// Shakes hands by the first library.
pub(super) struct FirstStack {
    /// Offers no ALPN.
    bare: ClientConfig,
    chain_octets_max: usize,
}

impl FirstStack {
    /// Prepares the configuration.
    ///
    /// # Errors
    /// When the library rejects the configuration.
    pub fn new(limits: &Limits) -> Result<Self, Error> {
        Ok(Self { bare: configuration(limits)?, chain_octets_max: limits.chain_octets })
    }

    /// Whether this library speaks a cipher suite.
    pub fn speaks(&self, cipher_suite: u16) -> bool {
        let mut suites = self.bare.crypto_provider().cipher_suites.iter();
        suites.any(|suite| u16::from(suite.suite()) == cipher_suite)
    }

    /// Shakes hands for `host` over an established connection.
    pub async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        tcp: S,
        peer: SocketAddr,
        host: &Host,
        alpn: &[&[u8]],
        bounds: Bounds,
    ) -> Result<(TlsSession, TlsStream<LimitedStream<S>>), TlsFailed> {
        let name = server_name(host).ok_or_else(|| {
            let detail = format!("{host} can't be sent as a server name");
            TlsFailed::new(TlsFailure::Ours { detail }, Vec::new())
        })?;
        let algorithms = self.bare.crypto_provider().signature_verification_algorithms;
        let verifier = Arc::new(RecordingVerifier::new(algorithms, self.chain_octets_max));
        let asked = Arc::new(AskedForCertificate::default());
        // A copy per connection is a dozen reference counts, and gives each its own verifier.
        let mut config = self.bare.clone();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        config.dangerous().set_certificate_verifier(Arc::clone(&verifier) as _);
        config.client_auth_cert_resolver = Arc::clone(&asked) as _;

        let wire = LimitedStream::new(tcp, bounds.octets_max).recording(bounds.flight_octets_max);
        let started = Instant::now();
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, wire).into_fallible();
        let outcome = tokio::time::timeout(bounds.deadline, handshake).await;
        let Sent { chain, ocsp } = verifier.sent();
        let failure = match outcome {
            Ok(Ok(mut stream)) => {
                let elapsed_us = micros(started.elapsed());
                let (wire, connection) = stream.get_mut();
                wire.take_recording();
                let session = TlsSession {
                    chain,
                    ocsp,
                    asks_client_certificate: asked.is_so(),
                    unproven_key: verifier.unproven_key(),
                    ..session(connection, elapsed_us)
                };
                return Ok((session, stream));
            }
            Ok(Err((error, mut wire))) => match verifier.refusal() {
                Some(refusal) => refusal,
                None => {
                    let failure = handshake_failure(&error, &wire, peer);
                    if let Some(failure) = refused_without_certificate(&failure, &asked) {
                        let flight = ServerFlight::read(&wire.take_recording());
                        let session = session_in_clear(flight, micros(started.elapsed()));
                        return Err(TlsFailed::with_session(failure, session));
                    }
                    failure
                }
            },
            Err(_) => TlsFailure::Net { failure: NetFailure::TimedOut },
        };
        Err(TlsFailed::new(failure, chain))
    }
}

/// Notes that the server asks for a certificate of the client, and has none.
#[derive(Debug, Default)]
struct AskedForCertificate(AtomicBool);

impl AskedForCertificate {
    fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for AskedForCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// The failure, where the server ended after it had asked for a certificate and got none. Up to TLS 1.2
/// that belongs to the handshake; in TLS 1.3 it comes after it.
fn refused_without_certificate(
    failure: &TlsFailure,
    asked: &AskedForCertificate,
) -> Option<TlsFailure> {
    let alert = match failure {
        TlsFailure::Alert { code, .. } => Some(*code),
        TlsFailure::Net { failure: NetFailure::Closed | NetFailure::Reset } => None,
        _ => return None,
    };
    asked.is_so().then_some(TlsFailure::ClientCertificate { alert })
}

/// What every handshake offers: TLS 1.2 and 1.3, post-quantum key exchange first, no resumption.
fn configuration(limits: &Limits) -> Result<ClientConfig, Error> {
    let mut provider: CryptoProvider = aws_lc_rs::default_provider();
    // The cheapest first; a stable sort keeps the rest in the library's order.
    provider.cipher_suites.sort_by_key(|suite| match suite.suite() {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => 0,
        _ => 1,
    });
    let verifier =
        RecordingVerifier::new(provider.signature_verification_algorithms, limits.chain_octets);
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}

/// What goes into SNI; an address is not sent (RFC 6066 §3). `None` when it is no host name.
fn server_name(host: &Host) -> Option<ServerName<'static>> {
    match host {
        Host::Address(address) => Some(ServerName::from(*address)),
        Host::Name(name) => {
            DnsName::try_from(name.as_str().to_owned()).ok().map(ServerName::DnsName)
        }
    }
}

/// What was agreed, without the certificates.
fn session(connection: &ClientConnection, elapsed_us: u64) -> TlsSession {
    TlsSession {
        elapsed_us,
        version: connection.protocol_version().map(iana::version).unwrap_or_default(),
        cipher_suite: connection
            .negotiated_cipher_suite()
            .map(|suite| iana::cipher_suite(suite.suite()))
            .unwrap_or_default(),
        group: connection.negotiated_key_exchange_group().map(|group| iana::group(group.name())),
        alpn: connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned()),
        ..TlsSession::default()
    }
}

fn handshake_failure<S>(
    error: &io::Error,
    wire: &LimitedStream<S>,
    peer: SocketAddr,
) -> TlsFailure {
    if wire.is_exhausted() {
        return TlsFailure::ChainTooLarge;
    }
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => tls_failure(error, wire.head()),
        None => TlsFailure::Net { failure: errors::io_failure(error, peer.ip()) },
    }
}

/// The failure that the library's error stands for; `head` is how the server's answer began.
fn tls_failure(error: &Error, head: &[u8]) -> TlsFailure {
    let detail = || error.to_string();
    match error {
        Error::AlertReceived(description) => TlsFailure::Alert {
            code: u8::from(*description),
            name: iana::alert(*description).to_owned(),
        },
        Error::PeerIncompatible(_)
        // Servers that insist on what they were not asked for.
        | Error::PeerMisbehaved(
            PeerMisbehaved::SelectedUnofferedCipherSuite | PeerMisbehaved::SelectedUnofferedKxGroup,
        ) => TlsFailure::NothingInCommon { detail: detail() },
        Error::InvalidMessage(
            InvalidMessage::CertificatePayloadTooLarge | InvalidMessage::HandshakePayloadTooLarge,
        ) if is_tls_record(head) => TlsFailure::ChainTooLarge,
        Error::InvalidMessage(_) if !is_tls_record(head) => TlsFailure::NotTls {
            detail: format!("the answer begins with \"{}\"", head.escape_ascii()),
        },
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerMisbehaved(_)
        | Error::InvalidCertificate(_)
        | Error::NoCertificatesPresented
        | Error::DecryptError
        | Error::PeerSentOversizedRecord => TlsFailure::NotTls { detail: detail() },
        _ => TlsFailure::Ours { detail: detail() },
    }
}

/// Whether this is how a TLS or SSL 3 record begins (RFC 8446 §5.1).
fn is_tls_record(head: &[u8]) -> bool {
    matches!(head, [20..=24, 3, 0..=4, ..])
}
