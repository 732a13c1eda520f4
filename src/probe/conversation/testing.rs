//! Servers for the tests: honest, faulty and scripted ones, on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, ServerConfig};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{SupportedProtocolVersion, version};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Client;
use crate::model::{Conversation, ConversationQuestion, Host, HttpGet, Settings};

/// Loopback in both families.
pub(in crate::probe) const ADDRESSES: [&str; 2] = ["[::1]:0", "127.0.0.1:0"];

/// Settings whose deadlines no test on loopback reaches by accident.
pub(in crate::probe) fn patient() -> Settings {
    let mut settings = Settings::default();
    let long = Duration::from_secs(60);
    settings.timeouts.connect = long;
    settings.timeouts.tls = long;
    settings.timeouts.http = long;
    settings
}

/// A deadline for tests in which it has to pass.
pub(in crate::probe) const SHORT: Duration = Duration::from_millis(150);

/// Deadlines for tests in which something has to come before they pass, to be tried in this order: a busy
/// machine may need a longer one.
pub(super) const GROWING: [Duration; 4] =
    [SHORT, Duration::from_secs(1), Duration::from_secs(8), Duration::from_secs(40)];

/// One conversation under these settings.
pub(in crate::probe) async fn converse(
    settings: &Settings,
    question: &ConversationQuestion,
) -> Conversation {
    Client::new(settings).unwrap().converse(question).await
}

/// Only a TLS handshake, for this host.
pub(in crate::probe) fn ask_tls(address: SocketAddr, host: &str) -> ConversationQuestion {
    ConversationQuestion { address, tls: Some(Host::parse(host).unwrap()), http: None, mss: None }
}

/// A GET without TLS.
pub(in crate::probe) fn ask_http(address: SocketAddr) -> ConversationQuestion {
    ConversationQuestion { address, tls: None, http: Some(page()), mss: None }
}

/// A GET over TLS.
pub(in crate::probe) fn ask_https(address: SocketAddr) -> ConversationQuestion {
    let tls = Some(Host::parse("www.example.vn").unwrap());
    ConversationQuestion { address, tls, http: Some(page()), mss: None }
}

fn page() -> HttpGet {
    HttpGet { authority: "www.example.vn".into(), path: "/tin?so=1".into(), ..HttpGet::default() }
}

/// Serves one connection with `script`.
pub(in crate::probe) async fn serve<F>(
    address: &str,
    script: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> SocketAddr
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind(address).await.unwrap();
    let local = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        script(stream).await;
    });
    local
}

/// Waits for the first octets of the client, answers with `reply` whatever they say, and closes
/// once the client has.
pub(in crate::probe) async fn reply_with<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    reply: Vec<u8>,
) {
    let mut asked = [0; 4096];
    let _ = stream.read(&mut asked).await;
    let _ = stream.write_all(&reply).await;
    let _ = stream.shutdown().await;
    while let Ok(1..) = stream.read(&mut asked).await {}
}

/// Waits for the first octets of the client, and then sends `head` and `more` again and again until
/// the client leaves.
pub(in crate::probe) async fn reply_without_end<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    head: &[u8],
    more: &[u8],
) {
    let _ = stream.read(&mut [0; 4096]).await;
    let mut sent = stream.write_all(head).await;
    // Many at once: an ordinary server's small writes would wait for each other (RFC 896).
    let many = more.repeat(200);
    while sent.is_ok() {
        sent = stream.write_all(&many).await;
    }
}

/// Waits for the first octets of the client and then resets the connection.
pub(in crate::probe) async fn reset(stream: TcpStream) {
    let _ = stream.readable().await;
    socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
}

/// Reads what the client sends and never says anything.
pub(in crate::probe) async fn silence<S: AsyncRead + Unpin>(mut stream: S) {
    let mut asked = [0; 4096];
    while let Ok(1..) = stream.read(&mut asked).await {}
}

/// A key and a certificate for it, signed by itself.
pub(in crate::probe) struct Identity {
    pub certificate: CertificateDer<'static>,
    pub key: PrivateKeyDer<'static>,
}

/// A new identity; `edit` changes the certificate before it is signed.
pub(in crate::probe) fn identity(
    algorithm: &'static rcgen::SignatureAlgorithm,
    edit: impl FnOnce(&mut CertificateParams),
) -> Identity {
    let key = KeyPair::generate_for(algorithm).unwrap();
    let mut params = CertificateParams::new(vec!["www.example.vn".to_owned()]).unwrap();
    edit(&mut params);
    let certificate = params.self_signed(&key).unwrap().der().clone();
    Identity { certificate, key: PrivateKeyDer::Pkcs8(key.serialize_der().into()) }
}

/// The usual identity.
pub(in crate::probe) fn ordinary() -> Identity {
    identity(&rcgen::PKCS_ECDSA_P256_SHA256, |_| {})
}

/// What a TLS server does.
pub(in crate::probe) struct TlsServer {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
    pub ocsp: Option<Vec<u8>>,
    pub alpn: &'static [&'static str],
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// Who its clients must be.
    pub clients: Option<Arc<dyn ClientCertVerifier>>,
}

impl TlsServer {
    /// An honest server.
    pub fn of(identity: Identity) -> Self {
        Self {
            chain: vec![identity.certificate],
            key: identity.key,
            ocsp: None,
            alpn: &[],
            versions: vec![&version::TLS12, &version::TLS13],
            clients: None,
        }
    }

    /// Its handshake; nothing checks that the certificate is for the key.
    pub fn acceptor(self) -> TlsAcceptor {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = provider.key_provider.load_private_key(self.key).unwrap();
        let certified = CertifiedKey { cert: self.chain, key, ocsp: self.ocsp };
        let clients = self.clients.unwrap_or_else(|| Arc::new(NoClientAuth));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = self.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Serves one handshake, and then nothing until the client leaves.
pub(in crate::probe) async fn serve_tls(address: &str, server: TlsServer) -> SocketAddr {
    serve_over_tls(address, server, silence).await
}

/// Serves one handshake and then `script`, if it succeeds.
pub(in crate::probe) async fn serve_over_tls<F>(
    address: &str,
    server: TlsServer,
    script: impl FnOnce(TlsStream<TcpStream>) -> F + Send + 'static,
) -> SocketAddr
where
    F: Future<Output = ()> + Send,
{
    let acceptor = server.acceptor();
    serve(address, async move |stream| {
        if let Ok(stream) = acceptor.accept(stream).await {
            script(stream).await;
        }
    })
    .await
}
