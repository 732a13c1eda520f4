//! The servers of a service's zone, each at each of its addresses.

mod address;
mod server;

pub use address::{Answering, ServerAddress};
pub use server::NameServer;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::delegation::{self, Cut, Reach, Resolution, Source};
use super::exchange::{self, DNS_PORT, server_exchange};
use super::lookup::resolve_authoritative;
use super::{Lookup, resolve, zone};
use crate::evidence::query::{Topic, View};
use crate::model::{
    Family, Message, Name, ObservationId, Rcode, RecordData, RecordType, Service, Target, Transport,
};

/// A zone and every server of it.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The zone's apex, when it was found: by the resolver, else on the path from the root.
    pub apex: Option<Name>,
    /// The delegation as the parent has it, where the path from the root shows one.
    pub delegation: Option<Cut>,
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

/// What a zone's own servers say of who serves it.
#[derive(Clone, Debug)]
pub struct OwnServers {
    /// The NS records of the apex, sorted; `None` when none of the servers gave any.
    pub names: Option<Vec<Name>>,
    /// Whether some server that may name more has yet to be asked.
    pub is_pending: bool,
    /// Whether some server could not be asked through our own fault.
    pub is_ours: bool,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

impl Authority {
    /// The addresses of one family.
    pub fn of(&self, family: Family) -> impl Iterator<Item = &ServerAddress> {
        self.addresses.iter().filter(move |address| address.family() == family)
    }

    /// The zone's NS records as its own servers give them. An answer with another RCODE than 0 or
    /// without such records says nothing of who serves the zone: every zone has some.
    pub fn own_servers(&self, view: &View<'_>) -> OwnServers {
        let mut own =
            OwnServers { names: None, is_pending: false, is_ours: false, observations: Vec::new() };
        let Some(apex) = &self.apex else { return own };
        let mut names: Vec<Name> = Vec::new();
        for address in &self.addresses {
            let Some(exchange) = address.ask(view, apex, apex, RecordType::NS) else { continue };
            own.is_pending |= exchange.is_pending();
            own.is_ours |= exchange.is_ours();
            own.observations.extend(&exchange.observations);
            let good =
                |message: &&Message| message.authoritative && message.rcode == Rcode::NOERROR;
            let answers = exchange.message().filter(good).into_iter().flat_map(|m| &m.answers);
            names.extend(answers.filter(|record| record.name == *apex).filter_map(|record| {
                match &record.data {
                    RecordData::Ns(name) => Some(name.clone()),
                    _ => None,
                }
            }));
        }
        names.sort();
        names.dedup();
        own.names = Some(names).filter(|names| !names.is_empty());
        own
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

/// Where a path stops for want of an address: what the resolver knows of the addresses of the name
/// servers that came without glue.
pub fn without_glue(view: &View<'_>, path: &Resolution) -> Vec<Lookup> {
    let stops = path.end == delegation::End::Stopped(delegation::DelegationFailure::NoAddress);
    let servers = path.last_cut().filter(|_| stops).map_or(&[][..], |cut| &cut.servers);
    servers
        .iter()
        .filter(|server| server.unaddressed == Some(delegation::Unaddressed::NoGlue))
        .map(|server| resolve(view, &server.name, RecordType::AAAA))
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
        apex: None,
        delegation: None,
        servers: Vec::new(),
        addresses: Vec::new(),
        is_cut: zone.is_cut,
        is_settled: !zone.is_pending() && !path.is_pending(),
        observations: zone.observations(),
    };
    authority.observations.extend(&path.observations);
    // The zone of the name itself, not of what it is an alias of.
    let last = path.paths.first().and_then(|path| path.cuts.last());
    authority.apex = zone
        .apex
        .clone()
        .or_else(|| last.filter(|_| !path.is_pending()).map(|cut| cut.zone.clone()))
        .filter(|apex| !apex.is_root());
    let Some(apex) = authority.apex.clone() else { return authority };
    authority.delegation = path.cut(&apex).filter(|cut| cut.source == Source::Referral).cloned();
    let mut names: Vec<Name> = zone.name_servers.iter().map(|ns| ns.name.clone()).collect();
    // The parent's list may only be trusted to be whole when the path is known.
    let cut = path.cut(&apex);
    names.extend(cut.into_iter().flat_map(|cut| &cut.servers).map(|server| server.name.clone()));
    names.sort();
    names.dedup();
    authority.is_cut |= cut.is_some_and(|cut| cut.is_cut);
    authority.is_cut |= names.len() > view.settings.limits.name_servers;
    names.truncate(view.settings.limits.name_servers);
    for name in names {
        let glue = cut.and_then(|cut| cut.servers.iter().find(|server| server.name == name));
        let glue = glue.map(|server| server.glue.clone()).unwrap_or_default();
        let [aaaa, a] =
            [RecordType::AAAA, RecordType::A].map(|kind| resolve_authoritative(view, &name, kind));
        for lookup in [&aaaa, &a] {
            authority.is_settled &= !lookup.is_pending();
            authority.observations.extend(&lookup.observations);
        }
        authority.servers.push(NameServer { name, glue, aaaa, a });
    }
    add_addresses(view, &apex, &mut authority);
    authority
}

fn add_addresses(view: &View<'_>, apex: &Name, authority: &mut Authority) {
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
    for (address, server) in places {
        let socket = SocketAddr::new(address, DNS_PORT);
        let [udp, tcp] = [Transport::Udp, Transport::Tcp].map(|transport| {
            let question =
                exchange::server_question(socket, transport, apex, RecordType::SOA, false);
            server_exchange(view, question, view.settings.attempts)
        });
        authority.addresses.push(ServerAddress { server, address, udp, tcp });
    }
}
