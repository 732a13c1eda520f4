//! Where mail for a domain goes (RFC 5321 §5.1).

use std::net::IpAddr;

use crate::evidence::dns::ids;
use crate::evidence::dns::{Lookup, LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::model::{Family, Name, ObservationId, RecordData, RecordType};

/// The mail route of a domain.
#[derive(Clone, Debug)]
pub struct MailRoute {
    /// What the domain says.
    pub route: MailRouteKind,
    /// The look-up of its MX records.
    pub mx: Lookup,
    /// The exchangers, the preferred first, each once.
    pub exchangers: Vec<Exchanger>,
    /// Whether there are more exchangers, or more addresses of one of them, than we look at.
    pub is_cut: bool,
    /// The domain's own addresses, asked for where it has no MX.
    implicit: Option<Exchanger>,
}

/// How a domain takes its mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailRouteKind {
    /// At its exchangers.
    Exchangers,
    /// It takes none and says so (RFC 7505).
    NullMx,
    /// It has no MX but an address, which then takes the place of one (RFC 5321 §5.1).
    Implicit,
    /// It has neither MX nor address.
    Nowhere,
    /// The domain does not exist.
    NoDomain,
    /// A look-up failed, or was not made (yet).
    Unknown(Gap),
}

/// One mail exchanger.
#[derive(Clone, Debug)]
pub struct Exchanger {
    /// Its host name.
    pub name: Name,
    /// Lower is tried first.
    pub preference: u16,
    /// Its IPv6 addresses.
    pub aaaa: Lookup,
    /// Its IPv4 addresses.
    pub a: Lookup,
}

impl Exchanger {
    fn of(view: &View<'_>, name: Name, preference: u16) -> Self {
        let aaaa = resolve(view, &name, RecordType::AAAA);
        let a = resolve(view, &name, RecordType::A);
        Self { name, preference, aaaa, a }
    }

    /// The addresses of one family, sorted, at most [`crate::model::Limits::addresses`].
    pub fn addresses(&self, family: Family, view: &View<'_>) -> Vec<IpAddr> {
        let mut addresses = self.lookup(family).addresses();
        addresses.truncate(view.settings.limits.addresses);
        addresses
    }

    /// The look-up of one family.
    pub fn lookup(&self, family: Family) -> &Lookup {
        match family {
            Family::Ipv6 => &self.aaaa,
            Family::Ipv4 => &self.a,
        }
    }

    /// Whether the name is an alias, which an MX must not lead to (RFC 2181 §10.3).
    pub fn is_alias(&self) -> bool {
        self.aaaa.chain.len() > 1 || self.a.chain.len() > 1
    }
}

impl MailRoute {
    /// The facts that the route rests on.
    pub fn observations(&self) -> Vec<ObservationId> {
        let mut found = self.mx.observations.clone();
        for exchanger in self.exchangers.iter().chain(&self.implicit) {
            found.extend(ids(&[&exchanger.aaaa, &exchanger.a]));
        }
        found
    }
}

/// Finds where mail for a domain goes.
pub fn route(view: &View<'_>, domain: &Name) -> MailRoute {
    let mx = resolve(view, domain, RecordType::MX);
    let mut listed: Vec<(u16, Name)> = mx
        .records
        .iter()
        .filter_map(|data| match data {
            RecordData::Mx { preference, exchange } => Some((*preference, exchange.clone())),
            _ => None,
        })
        .collect();
    listed.sort();
    let null = listed.iter().any(|(_, exchange)| exchange.is_root());
    listed.retain(|(_, exchange)| !exchange.is_root());
    let mut exchangers: Vec<Exchanger> = Vec::new();
    let mut is_cut = false;
    for (preference, name) in listed {
        let known = exchangers.iter().any(|exchanger| exchanger.name == name);
        if known {
            continue;
        }
        if exchangers.len() < view.settings.limits.mail_exchangers {
            exchangers.push(Exchanger::of(view, name, preference));
        } else {
            is_cut = true;
        }
    }
    let addresses_max = view.settings.limits.addresses;
    let lookups = exchangers.iter().flat_map(|exchanger| [&exchanger.aaaa, &exchanger.a]);
    is_cut |= lookups.into_iter().any(|lookup| lookup.addresses().len() > addresses_max);
    let implicit =
        (mx.status == LookupStatus::NoData).then(|| Exchanger::of(view, domain.clone(), 0));
    let route = match (&mx.status, &implicit) {
        (LookupStatus::Found, _) if exchangers.is_empty() && null => MailRouteKind::NullMx,
        (LookupStatus::Found, _) => MailRouteKind::Exchangers,
        (LookupStatus::NxDomain, _) => MailRouteKind::NoDomain,
        (LookupStatus::NoData, Some(own)) => implicit_route(own),
        _ => MailRouteKind::Unknown(mx.gap().unwrap_or(Gap::Unresolved)),
    };
    MailRoute { route, mx, exchangers, is_cut, implicit }
}

fn implicit_route(own: &Exchanger) -> MailRouteKind {
    let found = |status| [&own.aaaa, &own.a].iter().any(|lookup| lookup.status == status);
    let settled = |lookup: &Lookup| {
        matches!(
            lookup.status,
            LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised
        )
    };
    if found(LookupStatus::Found) {
        MailRouteKind::Implicit
    } else if found(LookupStatus::NotObserved) {
        MailRouteKind::Unknown(Gap::NotObserved)
    } else if settled(&own.aaaa) && settled(&own.a) {
        MailRouteKind::Nowhere
    } else {
        MailRouteKind::Unknown(Gap::Unresolved)
    }
}
