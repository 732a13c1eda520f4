//! Servers that speak TLS in odd ways, and QUIC.

use std::io;
use std::sync::Arc;

use quinn::Endpoint;
use quinn::crypto::rustls::QuicServerConfig;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::crypto::aws_lc_rs::kx_group;
use socket2::Socket;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Certificate};
use super::province::{Oddity, Page, Site};
use super::web_server::{PATIENCE, answer};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The configuration of an odd server: its certificate is the one that the host's good servers have.
pub(super) fn config(
    host: &str,
    oddity: Oddity,
    authority: &Authority,
) -> Result<Arc<ServerConfig>, Error> {
    let good = authority.server(host, Certificate::Good)?;
    let mut provider = aws_lc_rs::default_provider();
    let versions = match oddity {
        Oddity::Tls12 => vec![&rustls::version::TLS12],
        Oddity::OldOnly | Oddity::OldToo | Oddity::Classical => rustls::ALL_VERSIONS.to_vec(),
    };
    if oddity == Oddity::Classical {
        provider.kx_groups = vec![kx_group::X25519];
    }
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&versions)?
        .with_no_client_auth()
        .with_cert_resolver(good.cert_resolver.clone());
    Ok(Arc::new(config))
}

/// Serves a page behind an odd handshake.
pub(super) fn serve(
    socket: Socket,
    config: Arc<ServerConfig>,
    oddity: Oddity,
    page: &Page,
    host: &str,
) -> io::Result<()> {
    let listener = TcpListener::from_std(socket.into())?;
    let tls = TlsAcceptor::from(config);
    let shown = Arc::new((page.clone(), host.to_owned()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, shown) = (tls.clone(), shown.clone());
            tokio::spawn(tokio::time::timeout(PATIENCE, async move {
                let _ = visit(stream, tls, oddity, &shown.0, &shown.1).await;
            }));
        }
    });
    Ok(())
}

async fn visit(
    mut stream: TcpStream,
    tls: TlsAcceptor,
    oddity: Oddity,
    page: &Page,
    host: &str,
) -> io::Result<()> {
    if matches!(oddity, Oddity::OldOnly | Oddity::OldToo) {
        let mut head = [0; HEAD];
        // The hello comes in one segment.
        let octets = stream.peek(&mut head).await?;
        let offered = (octets == HEAD).then_some([head[9], head[10]]);
        let goes_on = match (oddity, offered) {
            (Oddity::OldToo, Some([3, minor @ 1..=2])) => Some(minor),
            (Oddity::OldOnly, Some([3, 1..=3])) => Some(1),
            (Oddity::OldOnly, _) => return stream.shutdown().await,
            _ => None,
        };
        if let Some(minor) = goes_on {
            return old_server_hello(stream, minor).await;
        }
    }
    answer(tls.accept(stream).await?, page, host).await
}

/// Record header, handshake header and version of a ClientHello.
const HEAD: usize = 11;

/// Goes on in an old version as far as the ServerHello; nobody asks for more.
async fn old_server_hello(mut stream: TcpStream, minor: u8) -> io::Result<()> {
    let mut hello = vec![0; 4096];
    let _ = stream.read(&mut hello).await?;
    let random = [7; 32];
    // Without a session to resume, TLS_RSA_WITH_AES_128_CBC_SHA, without compression.
    let body = [&[3, minor][..], &random, &[0], &[0x00, 0x2f], &[0]].concat();
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let message = [&[2, 0, 0, length], &body[..]].concat();
    let record = [&[22, 3, minor, 0, length.saturating_add(4)], &message[..]].concat();
    stream.write_all(&record).await?;
    // Until the visitor leaves.
    let _ = stream.read(&mut hello).await?;
    stream.shutdown().await
}

/// Opens the UDP ports on which a site speaks QUIC.
pub(super) fn start(site: &Site, authority: &Authority) -> Result<(), Error> {
    for address in &site.quic {
        let good = authority.server(site.host, Certificate::Good)?;
        let mut tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_cert_resolver(good.cert_resolver.clone());
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let tls = QuicServerConfig::try_from(tls)?;
        let config = quinn::ServerConfig::with_crypto(Arc::new(tls));
        let endpoint = Endpoint::server(config, *address)?;
        tokio::spawn(async move {
            while let Some(incoming) = endpoint.accept().await {
                tokio::spawn(async move {
                    if let Ok(connection) = incoming.await {
                        connection.closed().await;
                    }
                });
            }
        });
    }
    Ok(())
}
