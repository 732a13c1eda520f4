//! The servers of a service's zone, each at each of its addresses.

mod address;
mod own_servers;
mod parent;
mod server;

pub use address::{Answering, ServerAddress};
pub use own_servers::{OwnAnswer, OwnServers};
pub use parent::{ParentAnswer, ParentSays};
pub use server::NameServer;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::delegation::{self, Cut, Reach, Resolution, ResolutionEnd, Source};
use super::exchange::{self, DNS_PORT, server_exchange};
use super::{Lookup, Zone, published, zone};
use crate::evidence::query::{Gap, Topic, View};
use crate::model::{Family, Name, ObservationId, RecordType, Service, Target, Transport};

/// A zone and every server of it.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The zone's apex, when it was found: on the path from the root, or else by the resolver.
    pub apex: Option<Name>,
    /// The delegation as the parent has it, where one of the parent's servers shows one.
    pub delegation: Option<Cut>,
    /// What each of the parent's servers says of the delegation, in the order of their names.
    pub parents: Vec<ParentAnswer>,
    /// What the zone's own servers say of who serves it.
    pub own: OwnServers,
    /// Every name server that the parent or the zone names, sorted by name.
    pub servers: Vec<NameServer>,
    /// Every address of them, each once, sorted: at most
    /// [`crate::model::Limits::zone_addresses`].
    pub addresses: Vec<ServerAddress>,
    /// Whether there are more name servers or addresses than our limits allow.
    pub is_cut: bool,
    /// Whether it is known who serves the zone.
    pub is_settled: bool,
    /// The facts that this rests on, those of the addresses left aside.
    pub observations: Vec<ObservationId>,
}

impl Authority {
    /// The addresses of one family.
    pub fn of(&self, family: Family) -> impl Iterator<Item = &ServerAddress> {
        self.addresses.iter().filter(move |address| address.family() == family)
    }
}

/// The name that the DNS checks of a service are about, and the type of record that it is looked
/// up for; `None` for address literals.
pub fn subject(service: &Service) -> Option<(Name, RecordType)> {
    let name = service.target.host()?.name()?.clone();
    let record_type = match service.target {
        Target::Zone(_) => RecordType::SOA,
        Target::Mail(_) => RecordType::MX,
        _ => RecordType::AAAA,
    };
    Some((name, record_type))
}

/// The types of record of a service's name whose authenticity matters to its clients.
pub fn secured(service: &Service) -> &'static [RecordType] {
    match service.target {
        Target::Zone(_) => &[RecordType::SOA],
        Target::Mail(_) => &[RecordType::MX],
        _ => &[RecordType::AAAA, RecordType::A],
    }
}

/// The path from the root to a service's name.
pub fn resolution_path(
    view: &View<'_>,
    service: &Service,
    reach: Reach,
) -> Option<Arc<Resolution>> {
    let (name, record_type) = subject(service)?;
    Some(delegation::resolution(view, &name, record_type, reach))
}

/// The path from the root to a mail exchanger's address, with IPv6 alone.
pub fn exchanger_resolution_path(view: &View<'_>, exchanger: &Name) -> Arc<Resolution> {
    delegation::resolution(view, exchanger, RecordType::AAAA, Reach::Ipv6Only)
}

/// Where a path stops for want of an address: what is published of the addresses of the name servers
/// that came without glue.
pub fn without_glue(view: &View<'_>, path: &Resolution) -> Vec<Lookup> {
    let stops =
        path.end == delegation::ResolutionEnd::Stopped(delegation::DelegationFailure::NoAddress);
    let servers = path.last_cut().filter(|_| stops).map_or(&[][..], |cut| &cut.servers);
    servers
        .iter()
        .filter(|server| server.unaddressed == Some(delegation::Unaddressed::NoGlue))
        .map(|server| published(view, &server.name, RecordType::AAAA))
        .collect()
}

/// Who serves the zone of a name that is looked up for records of this type.
#[derive(PartialEq, Eq)]
struct AuthorityOf(Name, RecordType);

impl Topic for AuthorityOf {
    type Reading = Authority;
}

/// Reads who serves the zone of a service, and how each of them answers.
pub fn authority(view: &View<'_>, service: &Service) -> Option<Arc<Authority>> {
    let (name, record_type) = subject(service)?;
    Some(view.remembered(AuthorityOf(name.clone(), record_type), || {
        authority_of(view, &name, record_type)
    }))
}

