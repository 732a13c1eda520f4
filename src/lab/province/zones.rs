//! The zones above and beside the sites' own: the root, top-level domains, reverse zones, and the
//! zone that most sites lie in.

use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::rr::rdata::tlsa::{CertUsage, Matching, Selector};
use hickory_proto::rr::rdata::{CAA, TLSA};
use hickory_proto::rr::{Name, RData, RecordType};

use crate::lab::dns::ROOT_SERVERS;
use crate::lab::dns::zone::{Behaviour, Zone, address_data, name};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;

/// The zone that most sites lie in.
const MOST: &str = "vidu.example";

/// The reverse zone of the IPv6 addresses.
const REVERSE: &str = "8.b.d.0.1.0.0.2.ip6.arpa";

/// Every zone of the province, with the records of every site in the one that it lies in.
///
/// The SHA-256 digest of the certificates' authority's key is what a TLSA record names.
pub(in crate::lab) fn zones(sites: &[Site], authority_key: &[u8; 32]) -> Vec<Zone> {
    let mut zones = common_zones();
    zones.extend([
        // As `gov.vn` is: a zone below the top-level domain, above those of single bodies.
        Zone::new(2, "coquan.example"),
        Zone::new(3, MOST)
            .record("_443._tcp.danetot.vidu.example", tlsa(CertUsage::DaneTa, authority_key))
            .record("_443._tcp.danesai.vidu.example", tlsa(CertUsage::DaneEe, &[0; 32]))
            .record("bidanh-host.vidu.example", address_data(ipv6(6)))
            .record("bidanh-host.vidu.example", address_data(ipv4(6))),
    ]);
    // The reverse names of site 56 and of the exchanger of site 174 are another site's.
    for zone in zones.iter_mut().filter(|zone| zone.apex == REVERSE) {
        *zone = [56, 174].into_iter().fold(zone.clone(), |zone, number| {
            let reverse = Name::from(ipv6(number)).to_ascii();
            zone.text(reverse.trim_end_matches('.'), RecordType::PTR, "portal.vidu.example.")
        });
    }
    joined(zones, sites)
}

/// The zones above and beside those of any province: the root, top-level domains, reverse zones.
pub(in crate::lab) fn common_zones() -> Vec<Zone> {
    vec![
        root(),
        // As `vn` is.
        // Every name below it finds this by climbing.
        Zone::new(1, "example").record(
            "example",
            RData::CAA(CAA::new_issue(false, Some(name("ca.vidu.example")), Vec::new())),
        ),
        // RFC 7050 §8.1: there are A records and no AAAA.
        Zone::new(4, "arpa")
            .record("ipv4only.arpa", address_data(Ipv4Addr::new(192, 0, 0, 170).into()))
            .record("ipv4only.arpa", address_data(Ipv4Addr::new(192, 0, 0, 171).into())),
        Zone::new(5, "ip6.arpa"),
        Zone::new(6, "in-addr.arpa"),
        Zone::new(7, REVERSE),
        Zone::new(8, "100.51.198.in-addr.arpa")
            .served_by(&["ns1.8.b.d.0.1.0.0.2.ip6.arpa", "ns2.8.b.d.0.1.0.0.2.ip6.arpa"]),
    ]
}

/// Zones with those of the sites, and the records of each site in the closest one above its host.
pub(in crate::lab) fn joined(mut zones: Vec<Zone>, sites: &[Site]) -> Vec<Zone> {
    zones.extend(sites.iter().flat_map(|site| site.zones.iter().cloned()));
    for site in sites {
        let own = site.records.iter().map(|data| (site.host, data));
        let others = site.other_records.iter().map(|(owner, data)| (*owner, data));
        for (owner, data) in own.chain(others) {
            let lies_in = |zone: &&mut Zone| {
                zone.apex.is_empty()
                    || owner == zone.apex
                    || owner.ends_with(&format!(".{}", zone.apex))
            };
            let closest = zones.iter_mut().filter(lies_in).max_by_key(|zone| zone.apex.len());
            if let Some(zone) = closest {
                zone.records.push((owner.to_owned(), data.clone()));
            }
        }
    }
    zones
}

/// The root, at the addresses that the inventory names as control targets.
fn root() -> Zone {
    let ipv6 = ROOT_SERVERS.map(|text| text.parse::<std::net::SocketAddr>().map(|at| at.ip()));
    let ipv4 = [1, 2].map(|last| IpAddr::from(Ipv4Addr::new(192, 0, 2, 250 + last)));
    let mut root = Zone::new(250, "");
    for ((server, ipv6), ipv4) in root.servers.iter_mut().zip(ipv6).zip(ipv4) {
        server.addresses =
            ipv6.into_iter().chain([ipv4]).map(|at| (at, Behaviour::Healthy)).collect();
    }
    root
}

fn tlsa(usage: CertUsage, key: &[u8]) -> RData {
    RData::TLSA(TLSA::new(usage, Selector::Spki, Matching::Sha256, key.to_vec()))
}
