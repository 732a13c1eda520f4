//! The service itself: its addresses and its zone, and the first contact with each address at each
//! declared port.

use std::net::SocketAddr;

use crate::evidence::query::View;
use crate::evidence::{dns, reach, service};
use crate::model::{Endpoint, Family, RecordType, Service, State, Target, Transport};

/// The service's addresses and who announces them, its zone, and whether a wildcard answers for names
/// beside it.
pub(super) fn addresses(view: &View<'_>, service: &Service) {
    let addresses = service::published_addresses(view, service);
    if let Some(name) = service.target.host().as_ref().and_then(|host| host.name()) {
        dns::zone(view, name);
    }
    let Some(addresses) = addresses else { return };
    if service.state != State::Retired {
        for address in addresses.of(Family::Ipv6, view) {
            reach::route_origin(view, address);
        }
    }
    if let Some(probe) = service::wildcard_probe(service) {
        for record_type in [RecordType::AAAA, RecordType::A] {
            dns::resolve(view, &probe, record_type);
        }
    }
}

/// Services other than web sites: the first words at every address and declared port of both
/// families, and the questions that name servers and time servers answer without a connection.
pub(super) fn contacts(view: &View<'_>, service: &Service) {
    for family in [Family::Ipv6, Family::Ipv4] {
        match &service.target {
            // A redirect chain begins with the same conversation.
            Target::Web(_) => {}
            Target::Dns(endpoint) => {
                for server in sockets(view, service, endpoint, family) {
                    for transport in [Transport::Udp, Transport::Tcp] {
                        service::name_server(view, server, transport);
                    }
                }
            }
            Target::Ntp(endpoint) => {
                for server in sockets(view, service, endpoint, family) {
                    service::time_server(view, server);
                }
            }
            _ => drop(service::endpoint_contacts(view, service, family)),
        }
    }
}

fn sockets(
    view: &View<'_>,
    service: &Service,
    endpoint: &Endpoint,
    family: Family,
) -> Vec<SocketAddr> {
    let published = service::published_addresses(view, service);
    let addresses = published.map(|all| all.of(family, view)).unwrap_or_default();
    addresses.into_iter().map(|address| SocketAddr::new(address, endpoint.port)).collect()
}
