//! The TLS handshake.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{DnsName, ServerName};
use rustls::{CipherSuite, ClientConfig, ClientConnection, Error, InvalidMessage};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::iana;
use super::limited_stream::LimitedStream;

use crate::model::{
    Host, HttpGet, Limits, NetFailure, Timeouts, TlsFailed, TlsFailure, TlsSession,
};
use crate::probe::errors;
use crate::probe::timing::micros;
use crate::probe::verifier::{RecordingVerifier, Sent};

/// A connection after its TLS handshake.
pub(super) type Secured = TlsStream<LimitedStream<TcpStream>>;

/// Shakes hands, with a bounded number of hands at once.
pub(super) struct Handshaker {
    /// Offers no ALPN.
    bare: ClientConfig,
    /// Offers `h2` and `http/1.1`.
    web: ClientConfig,
    /// Offers `http/1.1` alone.
    http1: ClientConfig,
    in_flight: Semaphore,
    deadline: Duration,
    chain_octets_max: usize,
    octets_max: usize,
}

/// What a handshake offers by ALPN (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// No protocol.
    Nothing,
    /// HTTP/2 and HTTP/1.1.
    Web,
    /// HTTP/1.1 alone.
    Http1,
}

impl Offer {
    /// What goes with an exchange over HTTP, if any follows.
    pub fn of(http: Option<&HttpGet>) -> Self {
        match http {
            None => Self::Nothing,
            Some(ask) if ask.only_http1 => Self::Http1,
            Some(_) => Self::Web,
        }
    }
}

/// A connection that had to wait this long for its turn may have been given up by its server.
const LONG_WAIT: Duration = Duration::from_secs(2);

/// What a handshake may take beside the certificates, in octets.
const HANDSHAKE_OCTETS: usize = 64 * 1024;

impl Handshaker {
    /// Prepares the configurations. `payload_octets_max` is what the layer above will read.
    ///
    /// # Errors
    /// When the library rejects the configuration.
    pub fn new(
        timeouts: &Timeouts,
        limits: &Limits,
        payload_octets_max: usize,
    ) -> Result<Self, Error> {
        let bare = configuration(limits)?;
        let mut web = bare.clone();
        web.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut http1 = bare.clone();
        http1.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            bare,
            web,
            http1,
            in_flight: Semaphore::new(limits.tls_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            deadline: timeouts.tls,
            chain_octets_max: limits.chain_octets,
            // Twice the payload leaves room for records of ordinary size.
            octets_max: limits.chain_octets + HANDSHAKE_OCTETS + 2 * payload_octets_max,
        })
    }

    /// Shakes hands for `host` over an established connection. Waiting for a turn happens here,
    /// after the connect, so that dead addresses keep no living one waiting; it is not part of the
    /// deadline.
    pub async fn shake_hands(
        &self,
        tcp: TcpStream,
        peer: SocketAddr,
        host: &Host,
        offer: Offer,
    ) -> Result<(TlsSession, Secured), TlsFailed> {
        let name = server_name(host).ok_or_else(|| TlsFailed {
            failure: TlsFailure::Ours { detail: format!("{host} can't be sent as a server name") },
            chain: Vec::new(),
        })?;
        let waiting_since = Instant::now();
        // The semaphore is never closed, and going on without a turn would be harmless.
        let turn = self.in_flight.acquire().await.ok();
        let waited = waiting_since.elapsed();

        let offered = match offer {
            Offer::Nothing => &self.bare,
            Offer::Web => &self.web,
            Offer::Http1 => &self.http1,
        };
        let algorithms = offered.crypto_provider().signature_verification_algorithms;
        let verifier = Arc::new(RecordingVerifier::new(algorithms, self.chain_octets_max));
        // A copy per connection is a dozen reference counts, and gives each its own verifier.
        let mut config = offered.clone();
        config.dangerous().set_certificate_verifier(Arc::clone(&verifier) as _);

        let started = Instant::now();
        let handshake = TlsConnector::from(Arc::new(config))
            .connect(name, LimitedStream::new(tcp, self.octets_max))
            .into_fallible();
        let outcome = tokio::time::timeout(self.deadline, handshake).await;
        drop(turn);
        let Sent { chain, ocsp } = verifier.sent();
        let failure = match outcome {
            Ok(Ok(stream)) => {
                let elapsed_us = micros(started.elapsed());
                let (_, connection) = stream.get_ref();
                let session = TlsSession { chain, ocsp, ..session(connection, elapsed_us) };
                return Ok((session, stream));
            }
            Ok(Err((error, wire))) => match verifier.refusal() {
                Some(refusal) => refusal,
                None => excuse_long_wait(handshake_failure(&error, &wire, peer), waited),
            },
            Err(_) => TlsFailure::Net { failure: NetFailure::TimedOut },
        };
        Err(TlsFailed { failure, chain })
    }
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
        chain: Vec::new(),
        ocsp: None,
    }
}

/// A server may hang up on a client that stays silent after connecting. When we did, because too
/// many handshakes were under way, hanging up says nothing about the server.
fn excuse_long_wait(failure: TlsFailure, waited: Duration) -> TlsFailure {
    match failure {
        TlsFailure::Net { failure: NetFailure::Closed | NetFailure::Reset }
            if waited >= LONG_WAIT =>
        {
            let errno = "the connection waited too long for its TLS handshake".to_owned();
            TlsFailure::Net { failure: NetFailure::Exhausted { errno } }
        }
        other => other,
    }
}

fn handshake_failure(
    error: &io::Error,
    wire: &LimitedStream<TcpStream>,
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
        Error::PeerIncompatible(_) => TlsFailure::NothingInCommon { detail: detail() },
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

#[cfg(test)]
mod tests;
