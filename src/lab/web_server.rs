//! Web servers that are as simple as they are odd: one small HTTP/1.1 page a connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Certificate};
use super::page::response;
use super::province::{Door, Page, Site};
use super::router::Beyond;
use super::{datagram_server, greeting_server, http2_server, tls_server, unsteady_server};

/// How long a visitor may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Between two drops of a response that is sent slowly.
const DRIP_EVERY: Duration = Duration::from_millis(200);

/// Between two parts of a body without end; the lab has other visitors.
const FLOOD_EVERY: Duration = Duration::from_millis(5);

/// Octets of a request that are read.
const REQUEST_MAX: usize = 16 * 1024;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Opens every door of a site.
pub(super) async fn start(
    site: &Site,
    authority: &Authority,
    beyond: &Beyond,
) -> Result<(), Error> {
    let serve_good = |socket, tls: bool, page: &Page| -> Result<(), Error> {
        let config = authority.server(site.host, Certificate::Good)?;
        let tls = tls.then(|| TlsAcceptor::from(config));
        Ok(serve_at(socket, tls, page.clone(), site.host.to_owned())?)
    };
    for (address, door) in &site.doors {
        match door {
            Door::Silent => never_accept(*address)?,
            Door::Flaps => unsteady_server::flap(*address)?,
            Door::Resets => unsteady_server::reset(*address)?,
            Door::Slow => unsteady_server::slow(*address)?,
            Door::Narrow(page) => serve_good(unsteady_server::narrow(*address)?, true, page)?,
            Door::Lossy(page) => serve_good(unsteady_server::lossy(*address)?, true, page)?,
            Door::Beyond { tls, page } => serve_good(beyond.listen(*address, 128)?, *tls, page)?,
            Door::Greets(greeter) => {
                greeting_server::start(listen(*address, 128)?, *greeter, authority)?;
            }
            Door::Time(clock) => datagram_server::time(*address, *clock)?,
            Door::Names { udp, tcp } => datagram_server::names(*address, *udp, *tcp)?,
            Door::NotTls => serve(*address, None, Page::Status(200), site.host.to_owned())?,
            Door::Http(page) => serve(*address, None, page.clone(), site.host.to_owned())?,
            Door::Odd(oddity, page) => {
                let config = tls_server::config(site.host, *oddity, authority)?;
                tls_server::serve(listen(*address, 128)?, config, *oddity, page, site.host)?;
            }
            Door::Http2 { page, breaks_off } => {
                let good = authority.server(site.host, Certificate::Good)?;
                http2_server::serve(listen(*address, 128)?, &good, page, site.host, *breaks_off)?;
            }
            Door::Https(certificate, page) => {
                let config = authority.server(site.host, *certificate)?;
                let tls = TlsAcceptor::from(config);
                serve(*address, Some(tls), page.clone(), site.host.to_owned())?;
            }
        }
    }
    Ok(())
}

pub(super) fn listen(address: SocketAddr, backlog: i32) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    // As web servers do; connections have it of their listener. Here a TLS record is less than a
    // segment, so each would wait until the one before it is acknowledged (RFC 896).
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket)
}

fn serve(
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    page: Page,
    host: String,
) -> io::Result<()> {
    serve_at(listen(address, 128)?, tls, page, host)
}

fn serve_at(socket: Socket, tls: Option<TlsAcceptor>, page: Page, host: String) -> io::Result<()> {
    let listener = TcpListener::from_std(socket.into())?;
    let page = Arc::new((page, host));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, page) = (tls.clone(), page.clone());
            tokio::spawn(tokio::time::timeout(PATIENCE, async move {
                let _ = match tls {
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => answer(stream, &page.0, &page.1).await,
                        Err(error) => Err(error),
                    },
                    None => answer(stream, &page.0, &page.1).await,
                };
            }));
        }
    });
    Ok(())
}

/// Fills the queue of a listener that nobody serves: from then on the kernel drops every SYN.
fn never_accept(address: SocketAddr) -> io::Result<()> {
    let socket = listen(address, 0)?;
    let held: Vec<Socket> = (0..2)
        .map(|_| {
            let filler =
                Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
            filler.set_nonblocking(true)?;
            // In progress, or dropped because the queue is full by now: both are what is wanted.
            let _ = filler.connect(&address.into());
            Ok(filler)
        })
        .collect::<io::Result<_>>()?;
    tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop((socket, held));
    });
    Ok(())
}

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
    // What is no HTTP, such as a TLS handshake, is answered as web servers do.
    let is_http = request.first().is_some_and(u8::is_ascii_uppercase);
    let shown = if is_http { response(page, host)? } else { response(&Page::Status(400), host)? };
    let is_chunked = shown.fields.iter().any(|(name, _)| *name == "Transfer-Encoding");
    let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", shown.status);
    for (name, value) in &shown.fields {
        head += &format!("{name}: {value}\r\n");
    }
    let body = if is_chunked {
        chunks(&shown.body)
    } else {
        head += &format!("Content-Length: {}\r\n", shown.body.len());
        shown.body
    };
    stream.write_all(format!("{head}\r\n").as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}

/// Begins a response and then sends the same few octets again and again, until the caller's patience ends.
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

/// A body in chunks (RFC 9112 §7.1).
fn chunks(body: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(100) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}
