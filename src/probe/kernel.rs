//! What the kernel hands us, in the standard library's and the model's form.

use std::net::SocketAddr;

use nix::errno::Errno;
use nix::sys::socket::SockaddrStorage;

/// The name of an errno, such as `EMFILE`.
pub(super) fn errno_name(errno: Errno) -> String {
    format!("{errno:?}")
}

/// A kernel address as the standard library has it; `None` for other families.
pub(super) fn socket_addr(address: &SockaddrStorage) -> Option<SocketAddr> {
    let v6 = || address.as_sockaddr_in6().map(|v6| SocketAddr::V6((*v6).into()));
    let v4 = || address.as_sockaddr_in().map(|v4| SocketAddr::V4((*v4).into()));
    v6().or_else(v4)
}

/// A socket address without what varies between two packets of one peer: the flow label, and the
/// scope of an address that needs none.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    let SocketAddr::V6(mut v6) = address else { return address };
    v6.set_flowinfo(0);
    if !v6.ip().is_unicast_link_local() {
        v6.set_scope_id(0);
    }
    SocketAddr::V6(v6)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv6Addr, SocketAddrV6};

    use super::*;

    #[test]
    fn flow_labels_do_not_tell_peers_apart() {
        let one: SocketAddr = "[2001:db8::1]:53".parse().unwrap();
        let other = SocketAddr::V6(SocketAddrV6::new(
            Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
            53,
            7,
            2,
        ));
        assert_eq!(canonical(one), canonical(other));
    }
}
