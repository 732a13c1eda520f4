//! The HTTP client of the daemon, for webhooks and the log-in provider: no redirects, no proxies, small answers,
//! little time.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::{Host, Url};

/// For the connection to one address of a server.
const CONNECTION_WITHIN: Duration = Duration::from_secs(4);

/// A request.
pub type Request = http::Request<Vec<u8>>;
/// An answer.
pub type Answer = http::Response<Vec<u8>>;

/// What can go wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL is none that can be asked.
    #[error("`{0}` can't be asked")]
    Url(String),
    /// An authority that is to be trusted is no certificate.
    #[error("an authority that is to be trusted can't be used: {0}")]
    Authorities(String),
    /// There is no connection.
    #[error("{host} can't be reached: {why}")]
    Connection {
        /// The server's host.
        host: String,
        /// What the last address came to.
        why: String,
    },
    /// The answer broke off, was too long, or is no HTTP.
    #[error("{host} gave no usable answer: {why}")]
    Answer {
        /// The server's host.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// It took too long.
    #[error("{host} took longer than {seconds} seconds")]
    Late {
        /// The server's host.
        host: String,
        /// How long was waited.
        seconds: u64,
    },
}

/// What one who asks wants of the client.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For one request as a whole.
    pub within: Duration,
    /// Octets of an answer that are read.
    pub answer_octets_max: usize,
    /// Whether a longer answer is none, or its beginning is enough.
    pub is_whole: bool,
    /// Whether a server of another machine may be asked without TLS.
    pub may_be_plain: bool,
}

/// The client.
pub struct HttpClient {
    tls: Arc<ClientConfig>,
    bounds: Bounds,
}

impl HttpClient {
    /// One that trusts servers as this does.
    pub fn new(tls: Arc<ClientConfig>, bounds: Bounds) -> Self {
        Self { tls, bounds }
    }

    /// Sends a request, whose URI is whole.
    ///
    /// # Errors
    /// When there is no answer. What may be secret of the URL is in no error but [`HttpError::Url`].
    pub async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        let text = request.uri().to_string();
        let bad = || HttpError::Url(text.clone());
        let url = Url::parse(&text).map_err(|_| bad())?;
        let (host, port) = url.host().zip(url.port_or_known_default()).ok_or_else(bad)?;
        let shown = host.to_string();
        let is_tls = match url.scheme() {
            "https" => true,
            "http" if self.bounds.may_be_plain || is_this_machine(&host) => false,
            _ => return Err(bad()),
        };
        let answer = async {
            let stream = connect(&host, port, &shown).await?;
            if !is_tls {
                return self.exchange(stream, &url, request, &shown).await;
            }
            let name = match &host {
                Host::Domain(name) => {
                    ServerName::try_from((*name).to_owned()).map_err(|_| bad())?
                }
                Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
                Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
            };
            let connector = tokio_rustls::TlsConnector::from(Arc::clone(&self.tls));
            let stream = connector.connect(name, stream).await.map_err(|error| {
                HttpError::Connection { host: shown.clone(), why: error.to_string() }
            })?;
            self.exchange(stream, &url, request, &shown).await
        };
        let within = self.bounds.within;
        let answer = tokio::time::timeout(within, answer).await;
        let late = || HttpError::Late { host: shown.clone(), seconds: within.as_secs() };
        answer.unwrap_or_else(|_| Err(late()))
    }

    async fn exchange(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        url: &Url,
        request: Request,
        shown: &str,
    ) -> Result<Answer, HttpError> {
        let failed = |why: String| HttpError::Answer { host: shown.to_owned(), why };
        let hyper_failed = |error: hyper::Error| failed(error.to_string());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(hyper_failed)?;
        let request = for_connection(url, request)?;
        let answer = async {
            let response = sender.send_request(request).await.map_err(hyper_failed)?;
            let (head, body) = response.into_parts();
            Ok(http::Response::from_parts(head, self.read(body).await.map_err(failed)?))
        };
        // The connection moves only while it is polled.
        tokio::pin!(answer);
        tokio::select! {
            answer = &mut answer => answer,
            ended = connection => match ended {
                Ok(()) => answer.await,
                Err(error) => Err(hyper_failed(error)),
            },
        }
    }

    async fn read(&self, mut body: Incoming) -> Result<Vec<u8>, String> {
        let Bounds { answer_octets_max, is_whole, .. } = self.bounds;
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => read.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new())),
                Err(_) if !is_whole => break,
                Err(error) => return Err(error.to_string()),
            }
            if read.len() > answer_octets_max {
                if is_whole {
                    return Err(format!("it is longer than {answer_octets_max} octets"));
                }
                read.truncate(answer_octets_max);
                break;
            }
        }
        Ok(read)
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

/// The request as it goes over a connection to its server.
fn for_connection(url: &Url, request: Request) -> Result<http::Request<Full<Bytes>>, HttpError> {
    let (mut head, body) = request.into_parts();
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = url.host_str().unwrap_or_default();
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    head.uri = target.parse().map_err(|_| HttpError::Url(url.to_string()))?;
    let host = authority.parse().map_err(|_| HttpError::Url(url.to_string()))?;
    head.headers.insert(http::header::HOST, host);
    Ok(http::Request::from_parts(head, Full::new(Bytes::from(body))))
}

/// To the first of the host's addresses that takes the connection.
async fn connect(host: &Host<&str>, port: u16, shown: &str) -> Result<TcpStream, HttpError> {
    let failed = |why: String| HttpError::Connection { host: shown.to_owned(), why };
    let addresses: Vec<SocketAddr> = match host {
        Host::Ipv4(address) => vec![(*address, port).into()],
        Host::Ipv6(address) => vec![(*address, port).into()],
        Host::Domain(name) => {
            let found = look_up(name).await.map_err(failed)?;
            found.into_iter().map(|address| (address, port).into()).collect()
        }
    };
    let mut why = "it has no address".to_owned();
    for address in addresses {
        match tokio::time::timeout(CONNECTION_WITHIN, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => why = format!("{address}: {error}"),
            Err(_) => why = format!("{address}: no answer"),
        }
    }
    Err(failed(why))
}

/// The addresses of a name, by the system's resolvers and its file of hosts. Unlike the C library's look-up it takes no
/// thread that a silent resolver would hold beyond the request's own deadline.
async fn look_up(name: &str) -> Result<Vec<IpAddr>, String> {
    let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
    let resolver =
        resolver.map_err(|error| format!("the system's resolvers can't be used: {error}"))?;
    let found = resolver.lookup_ip(name).await.map_err(|error| error.to_string())?;
    Ok(found.iter().collect())
}
