//! Web servers that are as simple as they are odd: one small HTTP/1.1 page a connection.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::authority::Authority;
use super::province::{Door, Page, Site};

/// How long a visitor may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Octets of a request that are read.
const REQUEST_MAX: usize = 16 * 1024;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Opens every door of a site.
pub(super) async fn start(site: &Site, authority: &Authority) -> Result<(), Error> {
    for (address, door) in &site.doors {
        match door {
            Door::Silent => never_accept(*address)?,
            Door::NotTls => serve(*address, None, Page::Status(200), site.host.to_owned())?,
            Door::Http(page) => serve(*address, None, page.clone(), site.host.to_owned())?,
            Door::Https(certificate, page) => {
                let config = authority.server(site.host, *certificate)?;
                let tls = TlsAcceptor::from(config);
                serve(*address, Some(tls), page.clone(), site.host.to_owned())?;
            }
        }
    }
    Ok(())
}

fn listen(address: SocketAddr, backlog: i32) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
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
    let listener = TcpListener::from_std(listen(address, 128)?.into())?;
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

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
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
    // What is no HTTP, such as a TLS handshake, is answered as web servers do.
    let is_http = request.first().is_some_and(u8::is_ascii_uppercase);
    let (status, location) = match page {
        _ if !is_http => (400, None),
        Page::Status(status) => (*status, None),
        Page::Redirect(to) => (301, Some(to.clone())),
        Page::ToHttps => (301, Some(format!("https://{host}/"))),
    };
    let location = location.map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
    let body = format!(
        "<!doctype html><html lang=\"vi\"><title>{host}</title><h1>{host}</h1><p>{status}</p></html>\n"
    );
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n{location}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}
