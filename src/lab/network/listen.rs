//! TCP sockets that listen.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be accepted, if a server has no reason for another number.
pub(in crate::lab) const BACKLOG: i32 = 128;

/// A socket that listens at an address.
pub(in crate::lab) fn listen(address: SocketAddr, backlog: i32) -> io::Result<Socket> {
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
