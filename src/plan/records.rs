//! DNSSEC and the records beside the addresses.

use crate::evidence::dns::dnssec::dnssec;
use crate::evidence::dns::{self, authority};
use crate::evidence::query::{Needs, View};
use crate::evidence::{service, tls};
use crate::model::{Family, Host, Name, Service, State, Target};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if service.state == State::Retired {
        return;
    }
    if let Some(addresses) = service::published_addresses(view, service) {
        for address in addresses.of(Family::Ipv6, view) {
            needs.extend(dns::reverse_names(view, address).needs);
        }
    }
    let mut secured: Vec<(Name, u16)> = Vec::new();
    let is_mail = matches!(service.target, Target::Mail(_));
    let has_tls =
        service::declared_ports(view, service).first().is_some_and(service::DeclaredPort::has_tls);
    if is_mail || has_tls {
        for contact in service::endpoint_contacts(view, service, Family::Ipv6).main {
            let host = tls::tlsa_host(service, &contact);
            secured.extend(host.map(|host| (host, contact.address.port())));
        }
    }
    secured.sort();
    secured.dedup();
    for (host, port) in secured {
        needs.extend(tls::tlsa_records(view, &host, port).needs);
    }
    if let Target::Web(url) = &service.target
        && let Some(binding) = dns::https_record(view, url)
    {
        needs.extend(binding.needs);
    }
    if has_tls && let Some(Host::Name(host)) = service::tls_host(service) {
        // The name above speaks for a wildcard certificate.
        for name in [Some(host.clone()), host.parent()].into_iter().flatten() {
            needs.extend(dns::caa(view, &name).needs);
        }
    }
    if let Some(name) = service.target.host().as_ref().and_then(|host| host.name()) {
        for record_type in authority::secured(service) {
            needs.extend(dnssec(view, name, *record_type).needs.clone());
        }
    }
}
