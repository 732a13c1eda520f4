//! Web servers that speak HTTP/1.1, one small page a connection.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use socket2::Socket;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use super::accept::serve_each;
use super::response::{Visit, response};
use crate::lab::site::page::{Guard, Page};

/// Between two drops of a response that is sent slowly.
const DRIP_EVERY: Duration = Duration::from_millis(200);

/// Between two parts of a body without end; the lab has other clients.
const FLOOD_EVERY: Duration = Duration::from_millis(5);

/// Octets of a request that are read.
const REQUEST_MAX: usize = 16 * 1024;

/// Serves a page at a listening socket, over TLS where there is an acceptor.
pub(super) fn serve(
    socket: Socket,
    tls: Option<TlsAcceptor>,
    page: &Page,
    host: &'static str,
) -> io::Result<()> {
    let page = Arc::new(page.clone());
    let visits = Arc::new(AtomicU64::new(0));
    serve_each(socket, move |stream| {
        let (tls, page, visits) = (tls.clone(), Arc::clone(&page), Arc::clone(&visits));
        async move {
            match tls {
                Some(tls) => {
                    let stream = tls.accept(stream).await?;
                    if hangs_up(&page, &visits) {
                        Ok(())
                    } else if resets(&page, &visits) {
                        // A close that waits for nothing is a reset.
                        stream.get_ref().0.set_zero_linger()
                    } else {
                        answer(stream, &shown_to_visitor(&page, &visits), host).await
                    }
                }
                None => answer(stream, &shown_to_visitor(&page, &visits), host).await,
            }
        }
    })
}

/// Whether this visit is one that the page is not shown to.
fn hangs_up(page: &Page, visits: &AtomicU64) -> bool {
    matches!(page, Page::HangsUpFirst) && visits.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)
}

/// Whether this visit is one after which a guard resets every connection.
fn resets(page: &Page, visits: &AtomicU64) -> bool {
    matches!(page, Page::Guarded(_, Guard::AllowsOneThenResets))
        && visits.fetch_add(1, Ordering::Relaxed) > 0
}

/// The page, or what its visitor is told instead.
fn shown_to_visitor(page: &Page, visits: &AtomicU64) -> Page {
    match page {
        Page::BusyFirst if visits.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) => {
            Page::Status(503)
        }
        Page::Guarded(_, Guard::AllowsOne(status))
            if visits.fetch_add(1, Ordering::Relaxed) > 0 =>
        {
            Page::Status(*status)
        }
        page => page.clone(),
    }
}

/// Reads one request and answers it with a page.
pub(super) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    page: &Page,
    host: &str,
) -> io::Result<()> {
    let mut request = Vec::new();
    let mut part = [0; 2048];
    let is_whole = |request: &[u8]| {
        request.windows(4).any(|end| end == b"\r\n\r\n")
            || request.first().is_some_and(|octet| !octet.is_ascii_uppercase())
    };
    while !is_whole(&request) && request.len() < REQUEST_MAX {
        match stream.read(&mut part).await? {
            0 => return Ok(()),
            octets => request.extend_from_slice(&part[..octets]),
        }
    }
    match page {
        Page::EndlessHead => return drip(stream, "", "X-Wait: 1\r\n").await,
        Page::SlowBody => {
            return drip(stream, "Content-Type: text/html\r\nContent-Length: 9999\r\n\r\n", ".")
                .await;
        }
        Page::EndlessBody => return flood(stream).await,
        Page::Raw(octets) => {
            stream.write_all(octets).await?;
            return stream.shutdown().await;
        }
        _ => {}
    }
    // What isn't HTTP, such as a TLS handshake, is answered as web servers do.
    let is_http = request.first().is_some_and(u8::is_ascii_uppercase);
    let text = String::from_utf8_lossy(&request).into_owned();
    let visit = visit_of(&text);
    let page = if is_http { page } else { &Page::Status(400) };
    let shown = response(page, host, visit)?;
    let is_chunked = shown.fields.iter().any(|(name, _)| *name == "Transfer-Encoding");
    let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", shown.status);
    for (name, value) in &shown.fields {
        head += &format!("{name}: {value}\r\n");
    }
    let body = if is_chunked {
        chunks(&shown.body, !matches!(page, Page::Unmarked(_)))
    } else {
        head += &format!("Content-Length: {}\r\n", shown.body.len());
        shown.body
    };
    stream.write_all(format!("{head}\r\n").as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}

/// Begins a response and then sends the same few octets again and again, until the client leaves.
async fn drip<S: AsyncWrite + Unpin>(mut stream: S, head: &str, drop: &str) -> io::Result<()> {
    stream.write_all(format!("HTTP/1.1 200 -\r\n{head}").as_bytes()).await?;
    loop {
        stream.write_all(drop.as_bytes()).await?;
        stream.flush().await?;
        tokio::time::sleep(DRIP_EVERY).await;
    }
}

/// Sends a page without end, faster than it is worth reading.
async fn flood<S: AsyncWrite + Unpin>(mut stream: S) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 -\r\nContent-Type: text/html\r\n\r\n<p>").await?;
    let part = "Không bao giờ hết. ".repeat(1000).into_bytes();
    loop {
        stream.write_all(&part).await?;
        tokio::time::sleep(FLOOD_EVERY).await;
    }
}

/// What a request asks for.
fn visit_of(request: &str) -> Visit<'_> {
    let path = request.split(' ').nth(1).unwrap_or("/");
    let cookies = request.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("cookie").then_some(value.trim())
    });
    Visit { path, cookies: cookies.unwrap_or_default() }
}

/// A body in chunks (RFC 9112 §7.1), perhaps with the last one, which marks the end.
fn chunks(body: &[u8], is_marked: bool) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(100) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    if is_marked {
        chunks.extend_from_slice(b"0\r\n\r\n");
    }
    chunks
}
