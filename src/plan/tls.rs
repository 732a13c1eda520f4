//! What TLS and HTTP/3 need beside the conversations: old versions, and QUIC where it is promised.

use crate::evidence::query::{Needs, View};
use crate::evidence::{service, tls, web};
use crate::model::{Family, Service, State, Target};

pub(super) fn needs(view: &View<'_>, service: &Service, needs: &mut Needs) {
    let ports = service::declared_ports(view, service);
    let starts_with_tls = ports.first().is_some_and(|port| port.starts_with_tls());
    if !starts_with_tls || service.state == State::Retired {
        return;
    }
    let Some(host) = service::tls_host(service) else { return };
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in service::endpoint_contacts(view, service, family).main {
            if family == Family::Ipv6 {
                needs.extend(tls::legacy_versions(view, &contact.talk, &host).needs);
            }
            if matches!(service.target, Target::Web(_)) {
                needs.extend(web::http3(view, &contact.talk, &host).needs);
            }
        }
    }
}
