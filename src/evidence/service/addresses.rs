//! What the evidence says of a service as a whole.

use std::net::IpAddr;
use std::sync::Arc;

use url::Url;

use crate::evidence::dns::authority::authority;
use crate::evidence::dns::consistency::{GivenSet, consistency};
use crate::evidence::dns::{Lookup, LookupStatus, published_pair};
use crate::evidence::query::{Topic, View};
use crate::model::{Family, Host, Name, RecordData, Service, State, Target};

/// The published addresses of a service.
#[derive(Clone, Debug)]
pub enum PublishedAddresses {
    /// The service is named by an address literal: nothing is looked up.
    Literal(IpAddr),
    /// What the look-ups of its host name brought.
    Looked {
        /// AAAA.
        aaaa: Box<Lookup>,
        /// A.
        a: Box<Lookup>,
    },
}

impl PublishedAddresses {
    /// The addresses of one family, sorted, at most [`crate::model::Limits::addresses`].
    pub fn of(&self, family: Family, view: &View<'_>) -> Vec<IpAddr> {
        let mut addresses = match (self, family) {
            (Self::Literal(address), _) if Family::of(*address) == family => vec![*address],
            (Self::Literal(_), _) => Vec::new(),
            (Self::Looked { aaaa, .. }, Family::Ipv6) => aaaa.addresses(),
            (Self::Looked { a, .. }, Family::Ipv4) => a.addresses(),
        };
        addresses.truncate(view.settings.limits.addresses);
        addresses
    }

    /// Whether there are more addresses of one family than [`PublishedAddresses::of`] has.
    pub fn is_cut(&self, family: Family, view: &View<'_>) -> bool {
        let max = view.settings.limits.addresses;
        self.lookup(family).is_some_and(|lookup| lookup.addresses().len() > max)
    }

    /// The look-up of one family; `None` for an address literal.
    pub fn lookup(&self, family: Family) -> Option<&Lookup> {
        match (self, family) {
            (Self::Literal(_), _) => None,
            (Self::Looked { aaaa, .. }, Family::Ipv6) => Some(aaaa),
            (Self::Looked { a, .. }, Family::Ipv4) => Some(a),
        }
    }
}

/// The published addresses of the service.
#[derive(PartialEq, Eq)]
struct AddressesOfService;

impl Topic for AddressesOfService {
    type Reading = PublishedAddresses;
}

/// The published addresses of a service's host; `None` for a mail domain, whose exchangers are hosts
/// of their own, and for a zone, which is served by its name servers' addresses and not by those of
/// its apex.
pub fn published_addresses(view: &View<'_>, service: &Service) -> Option<Arc<PublishedAddresses>> {
    if matches!(service.target, Target::Mail(_) | Target::Zone(_)) {
        return None;
    }
    let host = service.target.host()?;
    Some(view.remembered(AddressesOfService, || find(view, service, host)))
}

fn find(view: &View<'_>, service: &Service, host: Host) -> PublishedAddresses {
    match host {
        Host::Address(address) => PublishedAddresses::Literal(address),
        Host::Name(name) => {
            let mut lookups = published_pair(view, &name);
            add_what_single_servers_have(view, service, &mut lookups);
            let [aaaa, a] = lookups.map(Box::new);
            PublishedAddresses::Looked { aaaa, a }
        }
    }
}

/// Which of the zone's servers a resolver asked is left to chance: what any of them publishes, some
/// visitors get. An internal service has a view of its own at the resolver, and one that answers by place
/// shows us what it shows the resolver.
fn add_what_single_servers_have(view: &View<'_>, service: &Service, lookups: &mut [Lookup; 2]) {
    if service.geo_dns || service.state == State::Internal {
        return;
    }
    let Some(authority) = authority(view, service) else { return };
    let Some(found) = consistency(view, service, &authority) else { return };
    let max = view.settings.limits.addresses;
    for (which, lookup) in lookups.iter_mut().enumerate() {
        let is_answered = matches!(
            lookup.status,
            LookupStatus::Found | LookupStatus::NoData | LookupStatus::NxDomain
        );
        if lookup.chain.len() > 1 || !is_answered {
            continue;
        }
        let sets = found.servers.iter().filter_map(|server| match &server.sets[which] {
            GivenSet::Steady(set) | GivenSet::Rotates(set) => Some(set),
            GivenSet::Nothing | GivenSet::Unknown(_) => None,
        });
        let known = lookup.addresses();
        let mut further: Vec<IpAddr> =
            sets.flatten().filter_map(|text| text.parse().ok()).collect();
        further.retain(|address| !known.contains(address));
        further.sort_unstable();
        further.dedup();
        further.truncate(max.saturating_sub(known.len()));
        if !further.is_empty() {
            lookup.records.extend(further.into_iter().map(RecordData::of_address));
            lookup.status = LookupStatus::Found;
            lookup.observations.extend(&found.observations);
        }
    }
}

/// The plain-HTTP twin of a web service's URL: the same host and path on port 80. `None` when the
/// service is declared on a port of its own.
pub fn plain_http_url(service: &Service) -> Option<Url> {
    let Target::Web(url) = &service.target else { return None };
    if url.port().is_some() {
        return None;
    }
    let mut plain = url.clone();
    plain.set_scheme("http").ok()?;
    Some(plain)
}

/// A sibling of the service's host that is not created by accident: if it resolves, a wildcard answers
/// for anything, and the host's own answer proves little.
pub fn wildcard_probe(service: &Service) -> Option<Name> {
    let host = service.target.host()?;
    let parent = host.name()?.parent()?;
    // The sibling of a name right below the root or a top-level domain belongs to a registry.
    parent.parent().filter(|grandparent| !grandparent.is_root())?;
    Some(parent.child("v6ready-wildcard-probe"))
}
