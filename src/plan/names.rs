//! The service's addresses, its zone, and whether a wildcard answers for names beside it.

use crate::evidence::query::{Needs, View};
use crate::evidence::{dns, reach, service};
use crate::model::{Family, RecordType, Service, State};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    let addresses = service::published_addresses(view, service);
    for family in [Family::Ipv6, Family::Ipv4] {
        if let Some(lookup) = addresses.as_ref().and_then(|all| all.lookup(family)) {
            needs.extend(lookup.needs.clone());
        }
    }
    if let Some(name) = service.target.host().as_ref().and_then(|host| host.name()) {
        needs.extend(dns::zone(view, name).needs.clone());
    }
    if service.state != State::Retired
        && let Some(addresses) = &addresses
    {
        for address in addresses.of(Family::Ipv6, view) {
            if let Some(origin) = reach::route_origin(view, address) {
                needs.extend(origin.needs);
            }
        }
    }
    if addresses.is_some()
        && let Some(probe) = service::wildcard_probe(service)
    {
        for record_type in [RecordType::AAAA, RecordType::A] {
            needs.extend(dns::resolve(view, &probe, record_type).needs);
        }
    }
}
