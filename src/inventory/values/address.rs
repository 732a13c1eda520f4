//! IP addresses, with ports and as prefixes.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

use crate::inventory::fault::Fault;

/// An address and port, and where the address is one of a link alone (RFC 4007) the interface that leads there,
/// if it is named rather than numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::inventory) struct ScopedSocket {
    pub socket: SocketAddr,
    pub interface: Option<String>,
}

/// An address with an optional port, 53 by default; one of a link alone has an interface, as in
/// `fe80::53%eth0` or `[fe80::53%2]:53`.
pub(in crate::inventory) fn scoped_socket(text: &str) -> Result<ScopedSocket, Fault> {
    let example = "write it as `fe80::53%eth0`, or `[fe80::53%eth0]:53` with a port";
    let Some((address, rest)) = text.split_once('%') else {
        let socket = socket(text)?;
        if let SocketAddr::V6(v6) = socket
            && v6.ip().is_unicast_link_local()
        {
            return Fault::err(format!("`{text}` doesn't say on which interface it is"), example);
        }
        return Ok(ScopedSocket { socket, interface: None });
    };
    let (zone, end) = rest.find(']').map_or((rest, ""), |at| rest.split_at(at));
    let SocketAddr::V6(mut v6) = socket(&format!("{address}{end}"))? else {
        return Fault::err(format!("`{text}` is an IPv4 address, which has no interface"), example);
    };
    let is_name = |zone: &str| {
        (1..=INTERFACE_OCTETS_MAX).contains(&zone.len())
            && zone.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'/')
    };
    if !v6.ip().is_unicast_link_local() || !is_name(zone) {
        return Fault::err(
            format!(
                "`{text}`: only an address of one link (fe80::/10) has an interface behind `%`"
            ),
            example,
        );
    }
    let interface = match zone.parse() {
        Ok(number) => {
            v6.set_scope_id(number);
            None
        }
        Err(_) => Some(zone.to_owned()),
    };
    Ok(ScopedSocket { socket: v6.into(), interface })
}

/// Octets of an interface's name (`IFNAMSIZ` less its end).
const INTERFACE_OCTETS_MAX: usize = 15;

/// An address with an optional port, 53 by default.
pub(crate) fn socket(text: &str) -> Result<SocketAddr, Fault> {
    let example =
        "write an address, such as `2001:db8::53`, `[2001:db8::53]:53` or `192.0.2.53:53`";
    let (address_text, port_text) = split_port(text);
    let unbracketed = match address_text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').and_then(|inner| inner.parse::<Ipv6Addr>().ok()),
        None => None,
    };
    let address = match unbracketed {
        Some(address) => IpAddr::V6(address),
        None => match address_text.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => return Fault::err(format!("`{text}` is not an IP address"), example),
        },
    };
    if address.is_unspecified() || address.is_multicast() {
        return Fault::err(format!("`{address}` is not the address of one host"), example);
    }
    Ok(SocketAddr::new(address, port_text.map_or(Ok(53), port)?))
}

/// A control target: as [`socket`], but it is asked over IPv6.
pub(crate) fn control_target(text: &str) -> Result<SocketAddr, Fault> {
    let target = socket(text)?;
    match target {
        SocketAddr::V6(v6) if v6.ip().is_unicast_link_local() => Fault::err(
            format!(
                "`{text}` is an address of one link, and control targets show what lies beyond it"
            ),
            "write a global address, such as `[2001:db8::53]:53`",
        ),
        SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_none() => Ok(target),
        _ => Fault::err(
            format!("`{text}` is not an IPv6 address, and control targets are asked over IPv6"),
            "write an address such as `[2001:db8::53]:53`",
        ),
    }
}

