//! From declared zones to servers: who delegates what to whom, with which glue.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::rr::rdata::{NS, PTR, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::published::{Cut, PublishedZone, TTL_S};
use super::signing;
use super::zone::{Behaviour, Glue, ListedBy, NameServer, Zone, address_data, name};

/// One zone at one address.
#[derive(Clone, Debug)]
pub(super) struct ServedZone {
    pub zone: Arc<PublishedZone>,
    pub behaviour: Behaviour,
}

/// Every zone, and where it is served.
pub(in crate::lab) struct Hierarchy {
    zones: Vec<(Zone, PublishedZone)>,
    /// Every name server's addresses by its name.
    hosts: BTreeMap<String, Vec<(IpAddr, Behaviour)>>,
    /// The root's DS record, as a trust anchor.
    pub trust_anchors: String,
}

impl Hierarchy {
    /// Joins zones, the root among them: each is delegated by the closest zone above it.
    ///
    /// # Errors
    /// The first record that can't be read.
    pub fn new(declared: Vec<Zone>) -> Result<Self, String> {
        if let Some(unreadable) = declared.iter().flat_map(|zone| &zone.unreadable).next() {
            return Err(unreadable.clone());
        }
        let mut hosts = BTreeMap::new();
        for server in declared.iter().flat_map(|zone| &zone.servers) {
            if !server.addresses.is_empty() {
                hosts.insert(server.name.clone(), server.addresses.clone());
            }
        }
        let mut hierarchy = Self { zones: Vec::new(), hosts, trust_anchors: String::new() };
        for zone in declared {
            let published = publish_zone(&zone);
            hierarchy.zones.push((zone, published));
        }
        hierarchy.add_reverse_records();
        hierarchy.add_delegations();
        hierarchy.sign_zones().map_err(|error| error.to_string())?;
        Ok(hierarchy)
    }

    /// Signs every zone, children before their parents, which sign the DS records.
    fn sign_zones(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        self.zones.sort_by_key(|(_, zone)| std::cmp::Reverse(zone.apex.num_labels()));
        for at in 0..self.zones.len() {
            let (declared, published) = &mut self.zones[at];
            let Some(ds) = signing::sign_zone(published, declared.signing)? else { continue };
            let apex = published.apex.clone();
            if apex.is_root() {
                self.trust_anchors = signing::trust_anchor(&apex, &ds);
            } else if let Some(parent) = self.zone_holding(&apex, true)
                && let Some(cut) = self.zones[parent].1.cuts.get_mut(&apex)
            {
                cut.ds.push(Record::from_rdata(apex, TTL_S, ds));
            }
        }
        Ok(())
    }

    /// What is served at each address.
    pub(super) fn served_zones(&self) -> BTreeMap<IpAddr, Vec<ServedZone>> {
        let mut servers: BTreeMap<IpAddr, Vec<ServedZone>> = BTreeMap::new();
        for (zone, published) in &self.zones {
            let published = Arc::new(published.clone());
            for server in &zone.servers {
                for (address, behaviour) in self.addresses(server) {
                    let zone = Arc::clone(&published);
                    servers
                        .entry(*address)
                        .or_default()
                        .push(ServedZone { zone, behaviour: *behaviour });
                }
            }
        }
        servers
    }

    /// The root hints in master-file format.
    pub fn root_hints(&self) -> String {
        let mut text = String::from("; The root servers of the lab.\n");
        for (server, addresses) in self.root_servers() {
            // Writing to a `String` can't fail.
            let _ = writeln!(text, ".\t3600000\tIN\tNS\t{}.", server.name);
            for (address, _) in addresses {
                let kind = if address.is_ipv6() { "AAAA" } else { "A" };
                let _ = writeln!(text, "{}.\t3600000\tIN\t{kind}\t{address}", server.name);
            }
        }
        text
    }

    pub(super) fn root_addresses(&self) -> Vec<SocketAddr> {
        let addresses = self.root_servers().flat_map(|(_, addresses)| addresses);
        addresses.map(|(address, _)| SocketAddr::new(*address, 53)).collect()
    }

    fn root_servers(&self) -> impl Iterator<Item = (&NameServer, &[(IpAddr, Behaviour)])> {
        let root = self.zones.iter().find(|(zone, _)| zone.apex.is_empty());
        let servers = root.into_iter().flat_map(|(zone, _)| &zone.servers);
        servers.map(|server| (server, self.addresses(server)))
    }

