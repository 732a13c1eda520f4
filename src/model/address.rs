//! Which addresses are special: the IANA special-purpose address registries.
//!
//! Source: <https://www.iana.org/assignments/iana-ipv6-special-registry/> and
//! <https://www.iana.org/assignments/iana-ipv4-special-registry/>, as they stood when this table
//! was dated (see [`REGISTRY_DATE`]), with the ranges that RFC 4291 itself sets apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The day on which the table below was last compared with the registries.
pub const REGISTRY_DATE: &str = "2026-11-24";

/// One row of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialPurpose {
    /// The range in CIDR form.
    pub prefix: &'static str,
    /// Its stable name, used as the reason of a verdict.
    pub id: &'static str,
    /// The document that sets it apart.
    pub source: &'static str,
    /// Whether a service may be published and visited at an address of this range.
    pub usable: bool,
}

struct Row6(u128, u8, SpecialPurpose);
struct Row4(u32, u8, SpecialPurpose);

macro_rules! v6 {
    ($($address:literal / $len:literal $id:literal $source:literal $usable:literal),* $(,)?) => {
        [$(Row6(
            match parse6($address) { Some(bits) => bits, None => panic!("bad row") },
            $len,
            SpecialPurpose {
                prefix: concat!($address, "/", stringify!($len)), id: $id, source: $source, usable: $usable,
            },
        )),*]
    };
}

macro_rules! v4 {
    ($($a:literal . $b:literal . $c:literal . $d:literal / $len:literal $id:literal $source:literal),* $(,)?) => {
        [$(Row4(
            u32::from_be_bytes([$a, $b, $c, $d]),
            $len,
            SpecialPurpose {
                prefix: concat!($a, ".", $b, ".", $c, ".", $d, "/", stringify!($len)),
                id: $id, source: $source, usable: false,
            },
        )),*]
    };
}

// The longest matching row counts.
static IPV6: [Row6; 26] = v6![
    "::" / 128 "unspecified" "RFC 4291 §2.5.2" false,
    "::1" / 128 "loopback" "RFC 4291 §2.5.3" false,
    "::" / 96 "ipv4-compatible" "RFC 4291 §2.5.5.1" false,
    "::ffff:0:0" / 96 "ipv4-mapped" "RFC 4291 §2.5.5.2" false,
    "64:ff9b::" / 96 "nat64" "RFC 6052" false,
    "64:ff9b:1::" / 48 "nat64-local-use" "RFC 8215" false,
    "100::" / 64 "discard-only" "RFC 6666" false,
    "100:0:0:1::" / 64 "dummy-prefix" "RFC 9780" false,
    "2001::" / 23 "ietf-protocol-assignment" "RFC 2928" false,
    "2001::" / 32 "teredo" "RFC 4380" false,
    "2001:1::1" / 128 "port-control-protocol-anycast" "RFC 7723" true,
    "2001:1::2" / 128 "turn-anycast" "RFC 8155" true,
    "2001:1::3" / 128 "dns-sd-srp-anycast" "RFC 9665" true,
    "2001:2::" / 48 "benchmarking" "RFC 5180" false,
    "2001:3::" / 32 "amt" "RFC 7450" true,
    "2001:4:112::" / 48 "as112" "RFC 7535" true,
    "2001:10::" / 28 "orchid" "RFC 4843" false,
    "2001:20::" / 28 "orchid-v2" "RFC 7343" false,
    "2001:30::" / 28 "drone-remote-id" "RFC 9374" false,
    "2001:db8::" / 32 "documentation" "RFC 3849" false,
    "2002::" / 16 "6to4" "RFC 3056, RFC 7526" false,
    "3fff::" / 20 "documentation" "RFC 9637" false,
    "5f00::" / 16 "segment-routing" "RFC 9602" false,
    "fc00::" / 7 "unique-local" "RFC 4193" false,
    "fe80::" / 9 "link-local" "RFC 4291 §2.5.6, RFC 3879" false,
    "ff00::" / 8 "multicast" "RFC 4291 §2.7" false,
];

/// The first sixteen bits of the rows in 2000::/3.
const SPECIAL_IN_GLOBAL_UNICAST: [u16; 3] = [0x2001, 0x2002, 0x3fff];

static UNALLOCATED: SpecialPurpose = SpecialPurpose {
    prefix: "outside 2000::/3",
    id: "unallocated",
    source: "RFC 4291 §2.4, IANA IPv6 address space",
    usable: false,
};

static IPV4: [Row4; 15] = v4![
    0 . 0 . 0 . 0 / 8 "this-network" "RFC 791 §3.2",
    10 . 0 . 0 . 0 / 8 "private-use" "RFC 1918",
    100 . 64 . 0 . 0 / 10 "shared-address-space" "RFC 6598",
    127 . 0 . 0 . 0 / 8 "loopback" "RFC 1122 §3.2.1.3",
    169 . 254 . 0 . 0 / 16 "link-local" "RFC 3927",
    172 . 16 . 0 . 0 / 12 "private-use" "RFC 1918",
    192 . 0 . 0 . 0 / 24 "ietf-protocol-assignment" "RFC 6890",
    192 . 0 . 2 . 0 / 24 "documentation" "RFC 5737",
    192 . 88 . 99 . 0 / 24 "6to4-relay" "RFC 7526",
    192 . 168 . 0 . 0 / 16 "private-use" "RFC 1918",
    198 . 18 . 0 . 0 / 15 "benchmarking" "RFC 2544",
    198 . 51 . 100 . 0 / 24 "documentation" "RFC 5737",
    203 . 0 . 113 . 0 / 24 "documentation" "RFC 5737",
    224 . 0 . 0 . 0 / 4 "multicast" "RFC 1112",
    240 . 0 . 0 . 0 / 4 "reserved" "RFC 1112 §4",
];