/// `2001:db8:100::/40`, without host bits.
pub(crate) fn prefix(text: &str) -> Result<IpNet, Fault> {
    let Ok(net) = text.parse::<IpNet>() else {
        return match text.parse::<IpAddr>() {
            Ok(address) => Fault::err(
                format!("`{text}` is an address without a prefix length"),
                format!(
                    "write `{text}/{}`, or a shorter prefix",
                    if address.is_ipv6() { 128 } else { 32 }
                ),
            ),
            Err(_) => Fault::err(
                format!("`{text}` is not an address prefix"),
                "write it as `2001:db8:100::/40` or `192.0.2.0/24`",
            ),
        };
    };
    if net.prefix_len() == 0 {
        return Fault::err(
            format!("`{text}` is the whole Internet"),
            "write the prefixes that are yours",
        );
    }
    if net.addr() != net.network() {
        return Fault::err(
            format!("`{text}` has bits set beyond its length of {}", net.prefix_len()),
            format!("write `{}`", net.trunc()),
        );
    }
    Ok(net)
}

/// A bare IPv6 address has colons too, so a port is taken off only where it can be one.
pub(crate) fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

pub(crate) fn port(text: &str) -> Result<u16, Fault> {
    match text.parse() {
        Ok(port @ 1..) if text.bytes().all(|octet| octet.is_ascii_digit()) => Ok(port),
        _ => Fault::err(format!("`{text}` is not a port"), "write a number from 1 to 65535"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::fault::refusal;

    #[test]
    fn sockets() {
        for (text, expected) in [
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("[2001:db8::53]", "[2001:db8::53]:53"),
            ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
            ("192.0.2.53", "192.0.2.53:53"),
            ("192.0.2.53:5353", "192.0.2.53:5353"),
        ] {
            assert_eq!(socket(text).unwrap().to_string(), expected);
        }
        for bad in ["", "::", "[::1", "ff02::1", "dns.example", "192.0.2.53:0", "[192.0.2.1]:53"] {
            assert!(socket(bad).is_err(), "{bad}");
        }
        assert!(control_target("192.0.2.53").is_err());
        assert!(control_target("::ffff:192.0.2.53").is_err());
    }

    #[test]
    fn addresses_of_a_link_keep_their_interface() {
        let eth0 = || Some("eth0".to_owned());
        for (text, socket, interface) in [
            ("fe80::53%eth0", "[fe80::53]:53", eth0()),
            ("[fe80::53%eth0]", "[fe80::53]:53", eth0()),
            ("[fe80::53%eth0]:5353", "[fe80::53]:5353", eth0()),
            ("[fe80::53%2]:5353", "[fe80::53%2]:5353", None),
            ("2001:db8::53", "[2001:db8::53]:53", None),
            ("192.0.2.53:5353", "192.0.2.53:5353", None),
        ] {
            let read = scoped_socket(text).unwrap();
            assert_eq!((read.socket.to_string(), read.interface), (socket.to_owned(), interface));
        }
        for (text, expected) in [
            ("fe80::53", "on which interface"),
            ("fe80::53%", "fe80::/10"),
            ("fe80::53%a/b", "fe80::/10"),
            ("2001:db8::53%eth0", "fe80::/10"),
            ("192.0.2.53%eth0", "IPv4"),
            ("fe80::53%averyverylongname", "fe80::/10"),
        ] {
            let refused = scoped_socket(text).map(|read| read.socket);
            assert!(refusal(refused).contains(expected), "{text}");
        }
        assert!(refusal(control_target("fe80::1")).contains("beyond"));
    }

    #[test]
    fn prefixes() {
        assert_eq!(prefix("2001:db8:100::/40").unwrap().to_string(), "2001:db8:100::/40");
        for (text, expected) in [
            ("2001:db8:1:2::/40", "write `2001:db8::/40`"),
            ("2001:db8::1", "write `2001:db8::1/128`"),
            ("::/0", "whole Internet"),
            ("2001:db8::/129", "is not an address prefix"),
            ("10.0.0.1/8", "write `10.0.0.0/8`"),
        ] {
            assert!(refusal(prefix(text)).contains(expected), "{text}");
        }
    }
}
