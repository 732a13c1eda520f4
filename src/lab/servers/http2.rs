//! Web servers that speak HTTP/2 and, where that is wanted of their clients, HTTP/1.1.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use h2::Reason;
use rustls::ServerConfig;
use socket2::Socket;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::accept::serve_each;
use super::http1;
use super::response::{Visit, response};
use crate::lab::authority::Error;
use crate::lab::site::listener::Http2Behaviour;
use crate::lab::site::page::Page;

/// A server's preface without settings, and a GOAWAY that says that no request was looked at (RFC 9113
/// §6.5, §6.8).
const FAREWELL: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// A server at one socket.
struct Server {
    tls: TlsAcceptor,
    page: Page,
    host: &'static str,
    behaviour: Http2Behaviour,
    visits: AtomicU64,
}

/// Serves a page at a listening socket, with the certificate of `trusted`.
pub(super) fn serve(
    socket: Socket,
    trusted: &ServerConfig,
    page: &Page,
    host: &'static str,
    behaviour: Http2Behaviour,
) -> io::Result<()> {
    let mut config = trusted.clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    if behaviour == Http2Behaviour::DemandsHttp1 {
        config.alpn_protocols.push(b"http/1.1".to_vec());
    }
    let tls = TlsAcceptor::from(Arc::new(config));
    let visits = AtomicU64::new(0);
    let server = Arc::new(Server { tls, page: page.clone(), host, behaviour, visits });
    serve_each(socket, move |stream| {
        let server = Arc::clone(&server);
        async move { server.serve_connection(stream).await }
    })
}

impl Server {
    async fn serve_connection(&self, stream: TcpStream) -> Result<(), Error> {
        let stream = self.tls.accept(stream).await?;
        match self.behaviour {
            Http2Behaviour::DemandsHttp1 if stream.get_ref().1.alpn_protocol() != Some(b"h2") => {
                Ok(http1::answer(stream, &self.page, self.host).await?)
            }
            Http2Behaviour::GoesAwayFirst if self.is_odd_visit() => Ok(go_away(stream).await?),
            _ => self.serve_requests(stream).await,
        }
    }

    /// Whether this visit is one of those that are sent away.
    fn is_odd_visit(&self) -> bool {
        self.visits.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)
    }

    async fn serve_requests(&self, stream: TlsStream<TcpStream>) -> Result<(), Error> {
        // A client that sends nothing after the handshake, or no HTTP/2, ends here.
        let mut connection = h2::server::handshake(stream).await?;
        while let Some(request) = connection.accept().await {
            let (request, mut answer) = request?;
            let reason = match self.behaviour {
                Http2Behaviour::Resets => Some(Reason::INTERNAL_ERROR),
                Http2Behaviour::DemandsHttp1 => Some(Reason::HTTP_1_1_REQUIRED),
                Http2Behaviour::RefusesFirst => {
                    self.is_odd_visit().then_some(Reason::REFUSED_STREAM)
                }
                Http2Behaviour::Answers | Http2Behaviour::GoesAwayFirst => None,
            };
            if let Some(reason) = reason {
                answer.send_reset(reason);
                continue;
            }
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let cookies = request.headers().get(http::header::COOKIE);
            let cookies = cookies.and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
            let shown = response(&self.page, self.host, Visit { path, cookies })?;
            let mut head = http::Response::builder().status(shown.status);
            for (name, value) in &shown.fields {
                head = head.header(*name, value);
            }
            let mut body = answer.send_response(head.body(())?, false)?;
            body.send_data(shown.body.into(), true)?;
        }
        Ok(())
    }
}

/// Waits for what a client says first, and ends the connection without looking at it.
async fn go_away(mut stream: TlsStream<TcpStream>) -> io::Result<()> {
    if stream.read(&mut [0; 1024]).await? == 0 {
        return Ok(());
    }
    stream.write_all(FAREWELL).await?;
    stream.flush().await?;
    while stream.read(&mut [0; 1024]).await? > 0 {}
    Ok(())
}
