//! The HTTP exchange, over either version of the protocol.

mod driven;
mod failure;
mod http1;
mod http2;
mod request;
mod response;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::limited_stream::LimitedStream;
use crate::model::{BodyEnd, HttpFailure, HttpGet, HttpResponse, Limits, Timeouts};

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
        stream: &mut LimitedStream<S>,
        protocol: Protocol,
        ask: &HttpGet,
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
                Protocol::Http2 => {
                    HttpFailure::Http2 { detail: "ENHANCE_YOUR_CALM".to_owned(), frame: None }
                }
            }),
            Ok(response) if stream.is_exhausted() && response.body_end != BodyEnd::Complete => {
                Ok(HttpResponse { body_end: BodyEnd::Limit, ..response })
            }
            other => other,
        }
    }
}
