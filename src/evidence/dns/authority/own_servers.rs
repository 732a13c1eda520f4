//! Who serves a zone, as each of its own servers says.

use std::net::IpAddr;

use super::ServerAddress;
use crate::evidence::dns::ns_names::ns_names;
use crate::evidence::query::View;
use crate::model::{Message, Name, ObservationId, Rcode, RecordType};

/// What a zone's own servers say of who serves it.
#[derive(Clone, Debug, Default)]
pub struct OwnServers {
    /// The NS records of the apex that any of the servers gives, sorted; `None` when none gives any.
    pub names: Option<Vec<Name>>,
    /// What each address that gives some says, in the order of the addresses.
    pub answers: Vec<OwnAnswer>,
    /// Whether some server that may name more has yet to be asked.
    pub is_pending: bool,
    /// Whether some server could not be asked through our own fault.
    pub is_ours: bool,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// The NS records that one address gives of its zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAnswer {
    /// The name server.
    pub server: Name,
    /// Its address.
    pub address: IpAddr,
    /// The names, sorted, each once.
    pub names: Vec<Name>,
}

/// Reads the zone's NS records as its own servers give them. An answer with another RCODE than 0 or
/// without such records says nothing of who serves the zone: every zone has some.
pub(super) fn read(view: &View<'_>, apex: &Name, addresses: &[ServerAddress]) -> OwnServers {
    let mut own = OwnServers::default();
    for at in addresses {
        let Some(exchange) = at.ask(view, apex, apex, RecordType::NS) else { continue };
        own.is_pending |= exchange.is_pending();
        own.is_ours |= exchange.is_ours();
        own.observations.extend(&exchange.observations);
        let names = exchange.message().map(|message| names(message, apex)).unwrap_or_default();
        if !names.is_empty() {
            let (server, address) = (at.server.clone(), at.address);
            own.answers.push(OwnAnswer { server, address, names });
        }
    }
    let mut all: Vec<Name> = own.answers.iter().flat_map(|answer| answer.names.clone()).collect();
    all.sort();
    all.dedup();
    own.names = Some(all).filter(|names| !names.is_empty());
    own
}

fn names(message: &Message, apex: &Name) -> Vec<Name> {
    if !message.authoritative || message.rcode != Rcode::NOERROR {
        return Vec::new();
    }
    let own = message.answers.iter().filter(|record| record.name == *apex);
    ns_names(own.map(|record| &record.data))
}
