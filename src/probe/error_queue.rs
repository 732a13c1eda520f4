//! The error queue of a socket (`IP_RECVERR`, `IPV6_RECVERR`), which holds the ICMP errors that its
//! packets caused.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd as _};

use nix::libc;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};

use super::kernel::socket_addr;
use crate::model::{Family, IcmpMeaning};

/// One entry of a socket's error queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QueuedError {
    /// The error that the kernel made of it.
    pub errno: i32,
    /// Who found the error.
    pub origin: Origin,
    /// The ICMP type; 0 when the origin is local.
    pub icmp_type: u8,
    /// The ICMP code; 0 when the origin is local.
    pub icmp_code: u8,
    /// Who sent the ICMP error.
    pub from: Option<IpAddr>,
    /// Where the packet that caused the error was sent; on a TCP socket that is its peer anyway.
    pub destination: Option<SocketAddr>,
    /// What the ICMP error returned of our datagram's payload, up to [`QueuedError::PAYLOAD_MAX`]
    /// octets; often empty over IPv4, where a router need return only 8 octets (RFC 792).
    pub payload: Vec<u8>,
}

/// Who found an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Our own kernel, before anything was sent.
    Local,
    /// An ICMP message (IPv4).
    Icmp,
    /// An ICMPv6 message.
    Icmpv6,
}

impl QueuedError {
    /// The octets of returned payload that are kept: enough for a DNS id and question.
    pub const PAYLOAD_MAX: usize = 512;

    /// What the message means; `None` when our own kernel found the error.
    pub fn meaning(&self) -> Option<IcmpMeaning> {
        match self.origin {
            Origin::Local => None,
            Origin::Icmp => Some(IcmpMeaning::from_icmpv4(self.icmp_type, self.icmp_code)),
            Origin::Icmpv6 => Some(IcmpMeaning::from_icmpv6(self.icmp_type, self.icmp_code)),
        }
    }

    /// Whether this ends an exchange. A Packet Too Big doesn't: the kernel notes the smaller MTU
    /// and sends again.
    pub fn is_final(&self) -> bool {
        self.meaning().is_some_and(|meaning| meaning != IcmpMeaning::PacketTooBig)
    }
}

/// Asks the kernel to keep ICMP errors in the socket's error queue. Turn it off again on a TCP
/// socket once it is connected: there the kernel would break the connection for errors that it
/// otherwise rides out.
///
/// # Errors
/// The error of `setsockopt`.
pub(super) fn queue_errors(socket: &impl AsFd, family: Family, on: bool) -> io::Result<()> {
    match family {
        Family::Ipv6 => setsockopt(socket, sockopt::Ipv6RecvErr, &on),
        Family::Ipv4 => setsockopt(socket, sockopt::Ipv4RecvErr, &on),
    }
    .map_err(io::Error::from)
}

/// Takes the oldest entry out of a socket's error queue; `None` when it is empty. Never blocks.
pub(super) fn read_error_queue(socket: &impl AsFd) -> Option<QueuedError> {
    let mut payload = [0; QueuedError::PAYLOAD_MAX];
    let mut control = nix::cmsg_space!(libc::sock_extended_err, libc::sockaddr_in6, [u8; 64]);
    let mut parts = [io::IoSliceMut::new(&mut payload)];
    let received = recvmsg::<SockaddrStorage>(
        socket.as_fd().as_raw_fd(),
        &mut parts,
        Some(&mut control),
        MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT,
    )
    .ok()?;
    let octets = received.bytes;
    let destination = received.address.as_ref().and_then(socket_addr);
    let (error, from) = received.cmsgs().ok()?.find_map(|message| match message {
        ControlMessageOwned::Ipv4RecvErr(error, from) => {
            let from = from.filter(|from| i32::from(from.sin_family) == libc::AF_INET);
            Some((error, from.map(|from| IpAddr::from(from.sin_addr.s_addr.to_ne_bytes()))))
        }
        ControlMessageOwned::Ipv6RecvErr(error, from) => {
            let from = from.filter(|from| i32::from(from.sin6_family) == libc::AF_INET6);
            Some((error, from.map(|from| IpAddr::from(from.sin6_addr.s6_addr))))
        }
        _ => None,
    })?;
    let origin = match error.ee_origin {
        libc::SO_EE_ORIGIN_ICMP => Origin::Icmp,
        libc::SO_EE_ORIGIN_ICMP6 => Origin::Icmpv6,
        _ => Origin::Local,
    };
    Some(QueuedError {
        errno: error.ee_errno as i32,
        origin,
        icmp_type: error.ee_type,
        icmp_code: error.ee_code,
        from,
        destination,
        payload: payload.get(..octets).unwrap_or_default().to_vec(),
    })
}
