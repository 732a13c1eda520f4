//! One POST over HTTP/1.1, with a deadline, and without following redirects.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use super::sending::NotSent;
use super::tls::client_config;

/// How long a POST may take in all.
const DEADLINE: Duration = Duration::from_secs(30);

/// Octets of an answer that are read.
const ANSWER_OCTETS_MAX: usize = 4096;

/// What is sent.
pub(super) struct Post<'a> {
    /// Where to.
    pub url: &'a Url,
    /// The type of the body.
    pub content_type: &'a str,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Authorities beside the usual ones, in PEM.
    pub ca: Option<&'a Path>,
}

/// Sends it; every answer of 200 to 299 takes it. What may be secret of the URL is in no message.
pub(super) async fn post(post: Post<'_>) -> Result<(), NotSent> {
    match tokio::time::timeout(DEADLINE, answered(&post)).await {
        Ok(answer) => answer,
        Err(_) => Err(NotSent::for_now(format!(
            "{}: no answer within {} seconds",
            host_of(post.url),
            DEADLINE.as_secs()
        ))),
    }
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or("?")
}

async fn answered(post: &Post<'_>) -> Result<(), NotSent> {
    let host = host_of(post.url);
    let failed = |error: &dyn std::fmt::Display| NotSent::for_now(format!("{host}: {error}"));
    let port = post.url.port_or_known_default().unwrap_or(443);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((bare, port)).await.map_err(|error| failed(&error))?;
    let response = match post.url.scheme() {
        "https" => {
            let config = client_config(post.ca).map_err(NotSent::for_good)?;
            let name = ServerName::try_from(bare.to_owned())
                .map_err(|error| NotSent::for_good(format!("{host}: {error}")))?;
            let connector = TlsConnector::from(config);
            let stream = connector.connect(name, stream).await.map_err(|error| failed(&error))?;
            exchange(post, stream).await?
        }
        _ => exchange(post, stream).await?,
    };
    let (status, answer) = response;
    if (200..300).contains(&status) {
        return Ok(());
    }
    let problem = format!("{host} answered {status} {}", super::message::one_line(answer.trim()));
    // Too many, too early, or trouble of its own: later it may be taken.
    match status {
        408 | 425 | 429 | 500.. => Err(NotSent::for_now(problem)),
        _ => Err(NotSent::for_good(problem)),
    }
}

async fn exchange(
    post: &Post<'_>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<(u16, String), NotSent> {
    let host = host_of(post.url);
    let failed = |error: hyper::Error| NotSent::for_now(format!("{host}: {error}"));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let driver = tokio::spawn(connection);
    let response = sender.send_request(request(post)?).await.map_err(failed);
    let read = match response {
        Ok(response) => Ok(status_and_text(response).await),
        Err(error) => Err(error),
    };
    driver.abort();
    read
}

async fn status_and_text(response: Response<hyper::body::Incoming>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), ANSWER_OCTETS_MAX).collect().await;
    let octets = body.map(|body| body.to_bytes()).unwrap_or_default();
    (status, String::from_utf8_lossy(&octets).into_owned())
}

fn request(post: &Post<'_>) -> Result<Request<Full<Bytes>>, NotSent> {
    let bad = |what: &str| NotSent::for_good(format!("{what} can't stand in a header"));
    let path = match post.url.query() {
        Some(query) => format!("{}?{query}", post.url.path()),
        None => post.url.path().to_owned(),
    };
    let host = match post.url.port() {
        Some(port) => format!("{}:{port}", host_of(post.url)),
        None => host_of(post.url).to_owned(),
    };
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(HOST, host)
        .header(USER_AGENT, concat!("v6ready/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(Bytes::from(post.body.clone())))
        .map_err(|_| bad("the URL"))?;
    let headers = request.headers_mut();
    let value = |text: &str, what: &str| HeaderValue::from_str(text).map_err(|_| bad(what));
    headers.insert(CONTENT_TYPE, value(post.content_type, "`content_type`")?);
    for (name, text) in &post.headers {
        let header = HeaderName::try_from(name).map_err(|_| bad(name))?;
        headers.insert(header, value(text, name)?);
    }
    Ok(request)
}
