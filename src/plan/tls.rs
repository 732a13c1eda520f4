//! What TLS and HTTP/3 need beside the conversations: old versions, QUIC where it is promised, certificates
//! that browsers fetch because they were not sent, TLSA records.

use crate::evidence::query::View;
use crate::evidence::tls::{Clients, TrustedRoots};
use crate::evidence::{service, tls, web};
use crate::model::{Family, Name, Service, State, Target};

/// Old versions of TLS at each server with which TLS is spoken from the first octet on, and HTTP/3
/// where a web server's response promises it.
pub(super) fn versions(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    if matches!(service.target, Target::Web(_)) {
        for family in [Family::Ipv6, Family::Ipv4] {
            for (at, server) in web::https_servers(view, service, family).iter().enumerate() {
                for contact in &server.contacts {
                    if family == Family::Ipv6 {
                        tls::legacy_versions(view, &contact.conversation, &server.host);
                    }
                    if at == 0 {
                        web::http3(view, &contact.conversation, &server.host);
                    }
                }
            }
        }
        return;
    }
    let ports = service::declared_ports(view, service);
    let Some(host) = service::tls_host(service) else { return };
    if ports.first().is_some_and(|port| port.starts_with_tls()) {
        for contact in service::endpoint_contacts(view, service, Family::Ipv6).main {
            tls::legacy_versions(view, &contact.conversation, &host);
        }
    }
}

/// The certificates that browsers fetch to complete what a server sent over IPv6.
pub(super) fn fetched_issuers(view: &View<'_>, service: &Service) {
    if service.state == State::Retired {
        return;
    }
    if Clients::of(service) != Clients::Browsers {
        return;
    }
    let servers = web::https_servers(view, service, Family::Ipv6);
    let contacts = servers.into_iter().flat_map(|server| server.contacts);
    let trust = TrustedRoots::declared_in(view.settings);
    for contact in contacts {
        let attempts = contact.conversation.attempts.iter().zip(&contact.conversation.seen_at);
        for ((seen, _), at) in attempts {
            if let Some(Ok(session)) = &seen.tls {
                tls::fetched_issuers(view, &session.chain, &trust, *at);
            }
        }
    }
}

/// The TLSA records of every port at which TLS is spoken.
pub(super) fn tlsa_records(view: &View<'_>, service: &Service) {
    let has_tls =
        service::declared_ports(view, service).first().is_some_and(service::DeclaredPort::has_tls);
    let is_mail = matches!(service.target, Target::Mail(_));
    if service.state == State::Retired || !(is_mail || has_tls) {
        return;
    }
    let contacts = service::endpoint_contacts(view, service, Family::Ipv6).main;
    let mut ports: Vec<(Name, u16)> = contacts
        .iter()
        .filter_map(|contact| Some((tls::tlsa_host(service, contact)?, contact.address.port())))
        .collect();
    ports.sort();
    ports.dedup();
    for (host, port) in ports {
        tls::tlsa_records(view, &host, port);
    }
}
