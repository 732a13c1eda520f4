//! What the kernel reports of a failed exchange, as a [`NetFailure`].
//!
//! An errno alone tells neither who sent an error nor whether anyone did: `ENETUNREACH` may be our
//! own missing route or a router's ICMPv6 message, `EACCES` on a TCP connect is a firewall far away.
//! The socket's error queue (`IP_RECVERR`, `IPV6_RECVERR`) holds the ICMP message itself, so it is
//! asked first; only what it doesn't explain is read from the errno, and then the route table tells
//! whether the fault is ours.

use std::io;
use std::net::IpAddr;
use std::os::fd::AsFd;

use nix::errno::Errno;

use super::error_queue::{QueuedError, read_error_queue};
use super::kernel::errno_name;
use super::route;
use crate::model::{IcmpMeaning, NetFailure};

/// What carried the failed exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// UDP, where an ICMP port unreachable is the only way to refuse.
    Udp,
    /// TCP, where it is a firewall's choice.
    Tcp,
}

/// The failure that an entry of the error queue stands for; `None` when it ends no exchange or
/// stands for no ICMP message.
///
/// An ICMP error that *our own* kernel sent to itself accuses no other party: its firewall rejected
/// the packet, or the gateway did not answer neighbour discovery. Only where the peer is our direct
/// neighbour is a missing answer to neighbour discovery the peer's.
pub(super) fn queued_failure(
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
pub(super) fn socket_failure(
    error: &io::Error,
    socket: &impl AsFd,
    carrier: Carrier,
    peer: IpAddr,
) -> NetFailure {
    while let Some(queued) = read_error_queue(socket) {
        if let Some(failure) = queued_failure(&queued, carrier, peer) {
            return failure;
        }
    }
    io_failure(error, peer)
}

/// The failure that an error stands for when no error queue explains it. Where the errno may be
/// ours or a router's, the route table decides; what remains doubtful is [`NetFailure::Other`],
/// which counts against no party.
pub(super) fn io_failure(error: &io::Error, peer: IpAddr) -> NetFailure {
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
            NetFailure::Exhausted { errno: errno_name(errno) }
        }
        // Either no source address reaches the peer, or every local port is taken.
        Errno::EADDRNOTAVAIL => match route::source_toward(peer) {
            Err(failure) => failure,
            Ok(_) => NetFailure::Exhausted { errno: errno_name(errno) },
        },
        Errno::ENETUNREACH | Errno::EHOSTUNREACH | Errno::EACCES | Errno::EINVAL => {
            match route::source_toward(peer) {
                Err(failure) => failure,
                Ok(_) => NetFailure::Other { errno: errno_name(errno) },
            }
        }
        other => NetFailure::Other { errno: errno_name(other) },
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};

    use nix::libc;

    use super::*;
    use crate::model::Family;
    use crate::probe::error_queue::{Origin, queue_errors};

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
        let failure = queued_failure(&icmpv6(1, 1, ROUTER), Carrier::Tcp, PEER).unwrap();
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
        assert_eq!(queued_failure(&by_peer, Carrier::Udp, PEER), Some(NetFailure::Refused));
        for (queued, carrier) in [(icmpv6(1, 4, ROUTER), Carrier::Udp), (by_peer, Carrier::Tcp)] {
            let failure = queued_failure(&queued, carrier, PEER).unwrap();
            assert_eq!(failure.reason(), "icmp-port-unreachable");
        }
    }

    #[test]
    fn packet_too_big_and_local_entries_end_nothing() {
        assert_eq!(queued_failure(&icmpv6(2, 0, ROUTER), Carrier::Udp, PEER), None);
        let local = QueuedError { origin: Origin::Local, from: None, ..icmpv6(0, 0, PEER) };
        assert_eq!(queued_failure(&local, Carrier::Udp, PEER), None);
    }

    #[test]
    fn our_own_icmp_errors_are_our_fault() {
        // Toward 127.0.0.2 our source is 127.0.0.1, which is on the same link: an error from there
        // was made by our own kernel.
        let peer = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
        let source = route::source_toward(peer).unwrap();
        assert_ne!(source, peer);
        let neighbour = QueuedError { origin: Origin::Icmp, ..icmpv6(3, 1, source) };
        let failure = queued_failure(&neighbour, Carrier::Udp, peer).unwrap();
        assert_eq!(failure.reason(), "icmp-address-unreachable");
        let queued = QueuedError { origin: Origin::Icmp, ..icmpv6(3, 13, source) };
        assert_eq!(queued_failure(&queued, Carrier::Tcp, peer), Some(NetFailure::NotPermitted));
    }

    #[test]
    fn errnos() {
        let of = |errno: Errno| io_failure(&io::Error::from(errno), PEER).reason();
        for (errno, reason) in [
            (Errno::ECONNREFUSED, "refused"),
            (Errno::ECONNRESET, "reset"),
            (Errno::ETIMEDOUT, "timed-out"),
            (Errno::EPERM, "our-not-permitted"),
            (Errno::EMFILE, "our-exhausted"),
            (Errno::EADDRNOTAVAIL, "our-exhausted"),
            (Errno::EAFNOSUPPORT, "our-no-route"),
            // A route exists and no ICMP error was seen: no party is blamed.
            (Errno::ENETUNREACH, "our-other"),
            (Errno::EACCES, "our-other"),
            (Errno::EIO, "our-other"),
        ] {
            assert_eq!(of(errno), reason, "{errno}");
        }
        let eof = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(io_failure(&eof, PEER), NetFailure::Closed);
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
            assert_eq!(queued_failure(&queued, Carrier::Udp, address), Some(NetFailure::Refused));
        }
    }
}