/// The registry row that an address falls under (the longest match), if any.
pub fn special_purpose(address: IpAddr) -> Option<&'static SpecialPurpose> {
    match address {
        IpAddr::V6(address) => special_purpose_v6(address),
        IpAddr::V4(address) => special_purpose_v4(address),
    }
}

/// Whether a packet to this address can be expected to arrive from anywhere on the Internet.
pub fn is_globally_reachable(address: IpAddr) -> bool {
    special_purpose(address).is_none_or(|row| row.usable)
}

fn special_purpose_v6(address: Ipv6Addr) -> Option<&'static SpecialPurpose> {
    let bits = address.to_bits();
    // Nearly every address that is looked up.
    if bits >> 125 == 0b001 && !SPECIAL_IN_GLOBAL_UNICAST.contains(&address.segments()[0]) {
        return None;
    }
    let listed = IPV6
        .iter()
        .filter(|Row6(prefix, len, _)| {
            (bits ^ prefix) >> (128 - *len as u32).min(127) == 0 && (*len < 128 || bits == *prefix)
        })
        .max_by_key(|Row6(_, len, _)| *len)
        .map(|Row6(_, _, row)| row);
    listed.or_else(|| (bits >> 125 != 0b001).then_some(&UNALLOCATED))
}

fn special_purpose_v4(address: Ipv4Addr) -> Option<&'static SpecialPurpose> {
    let bits = address.to_bits();
    IPV4.iter()
        .find(|Row4(prefix, len, _)| (bits ^ prefix) >> (32 - *len as u32) == 0)
        .map(|Row4(_, _, row)| row)
}

/// Reads the few textual forms that the table uses, at compile time.
const fn parse6(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    let mut groups = [0u16; 8];
    let (mut head, mut tail_start, mut at, mut value, mut digits) = (0, 8, 0, 0u16, 0);
    while at <= bytes.len() {
        let end = at == bytes.len();
        if end || bytes[at] == b':' {
            if digits > 0 {
                groups[head] = value;
                head += 1;
                value = 0;
                digits = 0;
            }
            if !end && at + 1 < bytes.len() && bytes[at + 1] == b':' {
                tail_start = head;
                at += 1;
            }
        } else {
            let digit = match bytes[at] {
                c @ b'0'..=b'9' => c - b'0',
                c @ b'a'..=b'f' => c - b'a' + 10,
                _ => return None,
            };
            value = value * 16 + digit as u16;
            digits += 1;
        }
        at += 1;
    }
    let mut bits = 0u128;
    let tail_len = if tail_start == 8 { 0 } else { head - tail_start };
    let mut index = 0;
    while index < 8 {
        let group = if index < head - tail_len {
            groups[index]
        } else if index >= 8 - tail_len {
            groups[head - (8 - index)]
        } else {
            0
        };
        bits = bits << 16 | group as u128;
        index += 1;
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_its_text_says() {
        for Row6(bits, len, row) in &IPV6 {
            let net: ipnet::Ipv6Net = row.prefix.parse().unwrap();
            assert_eq!((net.addr().to_bits(), net.prefix_len()), (*bits, *len), "{}", row.prefix);
            let first = net.addr().segments()[0];
            assert!(
                bits >> 125 != 0b001 || SPECIAL_IN_GLOBAL_UNICAST.contains(&first) && *len >= 16
            );
        }
        for Row4(bits, len, row) in &IPV4 {
            let net: ipnet::Ipv4Net = row.prefix.parse().unwrap();
            assert_eq!((net.addr().to_bits(), net.prefix_len()), (*bits, *len), "{}", row.prefix);
        }
    }

    #[test]
    fn rows_of_the_registry() {
        for (address, expected) in [
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::c000:201", Some("ipv4-compatible")),
            ("::ffff:192.0.2.1", Some("ipv4-mapped")),
            ("64:ff9b::c000:201", Some("nat64")),
            ("64:ff9b:1::1", Some("nat64-local-use")),
            ("100::1", Some("discard-only")),
            ("2001:0:1::1", Some("teredo")),
            ("2001:1::1", Some("port-control-protocol-anycast")),
            ("2001:100::1", Some("ietf-protocol-assignment")),
            ("2001:10::1", Some("orchid")),
            ("2001:db8::1", Some("documentation")),
            ("2002:c000:201::1", Some("6to4")),
            ("3fff:fff::1", Some("documentation")),
            ("3fff:1000::1", None),
            ("fd00::1", Some("unique-local")),
            ("fe80::1", Some("link-local")),
            ("fec0::1", Some("link-local")),
            ("ff02::1", Some("multicast")),
            ("4000::1", Some("unallocated")),
            ("2001:4860:4860::8888", None),
            ("2400::1", None),
            ("169.254.169.254", Some("link-local")),
            ("100.64.0.1", Some("shared-address-space")),
            ("255.255.255.255", Some("reserved")),
            ("8.8.8.8", None),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(special_purpose(address).map(|row| row.id), expected, "{address}");
        }
        assert!(is_globally_reachable("2001:1::1".parse().unwrap()));
        assert!(!is_globally_reachable("2001:db8::1".parse().unwrap()));
    }
}
