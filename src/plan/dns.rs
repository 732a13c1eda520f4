//! What the DNS says beside the service's addresses: the path from the root over IPv6 alone, every name
//! server of the zone at every address, DNSSEC and other records.

use crate::evidence::dns::authenticity::authenticity;
use crate::evidence::dns::authority::{self, authority};
use crate::evidence::dns::consistency::consistency;
use crate::evidence::dns::delegation::Reach;
use crate::evidence::dns::dnssec::dnssec;
use crate::evidence::dns::large_response::large_response;
use crate::evidence::query::View;
use crate::evidence::reach::route_origin;
use crate::evidence::{dns, service};
use crate::model::{Family, Host, Service, State, Target};

/// The path from the root, and who serves the zone.
pub(super) fn name_servers(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    let Some(path) = authority::resolution_path(view, service, Reach::Ipv6Only) else { return };
    authority::without_glue(view, &path);
    let Some(authority) = authority(view, service) else { return };
    let Some(apex) = &authority.apex else { return };
    consistency(view, service, &authority);
    for address in &authority.addresses {
        if address.family() == Family::Ipv6 {
            route_origin(view, address.address);
            large_response(view, apex, address);
        }
    }
}

/// The names of the service's addresses.
pub(super) fn reverse_names(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    if let Some(addresses) = service::published_addresses(view, service) {
        for address in addresses.of(Family::Ipv6, view) {
            dns::reverse_names(view, address);
        }
    }
}

/// HTTPS and CAA records, and whether the service's addresses are signed.
pub(super) fn records(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    if let Target::Web(url) = &service.target {
        dns::https_record(view, url);
    }
    let has_tls =
        service::declared_ports(view, service).first().is_some_and(service::DeclaredPort::has_tls);
    if has_tls && let Some(Host::Name(host)) = service::tls_host(service) {
        // The name above speaks for a wildcard certificate.
        for name in [Some(host.clone()), host.parent()].into_iter().flatten() {
            dns::caa(view, &name);
        }
    }
    authenticity(view, service);
    if let Some(name) = service.target.host().as_ref().and_then(|host| host.name()) {
        for record_type in authority::secured(service) {
            dnssec(view, name, *record_type);
        }
    }
}