fn authority_of(view: &View<'_>, name: &Name, record_type: RecordType) -> Authority {
    let zone = zone(view, name);
    let path = delegation::resolution(view, name, record_type, Reach::Either);
    let mut authority = Authority {
        apex: apex(&zone, &path),
        delegation: None,
        parents: Vec::new(),
        own: OwnServers::default(),
        servers: Vec::new(),
        addresses: Vec::new(),
        is_cut: zone.is_cut,
        is_settled: !zone.is_pending() && !path.is_pending(),
        observations: zone.observations(),
    };
    authority.observations.extend(&path.observations);
    let Some(apex) = authority.apex.clone() else { return authority };
    let cut = path.cut(&apex);
    authority.parents = parent::answers(view, &path, &apex);
    for answer in &authority.parents {
        authority.is_settled &= !answer.is_pending;
        authority.observations.extend(&answer.observations);
    }
    authority.delegation = cut
        .filter(|cut| cut.source == Source::Referral)
        .cloned()
        .or_else(|| parent::delegation(&authority.parents, &apex));
    let mut names = parent::names(&authority.parents);
    names.extend(cut.into_iter().flat_map(|cut| &cut.servers).map(|server| server.name.clone()));
    authority.is_cut |= cut.is_some_and(|cut| cut.is_cut);
    if names.is_empty() {
        names.extend(zone.name_servers.iter().map(|server| server.name.clone()));
    }
    // A server may name further ones: as many turns as there are names.
    let turns = view.settings.limits.name_servers.max(1);
    for _ in 0..turns {
        add_servers(view, &path, &apex, &names, &mut authority);
        authority.own = own_servers::read(view, &apex, &authority.addresses);
        let known = names.len();
        names.extend(authority.own.names.iter().flatten().cloned());
        if names.len() == known {
            break;
        }
    }
    authority.is_settled &= !authority.own.is_pending;
    authority
}

/// The zone of the name itself, not of what it is an alias of. What the resolver says of it is needed
/// where the path from the root doesn't lead to it through no fault of the zone.
fn apex(zone: &Zone, path: &Resolution) -> Option<Name> {
    let first = path.paths.first();
    let last = first.and_then(|path| path.cuts.last()).map(|cut| cut.zone.clone());
    let last = last.filter(|_| !path.is_pending()).filter(|apex| !apex.is_root());
    let found = zone.apex.clone().filter(|apex| !apex.is_root());
    match first.map(|path| &path.end) {
        Some(ResolutionEnd::Unknown(Gap::OurFault | Gap::Limit)) => found.or(last),
        _ => last.or(found),
    }
}

/// Replaces the servers of a zone, and their addresses, by those of these names.
fn add_servers(
    view: &View<'_>,
    path: &Resolution,
    apex: &Name,
    names: &BTreeSet<Name>,
    authority: &mut Authority,
) {
    authority.is_cut |= names.len() > view.settings.limits.name_servers;
    let known: Vec<Name> = authority.servers.iter().map(|server| server.name.clone()).collect();
    for name in names.iter().take(view.settings.limits.name_servers) {
        if known.contains(name) {
            continue;
        }
        let cuts = [path.cut(apex), authority.delegation.as_ref()];
        let of_name = |cut: &Cut| cut.servers.iter().find(|server| server.name == *name).cloned();
        let glue = cuts.into_iter().flatten().find_map(of_name).map(|server| server.glue);
        let [aaaa, a] = [RecordType::AAAA, RecordType::A].map(|kind| published(view, name, kind));
        for lookup in [&aaaa, &a] {
            authority.is_settled &= !lookup.is_pending();
            authority.observations.extend(&lookup.observations);
        }
        let glue = glue.unwrap_or_default();
        authority.servers.push(NameServer { name: name.clone(), glue, aaaa, a });
    }
    authority.servers.sort_by(|a, b| a.name.cmp(&b.name));
    authority.addresses = addresses(view, apex, authority);
}

fn addresses(view: &View<'_>, apex: &Name, authority: &mut Authority) -> Vec<ServerAddress> {
    let mut places: Vec<(IpAddr, Name)> = authority
        .servers
        .iter()
        .flat_map(|server| server.addresses().into_iter().map(|at| (at, server.name.clone())))
        .collect();
    // IPv6 first, so that a limit meets IPv4.
    places.sort_by(|(a, x), (b, y)| (a.is_ipv4(), a, x).cmp(&(b.is_ipv4(), b, y)));
    places.dedup_by(|a, b| a.0 == b.0);
    authority.is_cut |= places.len() > view.settings.limits.zone_addresses;
    places.truncate(view.settings.limits.zone_addresses);
    let ask = |(address, server): (IpAddr, Name)| {
        let socket = SocketAddr::new(address, DNS_PORT);
        let [udp, tcp] = [Transport::Udp, Transport::Tcp].map(|transport| {
            let question =
                exchange::server_question(socket, transport, apex, RecordType::SOA, false);
            server_exchange(view, question, view.settings.attempts)
        });
        ServerAddress { server, address, udp, tcp }
    };
    places.into_iter().map(ask).collect()
}
