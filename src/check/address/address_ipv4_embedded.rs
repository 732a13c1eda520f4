//! Does an IPv6 address give away the host's IPv4 address or its network card?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::Lookup;
use crate::evidence::service;
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "address-ipv4-embedded",
    sources: &["RFC 7707 §4.1", "RFC 8064", "RFC 4291 App. A"],
    severity: Severity::Info,
    revision: 1,
    reasons: &[
        Reason::pass("independent"),
        Reason::fail("ipv4-embedded"),
        Reason::fail("mac-embedded"),
    ],
    doc: Doc::new(
        include_str!("address_ipv4_embedded.en.md"),
        include_str!("address_ipv4_embedded.vi.md"),
    ),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let found = addresses(context, Family::Ipv6)?;
    let published = service::published_addresses(&context.view, context.service);
    let ipv4 = published.as_ref().and_then(|published| published.lookup(Family::Ipv4));
    let gap = ipv4.and_then(Lookup::gap);
    let ipv4_addresses = ipv4.map(|lookup| lookup.addresses()).unwrap_or_default();
    let subjects = found
        .into_iter()
        .map(|address| {
            let (outcome, reason) = match address {
                IpAddr::V6(v6) if contains_mac(v6) => (Outcome::Fail, "mac-embedded"),
                IpAddr::V6(v6) if ipv4_addresses.iter().any(|v4| contains_ipv4(v6, *v4)) => {
                    (Outcome::Fail, "ipv4-embedded")
                }
                _ => match gap {
                    Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
                    None => (Outcome::Pass, "independent"),
                },
            };
            Subject { name: SubjectName::Address(address), outcome, reason, detail: Vec::new() }
        })
        .collect();
    let ipv6 = published.as_ref().and_then(|published| published.lookup(Family::Ipv6));
    let cite = [ipv6, ipv4].into_iter().flatten();
    Ok(Verdict::worst_of(subjects, "independent", common::NO_IPV6)
        .citing(cite.flat_map(|lookup| lookup.observations.iter().copied())))
}

/// Whether the interface identifier was made from a MAC address (modified EUI-64): `ff:fe` in its
/// middle.
fn contains_mac(address: Ipv6Addr) -> bool {
    let octets = address.octets();
    octets[11..13] == [0xff, 0xfe]
}

/// Whether the last 32 bits are the IPv4 address, or the last four groups spell it in decimal.
fn contains_ipv4(address: Ipv6Addr, ipv4: IpAddr) -> bool {
    let IpAddr::V4(ipv4) = ipv4 else { return false };
    let octets = address.octets();
    octets[12..] == ipv4.octets() || ipv4_spelled_in_decimal(address) == Some(ipv4)
}

/// `2001:db8::192:0:2:1` spells 192.0.2.1.
fn ipv4_spelled_in_decimal(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    for (octet, group) in octets.iter_mut().zip(&address.segments()[4..]) {
        *octet = format!("{group:x}").parse().ok()?;
    }
    Some(octets.into())
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use super::*;
    use crate::check::common;
    use crate::check::testing::dns::{address, answer, servfail, unasked};
    use crate::check::testing::world::{FOUR, SIX, WWW, World};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[addresses_beside_an_ipv4_address];

    #[test]
    fn addresses_beside_an_ipv4_address() {
        let id = "address-ipv4-embedded";
        for (state, six, expected) in [
            ("active", SIX, (Pass, "independent")),
            ("active", "fe80::1", (Pass, "independent")),
            ("active", "2400:cb00::1", (Pass, "independent")),
            ("internal", SIX, (Pass, "independent")),
            ("active", "2001:db8::c000:201", (Fail, "ipv4-embedded")),
            ("active", "2001:db8::5054:ff:fe12:1", (Fail, "mac-embedded")),
        ] {
            let world = World::new(state).host(WWW, &[six, FOUR]);
            assert_eq!(world.outcome_of(id), expected, "{state} {six}");
        }
        // Whether an unknown address over IPv4 is embedded is not known.
        for (a, expected) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)] {
            let world = World::new("active");
            let world = world.dns(WWW, RecordType::AAAA, &answer(&[address(SIX)]));
            let world = world.dns(WWW, RecordType::A, &a);
            assert_eq!(world.outcome_of(id), (Inconclusive, expected));
        }
    }

    #[test]
    fn forms_of_embedding() {
        let ipv4: IpAddr = "192.0.2.1".parse().unwrap();
        for (text, mac, embedded) in [
            ("2001:db8::1", false, false),
            ("2001:db8::c000:201", false, true),
            ("2001:db8::192:0:2:1", false, true),
            ("2001:db8::192:0:2:2", false, false),
            ("2001:db8::c000:202", false, false),
            ("2001:db8::5054:ff:fe12:3456", true, false),
            ("2001:db8::ffff:ffff:ffff:fffe", false, false),
        ] {
            let address: Ipv6Addr = text.parse().unwrap();
            assert_eq!(
                (contains_mac(address), contains_ipv4(address, ipv4)),
                (mac, embedded),
                "{text}"
            );
        }
    }
}
