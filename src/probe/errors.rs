//! What the kernel says of a failed exchange, as a [`NetFailure`].
//!
//! An errno alone tells neither who sent an error nor whether anyone did: `ENETUNREACH` may be our
//! own missing route or a router's ICMPv6 message, `EACCES` on a TCP connect is a firewall far away.
//! The socket's error queue (`IP_RECVERR`, `IPV6_RECVERR`) holds the ICMP message itself, so it is
//! asked first; only what it doesn't explain is read from the errno, and then the route table says
//! whether the fault is ours.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd as _};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt,
};

use super::route;
use crate::model::{Family, IcmpMeaning, NetFailure};

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

/// What carried the failed exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// UDP, where an ICMP port unreachable is the only way to refuse.
    Udp,
    /// TCP, where it is a firewall's choice.
    Tcp,
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
/// What `setsockopt` says.
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

/// The failure that an entry of the error queue stands for; `None` when it ends no exchange or
/// stands for no ICMP message.
///
/// An ICMP error that *our own* kernel sent to itself accuses nobody else: its firewall rejected
/// the packet, or the gateway did not answer neighbour discovery. Only where the peer is our direct
/// neighbour is a missing answer to neighbour discovery the peer's.
pub(super) fn of_queued(
    queued: &QueuedError,
    carrier: Carrier,
    peer: IpAddr,
) -> Option<NetFailure> {
    let meaning = queued.meaning().filter(|_| queued.is_final())?;
    let sent_by_us = queued.from.is_some_and(|from| {
        from != peer && route::source_toward(peer).is_ok_and(|source| source == from)
    });
    if sent_by_us {
        match meaning {
            IcmpMeaning::AddressUnreachable if route::is_on_link(peer) => {}
            IcmpMeaning::AddressUnreachable | IcmpMeaning::NoRoute => {
                return Some(NetFailure::NoRoute);
            }
            IcmpMeaning::HopLimitExceeded => {}
            _ => return Some(NetFailure::NotPermitted),
        }
    }
    let refused_by_peer = carrier == Carrier::Udp
        && meaning == IcmpMeaning::PortUnreachable
        && queued.from.is_none_or(|from| from == peer);
    if refused_by_peer {
        return Some(NetFailure::Refused);
    }
    Some(NetFailure::Icmp {
        icmp_type: queued.icmp_type,
        icmp_code: queued.icmp_code,
        from: queued.from,
        meaning,
    })
}

/// Why an exchange on `socket` with `peer` failed: what the error queue holds, or else what the
/// error itself says.
pub(super) fn of_socket(
    error: &io::Error,
    socket: &impl AsFd,
    carrier: Carrier,
    peer: IpAddr,
) -> NetFailure {
    while let Some(queued) = read_error_queue(socket) {
        if let Some(failure) = of_queued(&queued, carrier, peer) {
            return failure;
        }
    }
    of_error(error, peer)
}

/// The failure that an error stands for when no error queue explains it. Where the errno may be
/// ours or a router's, the route table decides; what remains doubtful is [`NetFailure::Other`],
/// which is held against nobody.
pub(super) fn of_error(error: &io::Error, peer: IpAddr) -> NetFailure {
    let Some(errno) = error.raw_os_error().map(Errno::from_raw) else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => NetFailure::Closed,
            io::ErrorKind::TimedOut => NetFailure::TimedOut,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted => NetFailure::Reset,
            _ => NetFailure::Other { errno: error.to_string() },
        };
    };
    match errno {
        Errno::ECONNREFUSED => NetFailure::Refused,
        Errno::ECONNRESET | Errno::EPIPE | Errno::ECONNABORTED => NetFailure::Reset,
        Errno::ETIMEDOUT => NetFailure::TimedOut,
        Errno::EPERM => NetFailure::NotPermitted,
        Errno::EAFNOSUPPORT | Errno::ENETDOWN | Errno::ENODEV => NetFailure::NoRoute,
        Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM | Errno::EAGAIN => {
            NetFailure::Exhausted { errno: name(errno) }
        }
        // Either no source address reaches the peer, or every local port is taken.
        Errno::EADDRNOTAVAIL => match route::source_toward(peer) {
            Err(failure) => failure,
            Ok(_) => NetFailure::Exhausted { errno: name(errno) },
        },
        Errno::ENETUNREACH | Errno::EHOSTUNREACH | Errno::EACCES | Errno::EINVAL => {
            match route::source_toward(peer) {
                Err(failure) => failure,
                Ok(_) => NetFailure::Other { errno: name(errno) },
            }
        }
        other => NetFailure::Other { errno: name(other) },
    }
}

/// The name of an errno, such as `EMFILE`.
pub(super) fn name(errno: Errno) -> String {
    format!("{errno:?}")
}

