//! The network on the way to a service: echoes, connections again and again, and small packets where
//! large ones may have been lost.

use crate::evidence::query::View;
use crate::evidence::{reach, service};
use crate::model::{Family, Service, State};

/// Echo requests to every IPv6 address.
pub(super) fn echoes(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    let published = service::published_addresses(view, service);
    let addresses = published.map(|all| all.of(Family::Ipv6, view)).unwrap_or_default();
    for address in addresses {
        reach::echo_attempts(view, address);
    }
}

/// Connections to every address, again and again.
pub(super) fn rounds(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    for family in [Family::Ipv6, Family::Ipv4] {
        for first in reach::first_rounds(view, service, family).iter() {
            reach::rounds(view, first);
        }
    }
}

/// The same conversation in small packets, at addresses that fell silent.
pub(super) fn small_packets(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    for contact in service::endpoint_contacts(view, service, Family::Ipv6).main {
        reach::large_data(view, &contact);
    }
}
