//! Tests of the QUIC handshake.

use std::sync::atomic::{AtomicUsize, Ordering};

use ::aws_lc_rs::aead;
use quinn::ServerConfig;
use quinn::crypto::rustls::QuicServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::*;
use crate::model::{Blob, Host, Name, Timeouts};

fn server(alpn: &[u8]) -> (Endpoint, Blob) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["www.example.vn".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let mut tls =
        rustls::ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
    tls.alpn_protocols = vec![alpn.to_vec()];
    let tls = QuicServerConfig::try_from(tls).unwrap();
    let config = ServerConfig::with_crypto(Arc::new(tls));
    let endpoint = Endpoint::server(config, "[::1]:0".parse().unwrap()).unwrap();
    let accepting = endpoint.clone();
    tokio::spawn(async move {
        while let Some(incoming) = accepting.accept().await {
            tokio::spawn(async move {
                if let Ok(connection) = incoming.await {
                    connection.closed().await;
                }
            });
        }
    });
    (endpoint, Blob::new(certificate.der().as_ref()))
}

async fn handshake(address: SocketAddr, tls: Duration) -> Result<QuicSession, QuicFailure> {
    let defaults = Settings::default();
    let timeouts = Timeouts { tls, ..defaults.timeouts };
    let client = Client::new(&Settings { timeouts, ..defaults }).unwrap();
    let host = Host::Name(Name::from_presentation("www.example.vn"));
    client.shake_hands(&QuicQuestion { address, host }).await
}

#[tokio::test]
async fn a_handshake_and_its_refusals() {
    let patient = Duration::from_secs(60);
    let (h3, leaf) = server(b"h3");
    let session = handshake(h3.local_addr().unwrap(), patient).await.unwrap();
    assert_eq!(session.alpn.as_deref(), Some("h3"));
    assert_eq!(session.chain, [leaf]);

    let (other, _) = server(b"smtp");
    let refused = handshake(other.local_addr().unwrap(), patient).await.unwrap_err();
    // no_application_protocol is alert 120.
    assert!(matches!(refused, QuicFailure::Refused { code: 0x178, .. }), "{refused:?}");
}

#[tokio::test]
async fn silence() {
    let socket = tokio::net::UdpSocket::bind("[::1]:0").await.unwrap();
    let silent = handshake(socket.local_addr().unwrap(), Duration::from_millis(200)).await;
    assert_eq!(silent, Err(QuicFailure::Net { failure: NetFailure::TimedOut }));
}

/// Answers every datagram with a Retry (RFC 9000 §17.2.5), and counts what comes.
async fn answer_with_retries(
    socket: tokio::net::UdpSocket,
    token_octets: usize,
    datagrams: Arc<AtomicUsize>,
) {
    let mut datagram = [0; 2048];
    loop {
        let (octets, client) = socket.recv_from(&mut datagram).await.unwrap();
        datagrams.fetch_add(1, Ordering::Relaxed);
        if let Some(retry) = retry(&datagram[..octets], token_octets) {
            socket.send_to(&retry, client).await.unwrap();
        }
    }
}

/// The Retry that answers an Initial.
fn retry(initial: &[u8], token_octets: usize) -> Option<Vec<u8>> {
    let (header, rest) = initial.split_first_chunk::<5>()?;
    let (original, rest) = connection_id(rest)?;
    let (client, _) = connection_id(rest)?;
    let mut packet = vec![0xf0];
    packet.extend_from_slice(&header[1..]);
    packet.extend_from_slice(client);
    packet.extend_from_slice(&[8, 1, 2, 3, 4, 5, 6, 7, 8]);
    packet.resize(packet.len() + token_octets, 0x5a);
    // RFC 9001 §5.8.
    let key = hex("be0c690b9f66575a1d766b54e368c84e");
    let nonce = hex("461599d35d632bf2239825bb");
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_128_GCM, &key).unwrap());
    let nonce = aead::Nonce::try_assume_unique_for_key(&nonce).unwrap();
    let authenticated = [original, &packet].concat();
    let tag = key.seal_in_place_separate_tag(nonce, aead::Aad::from(authenticated), &mut []);
    packet.extend_from_slice(tag.unwrap().as_ref());
    Some(packet)
}

/// A connection id with the octet of its length, and what follows it.
fn connection_id(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    octets.split_at_checked(1 + usize::from(*octets.first()?))
}

fn hex(digits: &str) -> Vec<u8> {
    let digits = digits.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[tokio::test]
async fn a_server_that_only_retries_draws_no_flood() {
    // The first token leaves room for a ClientHello, and the library answers each further Retry while it
    // says goodbye; the second leaves none, and the library sends on its own.
    for token_octets in [10, 1200] {
        let socket = tokio::net::UdpSocket::bind("[::1]:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let datagrams = Arc::new(AtomicUsize::new(0));
        let server =
            tokio::spawn(answer_with_retries(socket, token_octets, Arc::clone(&datagrams)));
        let failure = handshake(address, Duration::from_secs(2)).await.unwrap_err();
        assert!(!failure.is_ours(), "{failure:?}");
        let seen = datagrams.load(Ordering::Relaxed);
        assert!((2..=DATAGRAMS_MAX).contains(&seen), "{seen} datagrams");
        server.abort();
    }
}
