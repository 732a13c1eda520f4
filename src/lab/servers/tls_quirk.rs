//! Servers that negotiate TLS in an unusual way.

use std::io;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::crypto::aws_lc_rs::kx_group;
use rustls::pki_types::CertificateDer;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoClientAuth, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use socket2::Socket;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::accept::serve_each;
use super::http1;
use crate::lab::authority::Error;
use crate::lab::site::listener::TlsQuirk;
use crate::lab::site::page::Page;

/// The configuration of such a server, with the certificate of `trusted`. Clients whom it wants to know
/// have a certificate of `root`.
pub(super) fn config(
    trusted: &ServerConfig,
    root: CertificateDer<'static>,
    quirk: TlsQuirk,
) -> Result<Arc<ServerConfig>, Error> {
    let mut provider = aws_lc_rs::default_provider();
    let versions = match quirk {
        TlsQuirk::OnlyTls12 | TlsQuirk::ClientCertificate { is_newest: false } => {
            vec![&rustls::version::TLS12]
        }
        _ => rustls::ALL_VERSIONS.to_vec(),
    };
    let clients = || {
        let mut roots = RootCertStore::empty();
        roots.add(root)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        Ok::<_, Error>(WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider))
    };
    let clients: Arc<dyn ClientCertVerifier> = match quirk {
        TlsQuirk::ClientCertificate { .. } => clients()?.build()?,
        TlsQuirk::ClientCertificateIfAny => clients()?.allow_unauthenticated().build()?,
        _ => Arc::new(NoClientAuth),
    };
    if quirk == TlsQuirk::NoPostQuantum {
        provider.kx_groups = vec![kx_group::X25519];
    }
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&versions)?
        .with_client_cert_verifier(clients)
        .with_cert_resolver(trusted.cert_resolver.clone());
    Ok(Arc::new(config))
}

/// Serves a page behind such a handshake.
pub(super) fn serve(
    socket: Socket,
    config: Arc<ServerConfig>,
    quirk: TlsQuirk,
    page: &Page,
    host: &'static str,
) -> io::Result<()> {
    let tls = TlsAcceptor::from(config);
    let page = Arc::new(page.clone());
    serve_each(socket, move |stream| {
        let (tls, page) = (tls.clone(), Arc::clone(&page));
        async move { serve_connection(stream, tls, quirk, &page, host).await }
    })
}

async fn serve_connection(
    mut stream: TcpStream,
    tls: TlsAcceptor,
    quirk: TlsQuirk,
    page: &Page,
    host: &str,
) -> io::Result<()> {
    let looks_at_hello = matches!(
        quirk,
        TlsQuirk::OnlyTls10 | TlsQuirk::AlsoOldVersions | TlsQuirk::OnlyFiniteFields
    );
    if looks_at_hello {
        let mut head = [0; HEAD];
        // The hello comes in one segment.
        let octets = stream.peek(&mut head).await?;
        let offered = (octets == HEAD).then_some([head[9], head[10]]);
        let old = match (quirk, offered) {
            (TlsQuirk::AlsoOldVersions, Some([3, minor @ 1..=2])) => Some((minor, RSA_AES)),
            (TlsQuirk::OnlyTls10, Some([3, 1..=3])) => Some((1, RSA_AES)),
            (TlsQuirk::OnlyFiniteFields, Some([3, 3])) => Some((3, DHE_AES)),
            (TlsQuirk::OnlyTls10 | TlsQuirk::OnlyFiniteFields, _) => {
                return stream.shutdown().await;
            }
            _ => None,
        };
        if let Some((minor, suite)) = old {
            return send_old_server_hello(stream, minor, suite).await;
        }
    }
    http1::answer(tls.accept(stream).await?, page, host).await
}

/// Record header, handshake header and version of a ClientHello.
const HEAD: usize = 11;

/// TLS_RSA_WITH_AES_128_CBC_SHA and TLS_DHE_RSA_WITH_AES_128_CBC_SHA.
const RSA_AES: [u8; 2] = [0x00, 0x2f];
const DHE_AES: [u8; 2] = [0x00, 0x33];

/// Goes on in an old way as far as the ServerHello, and leaves: no client of today goes further.
async fn send_old_server_hello(mut stream: TcpStream, minor: u8, suite: [u8; 2]) -> io::Result<()> {
    let mut hello = vec![0; 4096];
    let _ = stream.read(&mut hello).await?;
    let random = [7; 32];
    // Without a session to resume, without compression.
    let body = [&[3, minor][..], &random, &[0], &suite, &[0]].concat();
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let message = [&[2, 0, 0, length], &body[..]].concat();
    let record = [&[22, 3, minor, 0, length.saturating_add(4)], &message[..]].concat();
    stream.write_all(&record).await?;
    stream.shutdown().await?;
    // Until the client leaves.
    let _ = stream.read(&mut hello).await?;
    Ok(())
}
