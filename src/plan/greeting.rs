//! Services other than web sites: the first words at every address and declared port of both
//! families, and the questions that name servers and time servers answer without a connection.

use std::net::SocketAddr;

use crate::evidence::query::{Needs, View};
use crate::evidence::service;
use crate::model::{Endpoint, Family, Service, Target, Transport};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    for family in [Family::Ipv6, Family::Ipv4] {
        match &service.target {
            // The page's own walk begins with the same conversation.
            Target::Web(_) => {}
            Target::Dns(endpoint) => {
                for server in sockets(view, service, endpoint, family) {
                    for transport in [Transport::Udp, Transport::Tcp] {
                        needs.extend(service::name_server(view, server, transport).needs);
                    }
                }
            }
            Target::Ntp(endpoint) => {
                for server in sockets(view, service, endpoint, family) {
                    needs.extend(service::time_server(view, server).needs);
                }
            }
            _ => needs.extend(service::endpoint_contacts(view, service, family).needs()),
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
