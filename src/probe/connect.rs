//! Opening one TCP connection, and why it can't be opened.

use std::io;
use std::net::{SocketAddr, TcpStream as StdTcpStream};
use std::task::Poll;
use std::time::{Duration, Instant};

use nix::libc;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::connection::Connection;
use super::error_queue;
use super::errors::{self, Carrier};
use super::own_drops::OwnDrops;
use crate::model::{Family, NetFailure};

/// Connects to `peer`: one SYN sequence to one address, with `TCP_NODELAY` set. Returns the
/// connection and the time from SYN to SYN-ACK.
///
/// An ICMP error ends the attempt as soon as it arrives, and as what it is; the kernel alone would
/// sometimes wait for the next one, a second later, and then tell only an errno.
///
/// # Errors
/// What the peer, a router or our own machine did; [`NetFailure::TimedOut`] after `deadline`.
pub(super) async fn connect(
    peer: SocketAddr,
    deadline: Duration,
) -> Result<(Connection, Duration), NetFailure> {
    connect_with(peer, None, deadline).await
}

/// As [`connect`], with segments of at most so many octets: ours, and by the option in our SYN the
/// peer's.
///
/// # Errors
/// As [`connect`].
pub(super) async fn connect_with(
    peer: SocketAddr,
    mss: Option<u16>,
    deadline: Duration,
) -> Result<(Connection, Duration), NetFailure> {
    let started = Instant::now();
    let stream = start(peer, mss)?;
    let established = established(&stream, peer);
    let mut drops = OwnDrops::default();
    let outcome = tokio::select! {
        biased;
        outcome = tokio::time::timeout(deadline, established) => outcome,
        never = drops.watch() => never,
    };
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => return Err(failure),
        Err(_) if drops.are_ours() => return Err(NetFailure::NotPermitted),
        Err(_) => return Err(NetFailure::TimedOut),
    }
    let elapsed = started.elapsed();
    // From here on the kernel rides out ICMP errors by itself (RFC 5461 §4).
    let _ = error_queue::queue_errors(&stream, Family::of(peer.ip()), false);
    Ok((Connection::new(stream), elapsed))
}

/// Sends the SYN.
fn start(peer: SocketAddr, mss: Option<u16>) -> Result<TcpStream, NetFailure> {
    let ours = |error: io::Error| errors::io_failure(&error, peer.ip());
    let socket =
        Socket::new(Domain::for_address(peer), Type::STREAM.nonblocking(), Some(Protocol::TCP))
            .map_err(ours)?;
    // Neither is needed for a true result; without them it is a little slower or less exact.
    let _ = socket.set_tcp_nodelay(true);
    let _ = error_queue::queue_errors(&socket, Family::of(peer.ip()), true);
    if let Some(mss) = mss {
        socket.set_tcp_mss(mss.into()).map_err(ours)?;
    }
    match socket.connect(&peer.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) => return Err(errors::socket_failure(&error, &socket, Carrier::Tcp, peer.ip())),
    }
    TcpStream::from_std(StdTcpStream::from(socket)).map_err(ours)
}

/// Waits until the handshake has ended.
async fn established(stream: &TcpStream, peer: SocketAddr) -> Result<(), NetFailure> {
    /// How often to look again once the socket has reported something that ended nothing. Its
    /// readiness can't be waited for any more, because part of it stays set.
    const LOOK_AGAIN: Duration = Duration::from_millis(20);

    let awake = stream.ready(Interest::WRITABLE | Interest::ERROR).await;
    let awake = awake.map_err(|error| errors::io_failure(&error, peer.ip()))?;
    if !awake.is_error() && stream.peer_addr().is_ok() {
        return Ok(());
    }
    loop {
        if let Poll::Ready(result) = state(stream, peer) {
            return result;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// How far the handshake is.
fn state(stream: &TcpStream, peer: SocketAddr) -> Poll<Result<(), NetFailure>> {
    while let Some(queued) = error_queue::read_error_queue(stream) {
        if let Some(failure) = errors::queued_failure(&queued, Carrier::Tcp, peer.ip()) {
            return Poll::Ready(Err(failure));
        }
    }
    match stream.take_error() {
        Ok(Some(error)) | Err(error) => {
            Poll::Ready(Err(errors::socket_failure(&error, stream, Carrier::Tcp, peer.ip())))
        }
        Ok(None) if stream.peer_addr().is_ok() => Poll::Ready(Ok(())),
        Ok(None) => Poll::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_listener_is_reached_and_a_closed_port_refuses() {
        for address in ["[::1]:0", "127.0.0.1:0"] {
            let listener = tokio::net::TcpListener::bind(address).await.unwrap();
            let peer = listener.local_addr().unwrap();
            let (stream, _) = connect(peer, DEADLINE).await.unwrap();
            assert_eq!(stream.peer_addr().unwrap(), peer);
            // Bound, so that no other program takes the port, and not listening.
            let closed = Socket::new(Domain::for_address(peer), Type::STREAM, None).unwrap();
            closed.bind(&address.parse::<SocketAddr>().unwrap().into()).unwrap();
            let peer = closed.local_addr().unwrap().as_socket().unwrap();
            assert_eq!(connect(peer, DEADLINE).await.unwrap_err(), NetFailure::Refused);
        }
    }

    #[tokio::test]
    async fn a_full_backlog_is_silence() {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        socket.bind(&"[::1]:0".parse::<SocketAddr>().unwrap().into()).unwrap();
        socket.listen(0).unwrap();
        let peer = socket.local_addr().unwrap().as_socket().unwrap();
        let short = Duration::from_millis(200);
        let mut held = Vec::new();
        let failure = loop {
            match connect(peer, short).await {
                Ok(connection) => held.push(connection),
                Err(failure) => break failure,
            }
            assert!(held.len() < 16, "a backlog of 0 takes this many connections");
        };
        assert_eq!(failure, NetFailure::TimedOut);
    }
}