    fn addresses<'a>(&'a self, server: &'a NameServer) -> &'a [(IpAddr, Behaviour)] {
        match self.hosts.get(&server.name) {
            Some(addresses) if server.addresses.is_empty() => addresses,
            _ => &server.addresses,
        }
    }

    /// The zone that a name belongs to: the closest above it. A zone's apex belongs to itself,
    /// unless `above` asks for its parent.
    fn zone_holding(&self, wanted: &Name, above: bool) -> Option<usize> {
        (0..self.zones.len())
            .filter(|at| {
                let apex = &self.zones[*at].1.apex;
                apex.zone_of(wanted) && !(above && apex == wanted)
            })
            .max_by_key(|at| self.zones[*at].1.apex.num_labels())
    }

    /// A PTR for every address record whose reverse zone exists and says nothing of it yet.
    fn add_reverse_records(&mut self) {
        let mut pointers: Vec<(Name, Name)> = Vec::new();
        for (owner, node) in self.zones.iter().flat_map(|(_, zone)| &zone.nodes) {
            let records =
                [RecordType::A, RecordType::AAAA].into_iter().filter_map(|t| node.get(&t));
            for address in records.flatten().filter_map(|record| record.data.ip_addr()) {
                if !owner.is_wildcard() {
                    pointers.push((Name::from(address), owner.clone()));
                }
            }
        }
        let declared: Vec<Name> = pointers
            .iter()
            .map(|(reverse, _)| reverse)
            .filter(|reverse| {
                self.zone_holding(reverse, false)
                    .is_some_and(|at| self.zones[at].1.nodes.contains_key(reverse))
            })
            .cloned()
            .collect();
        for (reverse, owner) in pointers {
            let Some(at) = self.zone_holding(&reverse, false) else { continue };
            let zone = &mut self.zones[at].1;
            if zone.apex.to_ascii().ends_with(".arpa.") && !declared.contains(&reverse) {
                zone.add(reverse, RData::PTR(PTR(owner)));
            }
        }
    }

    /// Gives every zone but the root its cut in the zone above.
    fn add_delegations(&mut self) {
        for at in 0..self.zones.len() {
            let apex = self.zones[at].1.apex.clone();
            if apex.is_root() {
                continue;
            }
            let Some(parent) = self.zone_holding(&apex, true) else { continue };
            let parent_apex = self.zones[parent].1.apex.clone();
            let mut cut = Cut::default();
            for server in &self.zones[at].0.servers {
                if server.listed == ListedBy::Child {
                    continue;
                }
                let host = name(&server.name);
                cut.ns.push(Record::from_rdata(apex.clone(), TTL_S, RData::NS(NS(host.clone()))));
                // In-domain and sibling servers need glue, others are looked up (RFC 9471).
                if parent_apex.zone_of(&host) && self.zone_holding(&host, false) != Some(parent) {
                    for data in glue_records(server, self.addresses(server)) {
                        cut.glue.push(Record::from_rdata(host.clone(), TTL_S, data));
                    }
                }
            }
            self.zones[parent].1.cuts.insert(apex, cut);
        }
    }
}

/// The parent's glue records for a server.
fn glue_records(server: &NameServer, addresses: &[(IpAddr, Behaviour)]) -> Vec<RData> {
    let all = addresses.iter().map(|(address, _)| *address);
    match server.glue {
        Glue::Right => all.map(address_data).collect(),
        Glue::WithoutIpv6 => all.filter(IpAddr::is_ipv4).map(address_data).collect(),
        Glue::Missing => Vec::new(),
    }
}

/// A zone's own records: SOA, NS, its servers' addresses, and what was declared.
fn publish_zone(zone: &Zone) -> PublishedZone {
    let apex = name(&zone.apex);
    let mut published = PublishedZone::new(apex.clone());
    let first = zone.servers.first().map(|server| name(&server.name)).unwrap_or_default();
    let hostmaster = name(&format!("hostmaster.{}", zone.apex).replace("..", "."));
    let soa = SOA::new(first, hostmaster, 1, 3600, 600, 86_400, 300);
    published.add(apex.clone(), RData::SOA(soa));
    for server in &zone.servers {
        let host = name(&server.name);
        if server.listed != ListedBy::Parent {
            published.add(apex.clone(), RData::NS(NS(host.clone())));
        }
        if apex.zone_of(&host) {
            for (address, _) in &server.addresses {
                published.add(host.clone(), address_data(*address));
            }
        }
    }
    for (owner, data) in &zone.records {
        published.add(name(owner), data.clone());
    }
    published
}
