//! Servers that take connections now and then, late, or not at all.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{Domain, Protocol, SockFilter, Socket, Type};
use tokio::net::TcpListener;

use super::accept::serve_each;
use crate::lab::network::listen::{BACKLOG, listen};

/// How long a flapping server refuses after it took a connection: longer than a scan takes from its first
/// connection to its last, also on a busy machine.
const REFUSES_FOR: Duration = Duration::from_secs(20);

/// Takes one connection, refuses for a while, and begins anew.
pub(super) fn serve_flapping(address: SocketAddr) -> io::Result<()> {
    let mut listener = TcpListener::from_std(listen(address, 1)?.into())?;
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            drop(listener);
            tokio::time::sleep(REFUSES_FOR).await;
            listener = TcpListener::from_std(listen(address, 1)?.into())?;
        }
        Ok::<_, io::Error>(())
    });
    Ok(())
}

/// Takes every connection and resets it at its first octet, as firewalls do to what they dislike.
pub(super) fn serve_resets(address: SocketAddr) -> io::Result<()> {
    serve_each(listen(address, BACKLOG)?, |stream| async move {
        let _ = stream.peek(&mut [0]).await;
        // A close that waits for nothing is a reset.
        stream.set_zero_linger()
    })
}

/// Fills the queue of a listener from which no connection is taken: from then on the kernel drops every
/// SYN.
pub(super) fn serve_silence(address: SocketAddr) -> io::Result<()> {
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

/// A listener that large packets don't reach, and no error says so: a path-MTU black hole.
pub(super) fn path_mtu_black_hole(address: SocketAddr) -> io::Result<Socket> {
    /// The packet's length.
    const LOAD_LENGTH: u16 = 0x80;
    /// Octets of a TCP segment with its header that get through: a packet of 1280 less IPv6's header.
    const OCTETS_MAX: u32 = 1240;
    drop_matching(address, (LOAD_LENGTH, 0), (IS_MORE, OCTETS_MAX))
}

/// A listener that every fiftieth packet gets lost on the way to, at random.
pub(super) fn lossy(address: SocketAddr) -> io::Result<Socket> {
    /// A word; at `SKF_AD_OFF + SKF_AD_RANDOM` of linux/filter.h, the kernel's random number.
    const LOAD_WORD: u16 = 0x20;
    const RANDOM: u32 = 0xffff_f000 + 56;
    drop_matching(address, (LOAD_WORD, RANDOM), (IS_MORE, u32::MAX - u32::MAX / 50))
}

/// Drops the first SYN of each connection: it asks for ECN, and the repeated one, a second later,
/// doesn't.
pub(super) fn serve_slow_to_accept(address: SocketAddr) -> io::Result<()> {
    /// An octet; here that of a TCP header's flags, with those of ECN (RFC 3168 §6.1).
    const LOAD_OCTET: u16 = 0x30;
    const FLAGS_AT: u32 = 13;
    const HAS_BITS: u16 = 0x45;
    const ECE_AND_CWR: u32 = 0xc0;
    let socket = drop_matching(address, (LOAD_OCTET, FLAGS_AT), (HAS_BITS, ECE_AND_CWR))?;
    serve_each(socket, |stream| async move { drop(stream) })
}

/// Classic BPF: whether what was loaded is more than a number.
const IS_MORE: u16 = 0x25;

/// A listener that the packets don't reach of which what is loaded passes the test: a program of
/// classic BPF (linux/filter.h), each part an instruction with its operand.
fn drop_matching(address: SocketAddr, load: (u16, u32), test: (u16, u32)) -> io::Result<Socket> {
    const RETURN: u16 = 0x06;
    /// As much of the packet as there is.
    const ALL: u32 = u32::MAX;
    let socket = listen(address, BACKLOG)?;
    // Connections have the filter of the listener that they come from.
    socket.attach_filter(&[
        SockFilter::new(load.0, 0, 0, load.1),
        SockFilter::new(test.0, 0, 1, test.1),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, ALL),
    ])?;
    Ok(socket)
}
