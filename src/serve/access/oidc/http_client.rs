//! A small HTTP client for the provider: no redirects, no proxies, small answers, little time.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::{Host, Url};

/// For one request as a whole, and for the connection to one address of the provider.
const REQUEST_WITHIN: Duration = Duration::from_secs(15);
const CONNECTION_WITHIN: Duration = Duration::from_secs(4);

/// Octets of an answer.
const ANSWER_OCTETS_MAX: usize = 1 << 20;

/// What can go wrong with a request to the provider.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The URL is none that can be asked.
    #[error("`{0}` can't be asked")]
    Url(String),
    /// There are no authorities to trust.
    #[error("no certificate authority is known here ({0}); name one with `ca_file`")]
    NoAuthorities(String),
    /// There is no connection.
    #[error("{host} can't be reached: {why}")]
    Connection {
        /// The provider's host.
        host: String,
        /// What the last address came to.
        why: String,
    },
    /// The answer broke off, was too long, or is no HTTP.
    #[error("{host} gave no usable answer: {why}")]
    Answer {
        /// The provider's host.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// It took too long.
    #[error("{0} took longer than 15 seconds")]
    Late(String),
}

/// The client.
pub struct HttpClient {
    tls: Arc<ClientConfig>,
}

impl HttpClient {
    /// One that trusts these authorities, or those of the system.
    ///
    /// # Errors
    /// When there are none.
    pub fn new(authorities: Option<&[CertificateDer<'static>]>) -> Result<Self, HttpError> {
        let mut roots = RootCertStore::empty();
        let mut problems = String::new();
        match authorities {
            Some(own) => {
                roots.add_parsable_certificates(own.iter().cloned());
            }
            None => {
                let found = rustls_native_certs::load_native_certs();
                problems = found.errors.first().map(ToString::to_string).unwrap_or_default();
                roots.add_parsable_certificates(found.certs);
            }
        }
        if roots.is_empty() {
            return Err(HttpError::NoAuthorities(problems));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| HttpError::NoAuthorities(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(tls) })
    }

    async fn send(tls: Arc<ClientConfig>, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let text = request.uri().to_string();
        let bad = || HttpError::Url(text.clone());
        let url = Url::parse(&text).map_err(|_| bad())?;
        let (host, port) = url.host().zip(url.port_or_known_default()).ok_or_else(bad)?;
        let shown = host.to_string();
        let is_tls = match (url.scheme(), &host) {
            ("https", _) => true,
            ("http", Host::Ipv4(address)) => !address.is_loopback(),
            ("http", Host::Ipv6(address)) => !address.is_loopback(),
            ("http", Host::Domain(name)) => *name != "localhost",
            _ => return Err(bad()),
        };
        if is_tls && url.scheme() == "http" {
            return Err(bad());
        }
        let answer = async {
            let stream = connect(&host, port, &shown).await?;
            if !is_tls {
                return exchange(stream, &url, request, &shown).await;
            }
            let name = match &host {
                Host::Domain(name) => {
                    ServerName::try_from((*name).to_owned()).map_err(|_| bad())?
                }
                Host::Ipv4(address) => ServerName::from(IpAddr::from(*address)),
                Host::Ipv6(address) => ServerName::from(IpAddr::from(*address)),
            };
            let connector = tokio_rustls::TlsConnector::from(tls);
            let stream = connector.connect(name, stream).await.map_err(|error| {
                HttpError::Connection { host: shown.clone(), why: error.to_string() }
            })?;
            exchange(stream, &url, request, &shown).await
        };
        let answer = tokio::time::timeout(REQUEST_WITHIN, answer).await;
        answer.unwrap_or_else(|_| Err(HttpError::Late(shown.clone())))
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(Self::send(Arc::clone(&self.tls), request))
    }
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

/// The addresses of a name, by the system's resolvers and its file of hosts. Unlike the C library's look-up it takes no thread
/// that a silent resolver would hold beyond the request's own deadline.
async fn look_up(name: &str) -> Result<Vec<IpAddr>, String> {
    let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
    let resolver =
        resolver.map_err(|error| format!("the system's resolvers can't be used: {error}"))?;
    let found = resolver.lookup_ip(name).await.map_err(|error| error.to_string())?;
    Ok(found.iter().collect())
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
    request: HttpRequest,
    shown: &str,
) -> Result<HttpResponse, HttpError> {
    let failed = |why: String| HttpError::Answer { host: shown.to_owned(), why };
    let hyper_failed = |error: hyper::Error| failed(error.to_string());
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(hyper_failed)?;
    let (mut head, body) = request.into_parts();
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let authority = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    head.uri = target.parse().map_err(|_| HttpError::Url(url.to_string()))?;
    let host = authority.parse().map_err(|_| HttpError::Url(url.to_string()))?;
    head.headers.insert(http::header::HOST, host);
    let request = http::Request::from_parts(head, Full::new(Bytes::from(body)));
    let answer = async {
        let response = sender.send_request(request).await.map_err(hyper_failed)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_OCTETS_MAX).collect().await;
        let body = body.map_err(|error| failed(error.to_string()))?.to_bytes();
        Ok(http::Response::from_parts(head, body.to_vec()))
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
