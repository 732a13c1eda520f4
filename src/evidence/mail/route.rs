//! Where mail for a domain goes (RFC 5321 §5.1).

use std::net::IpAddr;

use crate::evidence::dns::{Lookup, LookupStatus, ids, published, published_pair};
use crate::evidence::query::{Gap, View};
use crate::model::{Family, Name, ObservationId, RecordData, RecordType};

/// The mail route of a domain.
#[derive(Clone, Debug)]
pub struct MailRoute {
    /// What the domain says.
    pub route: MailRouteKind,
    /// The look-up of its MX records.
    pub mx: Lookup,
    /// The exchangers, the preferred first, each once. Where the domain has no MX it is itself the only
    /// one, if it has an address.
    pub exchangers: Vec<Exchanger>,
    /// Whether there are more exchangers, or more addresses of one of them, than we look at.
    pub is_cut: bool,
    /// What else the route rests on: where mail goes nowhere, that the domain has no address.
    further: Vec<ObservationId>,
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
    /// Nobody gets an answer of its name servers, or only aliases without an end.
    Unanswered,
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
        let [aaaa, a] = published_pair(view, &name);
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

    /// Whether the name is an address in the place of a name: mail software doesn't go there.
    pub fn is_address(&self) -> bool {
        self.name.as_str().parse::<IpAddr>().is_ok()
    }

    /// Whether there is no such name.
    pub fn is_missing(&self) -> bool {
        [&self.aaaa, &self.a].iter().all(|lookup| lookup.status == LookupStatus::NxDomain)
    }

    /// Whether the name is an alias, which an MX must not lead to (RFC 2181 §10.3). Mail software
    /// follows it all the same.
    pub fn is_alias(&self) -> bool {
        self.aaaa.chain.len() > 1 || self.a.chain.len() > 1
    }
}

impl MailRoute {
    /// The facts that the route rests on.
    pub fn observations(&self) -> Vec<ObservationId> {
        let mut found = self.mx.observations.clone();
        for exchanger in &self.exchangers {
            found.extend(ids(&[&exchanger.aaaa, &exchanger.a]));
        }
        found.extend(&self.further);
        found
    }

    /// The exchangers of which it is not known whether they have addresses of a family, each with why.
    /// Where another one has some, a name that nobody can look up is not among them: senders go to the
    /// other.
    pub fn unknown_exchangers(&self, family: Family) -> impl Iterator<Item = (&Exchanger, Gap)> {
        let mut lookups = self.exchangers.iter().map(|exchanger| exchanger.lookup(family));
        let is_some_found = lookups.any(|lookup| lookup.status == LookupStatus::Found);
        let gaps = self.exchangers.iter().filter_map(move |exchanger| {
            exchanger.lookup(family).gap().map(|gap| (exchanger, gap))
        });
        gaps.filter(move |(_, gap)| !is_some_found || *gap != Gap::Unresolved)
    }
}

/// Finds where mail for a domain goes.
pub fn route(view: &View<'_>, domain: &Name) -> MailRoute {
    let mx = published(view, domain, RecordType::MX);
    let mut route = MailRoute {
        route: MailRouteKind::Exchangers,
        exchangers: Vec::new(),
        is_cut: false,
        further: Vec::new(),
        mx,
    };
    match route.mx.status {
        LookupStatus::Found => add_listed(view, &mut route),
        LookupStatus::NxDomain => route.route = MailRouteKind::NoDomain,
        LookupStatus::NoData => add_implicit(view, domain, &mut route),
        _ => route.route = route.mx.gap().map_or(MailRouteKind::Unanswered, MailRouteKind::Unknown),
    }
    let addresses_max = view.settings.limits.addresses;
    let lookups = route.exchangers.iter().flat_map(|exchanger| [&exchanger.aaaa, &exchanger.a]);
    route.is_cut |= lookups.into_iter().any(|lookup| lookup.addresses().len() > addresses_max);
    route
}

/// The exchangers that the MX records name.
fn add_listed(view: &View<'_>, route: &mut MailRoute) {
    let mut listed: Vec<(u16, Name)> = route
        .mx
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
    // Beside an exchanger a null MX says nothing (RFC 7505 §3).
    if listed.is_empty() && null {
        route.route = MailRouteKind::NullMx;
    }
    for (preference, name) in listed {
        let known = route.exchangers.iter().any(|exchanger| exchanger.name == name);
        if known {
            continue;
        }
        if route.exchangers.len() < view.settings.limits.mail_exchangers {
            route.exchangers.push(Exchanger::of(view, name, preference));
        } else {
            route.is_cut = true;
        }
    }
}

/// The domain itself, to which mail goes where there is no MX.
fn add_implicit(view: &View<'_>, domain: &Name, route: &mut MailRoute) {
    let own = Exchanger::of(view, domain.clone(), 0);
    let found = |status| [&own.aaaa, &own.a].iter().any(|lookup| lookup.status == status);
    let gap = own.aaaa.gap().or(own.a.gap());
    route.route = if found(LookupStatus::Found) {
        MailRouteKind::Implicit
    } else if found(LookupStatus::NotObserved) {
        MailRouteKind::Unknown(Gap::NotObserved)
    } else {
        gap.map_or(MailRouteKind::Nowhere, MailRouteKind::Unknown)
    };
    if route.route == MailRouteKind::Implicit {
        route.exchangers.push(own);
    } else {
        route.further = ids(&[&own.aaaa, &own.a]);
    }
}
