//! What the evidence says of a service as a whole.

use std::net::IpAddr;

use url::Url;

use super::View;
use super::lookup::{Lookup, resolve};
use crate::model::{Family, Host, Name, RecordType, Service, Target};

/// The published addresses of a service.
#[derive(Clone, Debug)]
pub enum Addresses {
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

impl Addresses {
    /// The addresses of one family, sorted, at most [`crate::model::Limits::addresses`].
    pub fn of(&self, family: Family, view: &View<'_>) -> Vec<IpAddr> {
        let mut addresses = self.all(family);
        addresses.truncate(view.settings.limits.addresses);
        addresses
    }

    /// Every published address of one family, sorted.
    pub fn all(&self, family: Family) -> Vec<IpAddr> {
        match (self, family) {
            (Self::Literal(address), _) if Family::of(*address) == family => vec![*address],
            (Self::Literal(_), _) => Vec::new(),
            (Self::Looked { aaaa, .. }, Family::Ipv6) => aaaa.addresses(),
            (Self::Looked { a, .. }, Family::Ipv4) => a.addresses(),
        }
    }

    /// The first address of one family that is beyond the limit, if any is: nothing is asked of it,
    /// nor of those after it.
    pub fn beyond_limit(&self, family: Family, view: &View<'_>) -> Option<IpAddr> {
        self.all(family).get(view.settings.limits.addresses).copied()
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

/// The published addresses of a service's host; `None` for a mail domain, whose exchangers are hosts
/// of their own, and for a zone, which is served by its name servers' addresses and not by those of
/// its apex.
pub fn addresses(view: &View<'_>, service: &Service) -> Option<Addresses> {
    if matches!(service.target, Target::Mail(_) | Target::Zone(_)) {
        return None;
    }
    Some(match service.target.host()? {
        Host::Address(address) => Addresses::Literal(address),
        Host::Name(name) => Addresses::Looked {
            aaaa: Box::new(resolve(view, &name, RecordType::AAAA)),
            a: Box::new(resolve(view, &name, RecordType::A)),
        },
    })
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

/// A sibling of the service's host that nobody would create: if it resolves, a wildcard answers
/// for anything, and the host's own answer proves little.
pub fn wildcard_probe(service: &Service) -> Option<Name> {
    let host = service.target.host()?;
    let parent = host.name()?.parent()?;
    // The sibling of a name right below the root or a top-level domain is a registry's affair.
    parent.parent().filter(|grandparent| !grandparent.is_root())?;
    Some(parent.child("v6ready-wildcard-probe"))
}