/// A kernel address as the standard library has it; `None` for other families.
pub(super) fn socket_addr(address: &SockaddrStorage) -> Option<SocketAddr> {
    let v6 = || address.as_sockaddr_in6().map(|v6| SocketAddr::V6((*v6).into()));
    let v4 = || address.as_sockaddr_in().map(|v4| SocketAddr::V4((*v4).into()));
    v6().or_else(v4)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};

    use super::*;

    const PEER: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
    const ROUTER: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xff));

    fn icmpv6(icmp_type: u8, icmp_code: u8, from: IpAddr) -> QueuedError {
        QueuedError {
            errno: libc::EHOSTUNREACH,
            origin: Origin::Icmpv6,
            icmp_type,
            icmp_code,
            from: Some(from),
            destination: None,
            payload: Vec::new(),
        }
    }

    #[test]
    fn icmp_errors_name_their_sender_and_meaning() {
        let failure = of_queued(&icmpv6(1, 1, ROUTER), Carrier::Tcp, PEER).unwrap();
        assert_eq!(
            failure,
            NetFailure::Icmp {
                icmp_type: 1,
                icmp_code: 1,
                from: Some(ROUTER),
                meaning: IcmpMeaning::Prohibited,
            }
        );
        assert!(!failure.is_ours());
    }

    #[test]
    fn only_the_peer_itself_refuses_over_udp() {
        let by_peer = icmpv6(1, 4, PEER);
        assert_eq!(of_queued(&by_peer, Carrier::Udp, PEER), Some(NetFailure::Refused));
        for (queued, carrier) in [(icmpv6(1, 4, ROUTER), Carrier::Udp), (by_peer, Carrier::Tcp)] {
            let failure = of_queued(&queued, carrier, PEER).unwrap();
            assert_eq!(failure.reason(), "icmp-port-unreachable");
        }
    }

    #[test]
    fn packet_too_big_and_local_entries_end_nothing() {
        assert_eq!(of_queued(&icmpv6(2, 0, ROUTER), Carrier::Udp, PEER), None);
        let local = QueuedError { origin: Origin::Local, from: None, ..icmpv6(0, 0, PEER) };
        assert_eq!(of_queued(&local, Carrier::Udp, PEER), None);
    }

    #[test]
    fn our_own_icmp_errors_are_our_fault() {
        // Toward 127.0.0.2 our source is 127.0.0.1, which is on the same link: an error from there
        // was made by our own kernel.
        let peer = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        let source = route::source_toward(peer).unwrap();
        assert_ne!(source, peer);
        let neighbour = QueuedError { origin: Origin::Icmp, ..icmpv6(3, 1, source) };
        let failure = of_queued(&neighbour, Carrier::Udp, peer).unwrap();
        assert_eq!(failure.reason(), "icmp-address-unreachable");
        let queued = QueuedError { origin: Origin::Icmp, ..icmpv6(3, 13, source) };
        assert_eq!(of_queued(&queued, Carrier::Tcp, peer), Some(NetFailure::NotPermitted));
    }

    #[test]
    fn errnos() {
        let of = |errno: Errno| of_error(&io::Error::from(errno), PEER).reason();
        for (errno, reason) in [
            (Errno::ECONNREFUSED, "refused"),
            (Errno::ECONNRESET, "reset"),
            (Errno::ETIMEDOUT, "timed-out"),
            (Errno::EPERM, "our-not-permitted"),
            (Errno::EMFILE, "our-exhausted"),
            (Errno::EADDRNOTAVAIL, "our-exhausted"),
            (Errno::EAFNOSUPPORT, "our-no-route"),
            // A route exists and no ICMP error was seen: nobody is blamed.
            (Errno::ENETUNREACH, "our-other"),
            (Errno::EACCES, "our-other"),
            (Errno::EIO, "our-other"),
        ] {
            assert_eq!(of(errno), reason, "{errno}");
        }
        let eof = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(of_error(&eof, PEER), NetFailure::Closed);
    }

    #[test]
    fn the_error_queue_of_a_real_socket_returns_the_datagram() {
        for address in [PEER, IpAddr::V4(Ipv4Addr::LOCALHOST)] {
            // A socket that is connected elsewhere keeps its port from all others, and takes
            // nothing from us.
            let holder = UdpSocket::bind((address, 0)).unwrap();
            holder.connect((address, 9)).unwrap();
            let closed = holder.local_addr().unwrap();
            let socket = UdpSocket::bind((address, 0)).unwrap();
            queue_errors(&socket, Family::of(address), true).unwrap();
            assert_eq!(read_error_queue(&socket), None);
            socket.send_to(b"ping", closed).unwrap();
            // On loopback the error is queued before `send_to` returns.
            let queued = read_error_queue(&socket).unwrap();
            assert_eq!(queued.meaning(), Some(IcmpMeaning::PortUnreachable));
            assert_eq!((queued.from, queued.destination), (Some(address), Some(closed)));
            assert_eq!(queued.payload, b"ping");
            assert_eq!(of_queued(&queued, Carrier::Udp, address), Some(NetFailure::Refused));
        }
    }
}
