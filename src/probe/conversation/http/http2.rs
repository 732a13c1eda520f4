//! HTTP/2, by h2.
//!
//! hyper's HTTP/2 client wants an executor to spawn its connection on; h2 itself lets the
//! connection be driven where it is used.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Instant as Clock;

use bytes::Bytes;
use h2::{Reason, RecvStream};
use http::{Request, Uri, Version, header};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use super::driven::Driven;
use super::failure::{io_failure, not_http, unsendable};
use super::request::{ACCEPT, USER_AGENT, with_cookies};
use super::response::{Body, Head};
use crate::model::{BodyEnd, EndingFrame, HttpFailure, HttpGet, HttpResponse, Limits, NetFailure};
use crate::probe::conversation::limited_stream::LimitedStream;
use crate::probe::timing::micros;

/// Why there are no headers.
enum Broken {
    /// The deadline passed.
    TimedOut,
    /// h2 gave up.
    H2(h2::Error),
}

/// Sends a GET and reads the response, all of it before `deadline`.
pub(super) async fn get<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut LimitedStream<S>,
    ask: &HttpGet,
    limits: &Limits,
    deadline: Instant,
    peer: SocketAddr,
) -> Result<HttpResponse, HttpFailure> {
    let request = request(ask).map_err(|error| unsendable(&error))?;
    exchange(&mut *stream, request, limits, deadline).await.map_err(|broken| match broken {
        Broken::TimedOut => HttpFailure::Net { failure: NetFailure::TimedOut },
        Broken::H2(error) => h2_failure(&error, stream.received(), stream.head(), limits, peer),
    })
}

fn request(ask: &HttpGet) -> Result<Request<()>, http::Error> {
    let uri = Uri::builder()
        .scheme("https")
        .authority(&*ask.authority)
        .path_and_query(&*ask.path)
        .build()?;
    let request = Request::get(uri)
        .version(Version::HTTP_2)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT, ACCEPT)
        .header(header::ACCEPT_ENCODING, "identity");
    with_cookies(request, ask)?.body(())
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut LimitedStream<S>,
    request: Request<()>,
    limits: &Limits,
    deadline: Instant,
) -> Result<HttpResponse, Broken> {
    // Room for the body that we keep and one frame more: then nothing ever has to be released.
    let window = u32::try_from(limits.body_octets + 64 * 1024).unwrap_or(u32::MAX).min(WINDOW_MAX);
    let handshake = h2::client::Builder::new()
        .enable_push(false)
        .initial_window_size(window)
        .initial_connection_window_size(window)
        .max_header_list_size(u32::try_from(limits.header_octets).unwrap_or(u32::MAX))
        .handshake::<_, Bytes>(stream);
    let (mut sender, connection) = match timeout_at(deadline, handshake).await {
        Ok(handshake) => handshake.map_err(Broken::H2)?,
        Err(_) => return Err(Broken::TimedOut),
    };
    let connection = pin!(connection);
    let mut driven = Driven::new(connection);

    let started = Clock::now();
    let (response, _) = sender.send_request(request, true).map_err(Broken::H2)?;
    let response = match timeout_at(deadline, driven.until(response)).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            // A broken connection reaches its streams as a copy that has lost the errno.
            let of_connection = driven.into_ended().and_then(Result::err);
            return Err(Broken::H2(of_connection.filter(h2::Error::is_io).unwrap_or(error)));
        }
        Err(_) => return Err(Broken::TimedOut),
    };
    let (parts, mut incoming) = response.into_parts();
    let head = Head {
        elapsed_us: micros(started.elapsed()),
        status: parts.status.as_u16(),
        version: Version::HTTP_2,
        headers: parts.headers,
    };

    let mut body = Body::new(limits.body_octets);
    let _ = timeout_at(deadline, read(&mut driven, &mut incoming, &mut body)).await;
    Ok(head.with_body(body))
}

/// The largest flow-control window (RFC 9113 §6.9.1).
const WINDOW_MAX: u32 = (1 << 31) - 1;

/// Reads the body to its end or to the limit.
async fn read<C: Future>(driven: &mut Driven<'_, C>, incoming: &mut RecvStream, body: &mut Body) {
    body.end = loop {
        // Frame by frame, so that the connection goes on at once after each.
        match driven.until(incoming.data()).await {
            None => break BodyEnd::Complete,
            Some(Err(error)) => break BodyEnd::Broken { detail: error.to_string() },
            Some(Ok(octets)) => {
                if !body.keep(&octets) {
                    break BodyEnd::Limit;
                }
            }
        }
    };
}

/// The failure that h2's error stands for, after `received` octets that began with `head`.
fn h2_failure(
    error: &h2::Error,
    received: usize,
    head: &[u8],
    limits: &Limits,
    peer: SocketAddr,
) -> HttpFailure {
    if let Some(error) = error.get_io() {
        // h2's errors for a connection that ended between two frames, and for one that ended in one.
        let ended = matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::Other);
        return match ended && error.raw_os_error().is_none() {
            true => HttpFailure::Net { failure: NetFailure::Closed },
            false => io_failure(error, peer),
        };
    }
    let Some(reason) = error.reason() else {
        return unsendable(error);
    };
    if error.is_library() && !is_settings(head) {
        return not_http(&"no HTTP/2 connection preface came", head);
    }
    if error.is_library() && is_about_headers(error, reason, received, limits) {
        return HttpFailure::HeadersTooLarge;
    }
    // That it went away with the connection, h2 also says of streams that were still unanswered.
    let frame = match error.is_remote() {
        true if error.is_reset() => Some(EndingFrame::RstStream),
        true if error.is_go_away() => Some(EndingFrame::Goaway),
        _ => None,
    };
    HttpFailure::Http2 { detail: format!("{reason:?}"), frame }
}

/// Whether h2 gave up because of too many headers. It has no word of its own for that, only what it
/// tells the peer as debug data, or nothing; so much in front of a response can only be headers.
fn is_about_headers(error: &h2::Error, reason: Reason, received: usize, limits: &Limits) -> bool {
    match reason {
        Reason::ENHANCE_YOUR_CALM => {
            let text = error.to_string();
            text.contains("too_many_continuations") || text.contains("header_list_way_too_large")
        }
        Reason::PROTOCOL_ERROR | Reason::COMPRESSION_ERROR => received >= limits.header_octets / 2,
        _ => false,
    }
}

/// Whether this is how a server's connection preface begins: a SETTINGS frame on stream 0
/// (RFC 9113 §3.4).
fn is_settings(head: &[u8]) -> bool {
    matches!(head, [_, _, _, 4, _, 0, 0, 0, 0, ..])
}

#[cfg(test)]
mod tests;
