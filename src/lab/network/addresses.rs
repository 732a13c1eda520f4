//! The address plan: which prefixes are local, and where sites and routed hosts are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The prefixes that are local here, so that any address in them can be bound and reached.
pub(super) const LOCAL_IPV6: [(Ipv6Addr, u8); 2] = [
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
pub(super) const LOCAL_IPV4: [(Ipv4Addr, u8); 3] = [
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
];

/// The IPv6 address of the site with this number.
pub(in crate::lab) fn ipv6(number: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x100, number, 0, 0, 0, 1).into()
}

/// The IPv4 address of the site with this number, which is below 512. From 256 on it is that of a name
/// server, whose port is another one than those of sites.
pub(in crate::lab) fn ipv4(number: u16) -> IpAddr {
    let [block, last] = number.to_be_bytes();
    match block {
        0 => Ipv4Addr::new(198, 51, 100, last).into(),
        _ => Ipv4Addr::new(203, 0, 113, last).into(),
    }
}

/// An address from which no answer comes: it lies behind a cable whose other end forwards nothing.
pub(in crate::lab) const UNANSWERED: Ipv6Addr =
    Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x280, 0, 0, 0, 1);
/// An address to which the router has no route.
pub(in crate::lab) const NO_ROUTE: Ipv6Addr = routed(1, 1);
/// An address to which it must not forward.
pub(in crate::lab) const PROHIBITED: Ipv6Addr = routed(2, 1);
/// An address on a link of the router's that no host has.
pub(in crate::lab) const UNREACHABLE: Ipv6Addr = routed(3, 1);
/// A host to which large packets find their way, because an error says how large they may be.
pub(in crate::lab) const SMALL_PACKETS: Ipv6Addr = routed(4, 1);
/// A host whose large packets get lost without a word.
pub(in crate::lab) const BLACK_HOLE: Ipv6Addr = routed(5, 1);

/// An address in one of the nets behind the router; net 0 is the link to it.
pub(super) const fn routed(net: u16, host: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x8f0 + net, 0, 0, 0, host)
}
