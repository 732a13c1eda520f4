//! The HTTP exchange: what both versions of the protocol share.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use ::http::{HeaderMap, Version};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::wire::Wire;
use super::{http1, http2};
use crate::model::{
    Blob, BodyEnd, HttpAsk, HttpFailure, HttpResponse, Limits, NetFailure, Readings, Timeouts,
};
use crate::probe::errors;

/// Who we say we are.
pub(super) const USER_AGENT: &str =
    concat!("v6ready/", env!("CARGO_PKG_VERSION"), " (IPv6 readiness scanner)");

/// What we say we want: any page, but HTML first.
pub(super) const ACCEPT: &str = "text/html,*/*;q=0.8";

/// Asks for pages.
pub(super) struct Exchange {
    deadline: Duration,
    limits: Limits,
}

/// The protocol that a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.1 (RFC 9112).
    Http1,
    /// HTTP/2 (RFC 9113).
    Http2,
}

impl Protocol {
    /// The protocol that ALPN chose; without ALPN it is HTTP/1.1 (RFC 7301, RFC 9113 §3.2).
    pub fn from_alpn(alpn: Option<&str>) -> Self {
        match alpn {
            Some("h2") => Self::Http2,
            _ => Self::Http1,
        }
    }
}

impl Exchange {
    /// Takes over the deadline and the limits.
    pub fn new(timeouts: &Timeouts, limits: &Limits) -> Self {
        Self { deadline: timeouts.http, limits: *limits }
    }

    /// How many octets one exchange may read. Twice the body leaves room for framing; a peer who
    /// needs more sends nothing but framing.
    pub fn octets_max(&self) -> usize {
        const FRAMING_OCTETS: usize = 64 * 1024;
        self.limits.header_octets + 2 * self.limits.body_octets + FRAMING_OCTETS
    }

    /// Sends a GET and reads the response.
    pub async fn get<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut Wire<S>,
        protocol: Protocol,
        ask: &HttpAsk,
        peer: SocketAddr,
    ) -> Result<HttpResponse, HttpFailure> {
        let deadline = Instant::now() + self.deadline;
        let result = match protocol {
            Protocol::Http1 => http1::get(stream, ask, &self.limits, deadline, peer).await,
            Protocol::Http2 => http2::get(stream, ask, &self.limits, deadline, peer).await,
        };
        match result {
            Err(_) if stream.is_exhausted() => Err(match protocol {
                // Before the body, HTTP/1.1 has nothing but headers.
                Protocol::Http1 => HttpFailure::HeadersTooLarge,
                // Endless PING or SETTINGS frames: our name for that is the peers' (RFC 9113 §7).
                Protocol::Http2 => HttpFailure::Http2 { detail: "ENHANCE_YOUR_CALM".to_owned() },
            }),
            Ok(response) if stream.is_exhausted() && response.body_end != BodyEnd::Complete => {
                Ok(HttpResponse { body_end: BodyEnd::Limit, ..response })
            }
            other => other,
        }
    }
}

/// The status line and the headers, with the time they took.
pub(super) struct Head {
    /// Since the request.
    pub elapsed_us: u64,
    /// The status code.
    pub status: u16,
    /// The version that the response itself claims.
    pub version: Version,
    /// The headers.
    pub headers: HeaderMap,
}

impl Head {
    /// The whole response.
    pub fn with_body(self, body: Body) -> HttpResponse {
        HttpResponse {
            elapsed_us: self.elapsed_us,
            version: match self.version {
                Version::HTTP_2 => "h2".to_owned(),
                other => format!("{other:?}"),
            },
            status: self.status,
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes())))
                .collect(),
            body: Blob::new(body.octets),
            body_end: body.end,
            readings: Readings::default(),
        }
    }
}

/// A body as far as it was read.
pub(super) struct Body {
    octets: Vec<u8>,
    octets_max: usize,
    /// How it ended; [`BodyEnd::TimedOut`] until something else ends it.
    pub end: BodyEnd,
}

impl Body {
    /// A body of which nothing has been read yet.
    pub fn new(octets_max: usize) -> Self {
        Self { octets: Vec::new(), octets_max, end: BodyEnd::TimedOut }
    }

    /// Keeps what fits; `false` when that was not all.
    pub fn keep(&mut self, octets: &[u8]) -> bool {
        let free = self.octets_max - self.octets.len();
        self.octets.extend_from_slice(&octets[..octets.len().min(free)]);
        octets.len() <= free
    }
}

/// A connection that works only while something that depends on it is awaited, so that nothing has
/// to be spawned and nothing outlives the conversation.
pub(super) struct Driven<'a, C: Future> {
    connection: Pin<&'a mut C>,
    ended: Option<C::Output>,
}

impl<'a, C: Future> Driven<'a, C> {
    /// Takes the connection's own future.
    pub fn new(connection: Pin<&'a mut C>) -> Self {
        Self { connection, ended: None }
    }

    /// Awaits `wanted` and lets the connection work meanwhile.
    pub async fn until<F: Future>(&mut self, wanted: F) -> F::Output {
        let mut wanted = pin!(wanted);
        std::future::poll_fn(|context| {
            if self.ended.is_none()
                && let Poll::Ready(output) = self.connection.as_mut().poll(context)
            {
                self.ended = Some(output);
            }
            wanted.as_mut().poll(context)
        })
        .await
    }

    /// How the connection ended, if it has.
    pub fn into_ended(self) -> Option<C::Output> {
        self.ended
    }
}

/// The failure for a request that can't be written down: an authority or a path that HTTP does not
/// allow. It is held against nobody.
pub(super) fn unsendable(error: &impl std::fmt::Display) -> HttpFailure {
    let errno = format!("the request can't be sent: {error}");
    HttpFailure::Net { failure: NetFailure::Other { errno } }
}

/// The failure that an I/O error under HTTP stands for.
pub(super) fn of_io(error: &io::Error, peer: SocketAddr) -> HttpFailure {
    match error.kind() {
        // So tokio-rustls wraps the errors of TLS: an alert, a broken record.
        io::ErrorKind::InvalidData => HttpFailure::NotHttp { detail: format!("TLS: {error}") },
        _ => HttpFailure::Net { failure: errors::of_error(error, peer.ip()) },
    }
}

/// What is wrong with an answer, and how it began.
pub(super) fn not_http(why: &impl std::fmt::Display, head: &[u8]) -> HttpFailure {
    let detail = format!("{why}; the answer begins with \"{}\"", head.escape_ascii());
    HttpFailure::NotHttp { detail }
}

/// One `char` for each octet.
fn latin1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_what_fits() {
        let mut body = Body::new(5);
        assert!(body.keep(b"abc") && body.keep(b"de"));
        assert!(body.keep(b""));
        assert!(!body.keep(b"f"));
        assert_eq!(body.octets, b"abcde");
    }

    #[test]
    fn header_values_lose_nothing() {
        let octets: Vec<u8> = (0..=255).collect();
        let back: Vec<u8> = latin1(&octets).chars().map(|c| c as u8).collect();
        assert_eq!(back, octets);
    }
}
