//! The zone that a name belongs to, and its name servers.

use std::sync::Arc;

use super::ns_names::ns_names;
use super::{Lookup, LookupStatus, published, resolve};
use crate::evidence::query::{Topic, View};
use crate::model::{Name, ObservationId, RecordType};

/// A zone, found by the SOA that answers, never by counting labels.
#[derive(Clone, Debug)]
pub struct Zone {
    /// The zone's apex, when it was found.
    pub apex: Option<Name>,
    /// What came of looking for the SOA.
    pub soa: Lookup,
    /// What came of looking for the apex's NS records.
    pub ns: Option<Lookup>,
    /// The name servers, sorted by name: at most [`crate::model::Limits::name_servers`].
    pub name_servers: Vec<NameServer>,
    /// Whether there are more than that.
    pub is_cut: bool,
}

/// A name server and what its name resolves to.
#[derive(Clone, Debug)]
pub struct NameServer {
    /// Its name.
    pub name: Name,
    /// Its AAAA records.
    pub aaaa: Lookup,
}

impl Zone {
    /// The facts that this rests on.
    pub fn observations(&self) -> Vec<ObservationId> {
        let mut ids = self.soa.observations.clone();
        ids.extend(self.ns.iter().flat_map(|ns| ns.observations.iter().copied()));
        for server in &self.name_servers {
            ids.extend(server.aaaa.observations.iter().copied());
        }
        ids
    }

    /// Whether something is still to be asked.
    pub fn is_pending(&self) -> bool {
        self.soa.is_pending()
            || self.ns.as_ref().is_some_and(Lookup::is_pending)
            || self.name_servers.iter().any(|server| server.aaaa.is_pending())
    }
}

/// The zone that a name belongs to.
#[derive(PartialEq, Eq)]
struct ZoneOf(Name);

impl Topic for ZoneOf {
    type Reading = Zone;
}

/// Finds the zone of `name` and its name servers.
///
/// An SOA question is answered either by the zone itself (the name is the apex) or by a negative
/// answer whose authority section names the apex (RFC 2308 §3). An alias is a record of the zone
/// that holds it, so its SOA answer speaks of the target; the parent is asked instead.
pub fn zone(view: &View<'_>, name: &Name) -> Arc<Zone> {
    view.remembered(ZoneOf(name.clone()), || find(view, name))
}

fn find(view: &View<'_>, name: &Name) -> Zone {
    let soa = resolve(view, name, RecordType::SOA);
    let mut zone = Zone { apex: None, soa, ns: None, name_servers: Vec::new(), is_cut: false };
    if zone.soa.is_pending() {
        return zone;
    }
    if zone.soa.chain.len() > 1 {
        return match name.parent() {
            Some(parent) => find(view, &parent),
            None => zone,
        };
    }
    zone.apex = match zone.soa.status {
        LookupStatus::Found => Some(name.clone()),
        LookupStatus::NoData | LookupStatus::NxDomain => {
            zone.soa.soa_owner.clone().filter(|owner| name.is_within(owner))
        }
        _ => None,
    };
    let Some(apex) = zone.apex.clone() else { return zone };
    let ns = resolve(view, &apex, RecordType::NS);
    let mut names = ns_names(&ns.records);
    zone.is_cut = names.len() > view.settings.limits.name_servers;
    names.truncate(view.settings.limits.name_servers);
    for name in names {
        let aaaa = published(view, &name, RecordType::AAAA);
        zone.name_servers.push(NameServer { name, aaaa });
    }
    zone.ns = Some(ns);
    zone
}
