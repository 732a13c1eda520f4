//! UDP and TCP under every name server of the lab.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// How long a connection may last: longer than any deadline of a scan.
const CONNECTION_MAX: Duration = Duration::from_secs(90);

/// Octets of a question that are read.
const QUESTION_MAX: usize = 4096;

/// Responder a message: its octets, and whether they came over UDP.
pub(in crate::lab) trait Responder: Send + Sync + 'static {
    fn answer(&self, octets: Vec<u8>, udp: bool) -> impl Future<Output = Option<Vec<u8>>> + Send;
}

/// Responder datagrams at an address.
pub(in crate::lab) fn serve_udp(
    address: SocketAddr,
    server: Arc<impl Responder>,
) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    let socket = Arc::new(UdpSocket::from_std(socket.into())?);
    tokio::spawn(async move {
        let mut octets = [0; QUESTION_MAX];
        // A client that has gone makes one call fail, which ends nothing.
        loop {
            let Ok((length, from)) = socket.recv_from(&mut octets).await else { continue };
            let asked = octets[..length].to_vec();
            let (server, socket) = (Arc::clone(&server), Arc::clone(&socket));
            tokio::spawn(async move {
                if let Some(answer) = server.answer(asked, true).await {
                    let _ = socket.send_to(&answer, from).await;
                }
            });
        }
    });
    Ok(())
}

/// Responder streams at an address.
pub(in crate::lab) fn serve_tcp(
    address: SocketAddr,
    server: Arc<impl Responder>,
) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    let listener = TcpListener::from_std(socket.into())?;
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let server = Arc::clone(&server);
            tokio::spawn(tokio::time::timeout(CONNECTION_MAX, serve_connection(stream, server)));
        }
    });
    Ok(())
}

/// Answers questions until the client closes (RFC 7766 §6.2.1); one that gets no answer is left waiting.
async fn serve_connection(mut stream: TcpStream, server: Arc<impl Responder>) -> io::Result<()> {
    loop {
        let length = usize::from(stream.read_u16().await?);
        let mut octets = vec![0; length.min(QUESTION_MAX)];
        stream.read_exact(&mut octets).await?;
        match server.answer(octets, false).await {
            Some(answer) => {
                let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
                stream.write_all(&[&length.to_be_bytes(), &*answer].concat()).await?;
            }
            None => std::future::pending().await,
        }
    }
}
