//! A QUIC handshake with one address: one endpoint of its own, one attempt, no resumption.

mod metered_socket;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn::crypto::rustls::{HandshakeData, NoInitialCipherSuite, QuicClientConfig};
use quinn::{
    ClientConfig, ConnectError, ConnectionError, Endpoint, EndpointConfig, Runtime as _,
    TokioRuntime, TransportConfig, VarInt,
};
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;

use self::metered_socket::MeteredSocket;
use super::budget::Budget;
use super::farewell::FAREWELL_PATIENCE;
use super::timing::micros;
use super::verifier::RecordingVerifier;
use super::{errors, route};
use crate::model::{Limits, NetFailure, QuicFailure, QuicQuestion, QuicSession, Settings};

/// Shakes hands over QUIC.
pub(super) struct Client {
    tls: rustls::ClientConfig,
    transport: Arc<TransportConfig>,
    deadline: Duration,
    chain_octets_max: usize,
}

impl Client {
    /// Prepares the configuration: TLS 1.3, ALPN `h3`, certificates judged elsewhere.
    ///
    /// # Errors
    /// When the TLS library rejects it.
    pub(super) fn new(settings: &Settings) -> Result<Self, rustls::Error> {
        let Limits { chain_octets, .. } = settings.limits;
        let provider = aws_lc_rs::default_provider();
        let verifier =
            RecordingVerifier::new(provider.signature_verification_algorithms, chain_octets);
        let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        tls.resumption = Resumption::disabled();
        tls.enable_early_data = false;
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let mut transport = TransportConfig::default();
        // The server has nothing to send us: no streams of its own, and no datagrams.
        transport.max_concurrent_bidi_streams(VarInt::from_u32(0));
        transport.datagram_receive_buffer_size(None);
        Ok(Self {
            tls,
            transport: Arc::new(transport),
            deadline: settings.timeouts.tls,
            chain_octets_max: chain_octets,
        })
    }

    fn verifier(&self) -> RecordingVerifier {
        let algorithms = self.tls.crypto_provider().signature_verification_algorithms;
        RecordingVerifier::new(algorithms, self.chain_octets_max)
    }

    /// A configuration without a network. For the fuzz targets.
    pub(super) fn hearing_config(&self) -> Option<ClientConfig> {
        self.config(Arc::new(self.verifier())).ok()
    }

    /// The configuration of one handshake, which this verifier sees.
    fn config(
        &self,
        verifier: Arc<RecordingVerifier>,
    ) -> Result<ClientConfig, NoInitialCipherSuite> {
        let mut tls = self.tls.clone();
        tls.dangerous().set_certificate_verifier(verifier);
        let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls)?));
        config.transport_config(Arc::clone(&self.transport));
        Ok(config)
    }

    /// Shakes hands once and says goodbye.
    ///
    /// # Errors
    /// Why the handshake did not complete. QUIC's library hides ICMP errors, so a closed port is
    /// silence here.
    pub(super) async fn shake_hands(
        &self,
        question: &QuicQuestion,
    ) -> Result<QuicSession, QuicFailure> {
        let ours = |detail: String| QuicFailure::Ours { detail };
        let net = |failure| QuicFailure::Net { failure };
        let peer = question.address;
        // Without a route the library would only see silence.
        route::source_toward(peer.ip()).map_err(net)?;

        let verifier = Arc::new(self.verifier());
        let config = self.config(Arc::clone(&verifier)).map_err(|error| ours(error.to_string()))?;

        let (endpoint, socket) =
            open(peer).map_err(|error| net(errors::io_failure(&error, peer.ip())))?;
        let name = question.host.to_string();
        let started = Instant::now();
        let connecting = match endpoint.connect_with(config, peer, name.trim_end_matches('.')) {
            Ok(connecting) => connecting,
            Err(ConnectError::UnsupportedVersion) => return Err(QuicFailure::VersionMismatch),
            Err(error) => return Err(ours(error.to_string())),
        };
        let connecting = async {
            tokio::select! {
                outcome = connecting => outcome.map_err(handshake_failure),
                // As to browsers, which wait in vain for a handshake.
                spent = socket.spent() => Err(QuicFailure::NotQuic { detail: spent.to_string() }),
            }
        };
        let outcome = tokio::time::timeout(self.deadline, connecting).await;
        let elapsed_us = micros(started.elapsed());
        let result = match outcome {
            Err(_) if socket.is_forbidden() => Err(net(NetFailure::NotPermitted)),
            Err(_) => Err(net(NetFailure::TimedOut)),
            Ok(Err(failure)) => Err(failure),
            Ok(Ok(connection)) => {
                let alpn = connection
                    .handshake_data()
                    .and_then(|data| data.downcast::<HandshakeData>().ok())
                    .and_then(|data| data.protocol)
                    .map(|name| String::from_utf8_lossy(&name).into_owned());
                connection.close(VarInt::from_u32(H3_NO_ERROR), b"");
                Ok(QuicSession { elapsed_us, alpn, chain: verifier.sent().chain })
            }
        };
        let _ = tokio::time::timeout(FAREWELL_PATIENCE, endpoint.wait_idle()).await;
        result
    }
}

/// What a handshake may cost: the longest chain that we read takes a quarter of it.
const DATAGRAMS_MAX: usize = 1024;
const OCTETS_MAX: usize = 1024 * 1024;

/// An endpoint for one handshake with `peer`, and its socket.
fn open(peer: SocketAddr) -> io::Result<(Endpoint, Arc<MeteredSocket>)> {
    let socket = UdpSocket::bind(any_port(peer))?;
    let sender = socket.try_clone()?;
    let socket = TokioRuntime.wrap_udp_socket(socket)?;
    let budget = Budget::new(DATAGRAMS_MAX, OCTETS_MAX);
    let socket = Arc::new(MeteredSocket::new(socket, sender, budget));
    let (config, runtime) = (EndpointConfig::default(), Arc::new(TokioRuntime));
    let endpoint =
        Endpoint::new_with_abstract_socket(config, None, Arc::clone(&socket) as _, runtime)?;
    Ok((endpoint, socket))
}

/// RFC 9114 §8.1.
const H3_NO_ERROR: u32 = 0x100;

/// Our own end, in the peer's family.
fn any_port(peer: SocketAddr) -> SocketAddr {
    let any: IpAddr = match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    SocketAddr::new(any, 0)
}

fn handshake_failure(error: ConnectionError) -> QuicFailure {
    match error {
        ConnectionError::VersionMismatch => QuicFailure::VersionMismatch,
        ConnectionError::ConnectionClosed(close) => QuicFailure::Refused {
            code: close.error_code.into(),
            detail: String::from_utf8_lossy(&close.reason).into_owned(),
        },
        ConnectionError::ApplicationClosed(close) => QuicFailure::Refused {
            code: close.error_code.into(),
            detail: String::from_utf8_lossy(&close.reason).into_owned(),
        },
        ConnectionError::TransportError(error) => {
            QuicFailure::NotQuic { detail: error.to_string() }
        }
        ConnectionError::Reset => QuicFailure::Net { failure: NetFailure::Reset },
        ConnectionError::TimedOut => QuicFailure::Net { failure: NetFailure::TimedOut },
        ConnectionError::LocallyClosed | ConnectionError::CidsExhausted => {
            QuicFailure::Ours { detail: error.to_string() }
        }
    }
}

#[cfg(test)]
mod tests;
