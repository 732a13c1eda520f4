//! IP addresses, with ports and as prefixes.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

use crate::inventory::fault::Fault;

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
