//! What to ask next: a pure loop over what is known already.
//!
//! [`next`] is called again and again with the evidence so far, until it names nothing more:
//! look-up, then conversations with every address, then redirects emerge from asking again. It has
//! no memory of its own, so a scan that was killed goes on from what its store holds.

use std::net::SocketAddr;

use url::Url;

use crate::facts::{self, Needs, View};
use crate::model::{Family, RecordType, Request, Service, Target};

/// The requests that have to be answered before more can be said of a service, each at most once
/// and none that has been answered; empty when everything is known that the checks ask for.
///
/// At most [`crate::model::Limits::requests_per_service`] requests are ever named for a service
/// whose evidence holds nothing but answers to its own requests.
pub fn next(view: &View<'_>, service: &Service) -> Vec<Request> {
    let mut needs = Needs::default();
    if let Some(addresses) = facts::addresses(view, service) {
        for family in [Family::Ipv6, Family::Ipv4] {
            if let Some(lookup) = addresses.lookup(family) {
                needs.extend(lookup.needs.clone());
            }
        }
        names(view, service, &mut needs);
        if let Target::Web(url) = &service.target {
            web(view, service, url, &addresses, &mut needs);
        }
    }
    let left = view.settings.limits.requests_per_service.saturating_sub(view.evidence.len());
    let mut requests = needs.into_vec();
    requests.truncate(left);
    requests
}

/// The service's zone, and whether a wildcard answers for names beside it.
fn names(view: &View<'_>, service: &Service, needs: &mut Needs) {
    if let Some(name) = service.target.host().as_ref().and_then(|host| host.name()) {
        needs.extend(facts::zone(view, name).needs);
    }
    if let Some(probe) = facts::wildcard_probe(service) {
        for record_type in [RecordType::AAAA, RecordType::A] {
            needs.extend(facts::resolve(view, &probe, record_type).needs);
        }
    }
}

/// The page from every address of both families, with its redirects, and its plain-HTTP twin.
fn web(
    view: &View<'_>,
    service: &Service,
    url: &Url,
    addresses: &facts::Addresses,
    needs: &mut Needs,
) {
    let plain = facts::plain_http_url(service).filter(|plain| plain != url);
    for url in std::iter::once(url).chain(&plain) {
        let port = url.port_or_known_default().unwrap_or(443);
        for family in [Family::Ipv6, Family::Ipv4] {
            for address in addresses.of(family, view) {
                needs.extend(facts::walk(view, url, SocketAddr::new(address, port)).needs);
            }
        }
    }
}
