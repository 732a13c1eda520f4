//! Servers that speak QUIC, as far as the handshake.

use std::net::SocketAddr;
use std::sync::Arc;

use quinn::Endpoint;
use quinn::crypto::rustls::QuicServerConfig;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;

use crate::lab::authority::Error;

/// Serves handshakes at a UDP port, with the certificate of `trusted`.
pub(super) fn serve(address: SocketAddr, trusted: &ServerConfig) -> Result<(), Error> {
    let mut tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(trusted.cert_resolver.clone());
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let tls = QuicServerConfig::try_from(tls)?;
    let endpoint = Endpoint::server(quinn::ServerConfig::with_crypto(Arc::new(tls)), address)?;
    tokio::spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            tokio::spawn(async move {
                if let Ok(connection) = incoming.await {
                    connection.closed().await;
                }
            });
        }
    });
    Ok(())
}
