//! HTTP/1.1, by hyper.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Instant as Clock;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use super::driven::Driven;
use super::failure::{io_failure, malformed, not_http, unsendable};
use super::request::{ACCEPT, USER_AGENT, with_cookies};
use super::response::{Body, Head};
use crate::model::{BodyEnd, HttpFailure, HttpGet, HttpResponse, Limits, NetFailure};
use crate::probe::conversation::limited_stream::LimitedStream;
use crate::probe::timing::micros;

/// How many header fields a response may have.
const HEADERS_MAX: usize = 500;

/// hyper's message for headers over the limit; it has a method for that in servers only.
const TOO_LARGE: &str = "message head is too large";

/// The smallest read buffer that hyper accepts.
const BUFFER_OCTETS_MIN: usize = 8192;

/// Why there are no headers.
enum Broken {
    /// The deadline passed.
    TimedOut,
    /// hyper gave up.
    Hyper(hyper::Error),
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
        Broken::Hyper(error) => hyper_failure(&error, stream.head(), peer),
    })
}

fn request(ask: &HttpGet) -> Result<Request<Empty<Bytes>>, http::Error> {
    let request = Request::get(&*ask.path)
        .header(header::HOST, &*ask.authority)
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT, ACCEPT)
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close");
    with_cookies(request, ask)?.body(Empty::new())
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut LimitedStream<S>,
    request: Request<Empty<Bytes>>,
    limits: &Limits,
    deadline: Instant,
) -> Result<HttpResponse, Broken> {
    // Browsers forgive these three, so a server that gets away with them works.
    let (mut sender, connection) = http1::Builder::new()
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .max_headers(HEADERS_MAX)
        .max_header_size(limits.header_octets)
        .max_buf_size(limits.header_octets.max(BUFFER_OCTETS_MIN))
        .handshake(TokioIo::new(stream))
        .await
        .map_err(Broken::Hyper)?;
    let connection = pin!(connection);
    let mut driven = Driven::new(connection);

    let started = Clock::now();
    let response = match timeout_at(deadline, driven.until(sender.send_request(request))).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) if error.is_canceled() && error.source().is_none() => {
            // The reason is the connection's.
            let of_connection = driven.into_ended().and_then(Result::err);
            return Err(Broken::Hyper(of_connection.unwrap_or(error)));
        }
        Ok(Err(error)) => return Err(Broken::Hyper(error)),
        Err(_) => return Err(Broken::TimedOut),
    };
    let (parts, mut incoming) = response.into_parts();
    let head = Head {
        elapsed_us: micros(started.elapsed()),
        status: parts.status.as_u16(),
        version: parts.version,
        headers: parts.headers,
    };

    let is_framed = head.headers.contains_key(header::CONTENT_LENGTH)
        || head.headers.contains_key(header::TRANSFER_ENCODING);
    let mut body = Body::new(limits.body_octets);
    let _ = timeout_at(deadline, read(&mut driven, &mut incoming, is_framed, &mut body)).await;
    Ok(head.with_body(body))
}

/// Reads the body to its end or to the limit. One that isn't framed ends with the connection.
async fn read<C: Future>(
    driven: &mut Driven<'_, C>,
    incoming: &mut Incoming,
    is_framed: bool,
    body: &mut Body,
) {
    body.end = loop {
        // Frame by frame, so that the connection goes on at once after each.
        match driven.until(incoming.frame()).await {
            None => break BodyEnd::Complete,
            // Browsers forgive a server that closes a connection without TLS's own goodbye.
            Some(Err(error)) if !is_framed && is_end_without_farewell(&error) => {
                break BodyEnd::Complete;
            }
            Some(Err(error)) => break BodyEnd::Broken { detail: innermost(&error).to_string() },
            Some(Ok(frame)) => {
                if frame.data_ref().is_some_and(|octets| !body.keep(octets)) {
                    break BodyEnd::Limit;
                }
            }
        }
    };
}

/// Whether the connection was closed without a `close_notify` (RFC 8446 §6.1).
fn is_end_without_farewell(error: &hyper::Error) -> bool {
    let cause = innermost(error).downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::UnexpectedEof)
}

/// The failure that hyper's error stands for; `head` is how the server's answer began.
fn hyper_failure(error: &hyper::Error, head: &[u8], peer: SocketAddr) -> HttpFailure {
    let cause = innermost(error);
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return io_failure(error, peer);
    }
    let error = cause.downcast_ref::<hyper::Error>().unwrap_or(error);
    if error.is_parse() && error.to_string() == TOO_LARGE {
        HttpFailure::HeadersTooLarge
    } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        HttpFailure::Net { failure: NetFailure::Closed }
    } else if error.is_user() {
        unsendable(error)
    } else if head.starts_with(b"HTTP/1.") {
        malformed(error, head)
    } else {
        not_http(error, head)
    }
}

/// The deepest cause that is hyper's or the system's own.
fn innermost<'a>(error: &'a hyper::Error) -> &'a (dyn std::error::Error + 'static) {
    let mut cause: &'a (dyn std::error::Error + 'static) = error;
    while let Some(deeper) = cause.source() {
        if !deeper.is::<hyper::Error>() && !deeper.is::<io::Error>() {
            break;
        }
        cause = deeper;
    }
    cause
}

#[cfg(test)]
mod tests;
