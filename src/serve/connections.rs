//! Connections: TLS or plain, HTTP/1.1 or 2, each with the address that it comes from.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::tls::Identity;

/// Connections at a time; what comes beyond waits.
const CONNECTIONS_MAX: usize = 1024;

/// How long a TLS handshake may take, and the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(20);

/// Streams of one HTTP/2 connection at a time.
const STREAMS_MAX: u32 = 128;

/// Whether a request came by TLS to this process.
#[derive(Clone, Copy, Debug)]
pub struct ByTls(pub bool);

/// All connections of the daemon.
pub struct Connections {
    router: Router,
    ongoing: GracefulShutdown,
    room: Arc<Semaphore>,
}

impl Connections {
    /// None is open yet.
    pub fn new(router: Router) -> Self {
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        Self { router, ongoing: GracefulShutdown::new(), room }
    }

    /// Whether one more can be taken.
    pub fn have_room(&self) -> bool {
        self.room.available_permits() > 0
    }

    /// Answers on a connection, with this identity where there is one.
    pub fn take(&self, stream: TcpStream, peer: SocketAddr, identity: Option<Arc<Identity>>) {
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else { return };
        // A small answer goes at once.
        let _ = stream.set_nodelay(true);
        let router = self.router.clone();
        let watcher = self.ongoing.watcher();
        tokio::spawn(async move {
            let answered = match identity {
                None => answer(router, stream, peer, false, watcher).await,
                Some(identity) => {
                    let acceptor = TlsAcceptor::from(Arc::clone(&identity.server));
                    match tokio::time::timeout(HEAD_WITHIN, acceptor.accept(stream)).await {
                        Ok(Ok(stream)) => answer(router, stream, peer, true, watcher).await,
                        Ok(Err(error)) => Err(error.into()),
                        Err(_) => Err("the TLS handshake took too long".into()),
                    }
                }
            };
            if let Err(error) = answered {
                tracing::debug!(%peer, error, "a connection ended early");
            }
            drop(room);
        });
    }

    /// Lets every connection answer what it was asked, and ends it.
    pub async fn end(self) {
        self.ongoing.shutdown().await;
    }
}

/// Why a connection ended early.
type Early = Box<dyn std::error::Error + Send + Sync>;

async fn answer<S>(
    router: Router,
    stream: S,
    peer: SocketAddr,
    by_tls: bool,
    watcher: hyper_util::server::graceful::Watcher,
) -> Result<(), Early>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(ByTls(by_tls));
        router.clone().oneshot(request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Duration::from_secs(60))
        .keep_alive_timeout(HEAD_WITHIN);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    watcher.watch(connection.into_owned()).await
}

/// Whether an error of accepting means this connection alone.
pub fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}
