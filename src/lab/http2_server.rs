//! Web servers that speak HTTP/2 and nothing else.

use std::io;
use std::sync::Arc;

use h2::Reason;
use rustls::ServerConfig;
use socket2::Socket;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::page::response;
use super::province::Page;
use super::web_server::PATIENCE;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Serves a page at a socket that listens, with the certificate of `good`; or breaks every stream off
/// instead.
pub(super) fn serve(
    socket: Socket,
    good: &ServerConfig,
    page: &Page,
    host: &str,
    breaks_off: bool,
) -> io::Result<()> {
    let listener = TcpListener::from_std(socket.into())?;
    let mut config = good.clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(config));
    let shown = Arc::new((page.clone(), host.to_owned()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, shown) = (tls.clone(), shown.clone());
            tokio::spawn(tokio::time::timeout(PATIENCE, async move {
                let _ = visit(stream, tls, &shown.0, &shown.1, breaks_off).await;
            }));
        }
    });
    Ok(())
}

async fn visit(
    stream: TcpStream,
    tls: TlsAcceptor,
    page: &Page,
    host: &str,
    breaks_off: bool,
) -> Result<(), Error> {
    let stream = tls.accept(stream).await?;
    // A visitor who says nothing after the handshake, or no HTTP/2, ends here.
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (_, mut answer) = request?;
        if breaks_off {
            answer.send_reset(Reason::INTERNAL_ERROR);
            continue;
        }
        let shown = response(page, host)?;
        let mut head = http::Response::builder().status(shown.status);
        for (name, value) in &shown.fields {
            head = head.header(*name, value);
        }
        let mut body = answer.send_response(head.body(())?, false)?;
        body.send_data(shown.body.into(), true)?;
    }
    Ok(())
}
