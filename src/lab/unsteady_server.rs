//! Servers that take connections now and then, or late.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockFilter, Socket};
use tokio::net::TcpListener;

use super::web_server::{PATIENCE, listen};

/// How long a flapping server refuses after it took a connection.
const REFUSES_FOR: Duration = Duration::from_secs(2);

/// Takes one connection, refuses for a while, and begins anew.
pub(super) fn flap(address: SocketAddr) -> io::Result<()> {
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
pub(super) fn reset(address: SocketAddr) -> io::Result<()> {
    let listener = TcpListener::from_std(listen(address, 16)?.into())?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = tokio::time::timeout(PATIENCE, stream.peek(&mut [0])).await;
            // A close that waits for nothing is a reset.
            stream.set_zero_linger()?;
        }
        Ok::<_, io::Error>(())
    });
    Ok(())
}

/// A listener that large packets don't reach, and neither does any word of it: a path-MTU black hole.
pub(super) fn narrow(address: SocketAddr) -> io::Result<Socket> {
    /// Classic BPF: load the packet's length, compare, return.
    const LOAD_LENGTH: u16 = 0x80;
    const IS_MORE: u16 = 0x25;
    const RETURN: u16 = 0x06;
    /// Octets of a TCP segment with its header that get through: a packet of 1280 less IPv6's header.
    const OCTETS_MAX: u32 = 1240;
    /// As much of the packet as there is.
    const ALL: u32 = u32::MAX;
    let socket = listen(address, 16)?;
    // Connections have the filter of the listener that they come from.
    socket.attach_filter(&[
        SockFilter::new(LOAD_LENGTH, 0, 0, 0),
        SockFilter::new(IS_MORE, 0, 1, OCTETS_MAX),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, ALL),
    ])?;
    Ok(socket)
}

/// A listener that every fiftieth packet gets lost on the way to, at random.
pub(super) fn lossy(address: SocketAddr) -> io::Result<Socket> {
    /// Classic BPF: load a word (here the kernel's random number), compare, return.
    const LOAD_WORD: u16 = 0x20;
    const IS_MORE: u16 = 0x25;
    const RETURN: u16 = 0x06;
    /// `SKF_AD_OFF + SKF_AD_RANDOM` of linux/filter.h.
    const RANDOM: u32 = 0xffff_f000 + 56;
    const LOSES: u32 = u32::MAX / 50;
    /// As much of the packet as there is.
    const ALL: u32 = u32::MAX;
    let socket = listen(address, 128)?;
    socket.attach_filter(&[
        SockFilter::new(LOAD_WORD, 0, 0, RANDOM),
        SockFilter::new(IS_MORE, 1, 0, LOSES),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, ALL),
    ])?;
    Ok(socket)
}

/// Drops the first SYN of each connection: it asks for ECN, and the repeated one, a second later,
/// doesn't.
pub(super) fn slow(address: SocketAddr) -> io::Result<()> {
    /// Classic BPF: load an octet, test bits, return.
    const LOAD_OCTET: u16 = 0x30;
    const TEST_BITS: u16 = 0x45;
    const RETURN: u16 = 0x06;
    /// Where a TCP header has its flags, and those of ECN (RFC 3168 §6.1).
    const FLAGS_AT: u32 = 13;
    const ECE_AND_CWR: u32 = 0xc0;
    /// As much of the packet as there is.
    const ALL: u32 = u32::MAX;
    let socket = listen(address, 16)?;
    socket.attach_filter(&[
        SockFilter::new(LOAD_OCTET, 0, 0, FLAGS_AT),
        SockFilter::new(TEST_BITS, 0, 1, ECE_AND_CWR),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, ALL),
    ])?;
    let listener = TcpListener::from_std(socket.into())?;
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    Ok(())
}
