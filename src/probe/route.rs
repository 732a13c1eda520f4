//! What our own kernel would do with a packet; nothing is sent.

use std::io;
use std::net::{IpAddr, UdpSocket};

use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::sys::socket::SockaddrStorage;

use super::kernel;
use crate::model::NetFailure;

/// The source address that our kernel would use toward `destination`: connecting a UDP socket does
/// the whole look-up and sends nothing.
///
/// # Errors
/// [`NetFailure::NoRoute`] when there is none, or no source address to go with it;
/// [`NetFailure::NotPermitted`] when the route prohibits; what else our own machine lacks.
pub(super) fn source_toward(destination: IpAddr) -> Result<IpAddr, NetFailure> {
    // Any port will do but 0, which some kernels refuse: this is "discard" (RFC 863).
    const PORT: u16 = 9;
    let unspecified = match destination {
        IpAddr::V4(_) => IpAddr::from([0; 4]),
        IpAddr::V6(_) => IpAddr::from([0; 16]),
    };
    UdpSocket::bind((unspecified, 0))
        .and_then(|socket| {
            socket.connect((destination, PORT))?;
            socket.local_addr().map(|source| source.ip())
        })
        .map_err(|error| lookup_failure(&error))
}

/// Whether `peer` lies in a prefix of one of our own interfaces, so that no gateway lies between.
pub(super) fn is_on_link(peer: IpAddr) -> bool {
    let Ok(interfaces) = getifaddrs() else { return false };
    let ip = |address: SockaddrStorage| kernel::socket_addr(&address).map(|address| address.ip());
    interfaces
        .filter_map(|interface| Some((ip(interface.address?)?, ip(interface.netmask?)?)))
        .any(|(own, mask)| same_prefix(own, peer, mask))
}

fn same_prefix(one: IpAddr, other: IpAddr, mask: IpAddr) -> bool {
    match (one, other, mask) {
        (IpAddr::V4(one), IpAddr::V4(other), IpAddr::V4(mask)) => one & mask == other & mask,
        (IpAddr::V6(one), IpAddr::V6(other), IpAddr::V6(mask)) => one & mask == other & mask,
        _ => false,
    }
}

fn lookup_failure(error: &io::Error) -> NetFailure {
    match error.raw_os_error().map(Errno::from_raw) {
        // A black-hole route answers EINVAL over IPv6; EADDRNOTAVAIL means that no source address
        // suits; EAFNOSUPPORT that the kernel doesn't speak the family at all.
        Some(
            Errno::ENETUNREACH
            | Errno::EHOSTUNREACH
            | Errno::ENETDOWN
            | Errno::EADDRNOTAVAIL
            | Errno::EAFNOSUPPORT
            | Errno::EINVAL,
        ) => NetFailure::NoRoute,
        Some(Errno::EACCES | Errno::EPERM) => NetFailure::NotPermitted,
        Some(errno @ (Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM)) => {
            NetFailure::Exhausted { errno: kernel::errno_name(errno) }
        }
        Some(errno) => NetFailure::Other { errno: kernel::errno_name(errno) },
        None => NetFailure::Other { errno: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn loopback_has_a_route() {
        for loopback in [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)] {
            assert_eq!(source_toward(loopback), Ok(loopback));
            assert!(is_on_link(loopback));
        }
    }

    #[test]
    fn errors_of_the_look_up_are_ours() {
        for (errno, reason) in [
            (Errno::ENETUNREACH, "our-no-route"),
            (Errno::EINVAL, "our-no-route"),
            (Errno::EACCES, "our-not-permitted"),
            (Errno::EMFILE, "our-exhausted"),
            (Errno::EIO, "our-other"),
        ] {
            let failure = lookup_failure(&io::Error::from(errno));
            assert_eq!(failure.reason(), reason);
            assert!(failure.is_ours());
        }
    }

    #[test]
    fn prefixes() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (one, other, mask, same) in [
            ("2001:db8::1", "2001:db8::2", "ffff:ffff:ffff:ffff::", true),
            ("2001:db8::1", "2001:db8:0:1::2", "ffff:ffff:ffff:ffff::", false),
            ("192.0.2.1", "192.0.2.200", "255.255.255.128", false),
            ("192.0.2.1", "192.0.2.100", "255.255.255.128", true),
            ("192.0.2.1", "2001:db8::1", "255.255.255.0", false),
        ] {
            assert_eq!(same_prefix(ip(one), ip(other), ip(mask)), same, "{one} {other}");
        }
    }
}
