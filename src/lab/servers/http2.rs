//! Web servers that speak HTTP/2 and nothing else.

use std::io;
use std::sync::Arc;

use h2::Reason;
use rustls::ServerConfig;
use socket2::Socket;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::accept::serve_each;
use super::response::response;
use crate::lab::authority::Error;
use crate::lab::site::page::Page;

/// Serves a page at a listening socket, with the certificate of `trusted`; or resets every stream
/// instead.
pub(super) fn serve(
    socket: Socket,
    trusted: &ServerConfig,
    page: &Page,
    host: &'static str,
    resets_streams: bool,
) -> io::Result<()> {
    let mut config = trusted.clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(config));
    let page = Arc::new(page.clone());
    serve_each(socket, move |stream| {
        let (tls, page) = (tls.clone(), Arc::clone(&page));
        async move { serve_connection(stream, tls, &page, host, resets_streams).await }
    })
}

async fn serve_connection(
    stream: TcpStream,
    tls: TlsAcceptor,
    page: &Page,
    host: &str,
    resets_streams: bool,
) -> Result<(), Error> {
    let stream = tls.accept(stream).await?;
    // A client that sends nothing after the handshake, or no HTTP/2, ends here.
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (_, mut answer) = request?;
        if resets_streams {
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
