//! What each server of the parent zone says of a delegation: parents can disagree.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use crate::evidence::dns::delegation::{Cut, Referred, Resolution, Server, Source, referred};
use crate::evidence::dns::exchange::{self, DNS_PORT, ExchangeOutcome, server_exchange};
use crate::evidence::dns::published;
use crate::evidence::query::View;
use crate::model::{Name, ObservationId, RecordType, Transport};

/// What one server of the parent zone says of the zone, asked at one of its addresses.
#[derive(Clone, Debug)]
pub struct ParentAnswer {
    /// The server.
    pub server: Name,
    /// Where it was asked; `None` where it has no address.
    pub address: Option<IpAddr>,
    /// What it says.
    pub says: ParentSays,
    /// Whether something is still to be asked.
    pub is_pending: bool,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// What a server of the parent zone says of who serves the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParentSays {
    /// It delegates the zone to these servers.
    Delegates(Vec<Server>),
    /// It serves the zone too, and shows the zone's own NS records.
    ServesItToo(Vec<Name>),
    /// Nothing of either kind, or it could not be asked.
    Nothing,
}

/// Asks each server of the zone above `apex` on the path for the delegation, at one address: IPv6 where
/// it has one.
pub(super) fn answers(view: &View<'_>, path: &Resolution, apex: &Name) -> Vec<ParentAnswer> {
    let cuts = path.paths.first().map_or(&[][..], |path| &path.cuts);
    let above = cuts.iter().position(|cut| cut.zone == *apex).and_then(|at| at.checked_sub(1));
    let Some(parent) = above.map(|at| &cuts[at]) else { return Vec::new() };
    parent.servers.iter().map(|server| answer(view, &parent.zone, server, apex)).collect()
}

fn answer(view: &View<'_>, parent: &Name, server: &Server, apex: &Name) -> ParentAnswer {
    let mut answer = ParentAnswer {
        server: server.name.clone(),
        address: None,
        says: ParentSays::Nothing,
        is_pending: false,
        observations: Vec::new(),
    };
    answer.address = address_of(view, server, &mut answer);
    let Some(address) = answer.address else { return answer };
    for transport in [Transport::Udp, Transport::Tcp] {
        let socket = SocketAddr::new(address, DNS_PORT);
        let question = exchange::server_question(socket, transport, apex, RecordType::NS, false);
        let seen = server_exchange(view, question, view.settings.attempts);
        answer.is_pending |= seen.is_pending();
        answer.observations.extend(&seen.observations);
        let ExchangeOutcome::Message(message) = &seen.outcome else { break };
        match referred(message, parent, apex) {
            Referred::Truncated => {}
            Referred::To(servers) => {
                answer.says = ParentSays::Delegates(servers);
                break;
            }
            Referred::Itself(names) => {
                answer.says = ParentSays::ServesItToo(names);
                break;
            }
            Referred::Nothing => break,
        }
    }
    answer
}

fn address_of(view: &View<'_>, server: &Server, answer: &mut ParentAnswer) -> Option<IpAddr> {
    let known = |wanted: fn(&IpAddr) -> bool| {
        let asked = server.outcomes.iter().map(|(socket, _)| socket.ip());
        server.glue.iter().copied().chain(asked).find(wanted)
    };
    if let Some(address) = known(IpAddr::is_ipv6).or_else(|| known(IpAddr::is_ipv4)) {
        return Some(address);
    }
    for record_type in [RecordType::AAAA, RecordType::A] {
        let lookup = published(view, &server.name, record_type);
        answer.is_pending |= lookup.is_pending();
        answer.observations.extend(&lookup.observations);
        if let Some(address) = lookup.addresses().first() {
            return Some(*address);
        }
    }
    None
}

/// Every name that a server of the parent names.
pub(super) fn names(answers: &[ParentAnswer]) -> BTreeSet<Name> {
    let mut names = BTreeSet::new();
    for answer in answers {
        if let ParentSays::Delegates(servers) = &answer.says {
            names.extend(servers.iter().map(|server| server.name.clone()));
        }
    }
    names
}

/// The delegation as the first of the parent's servers shows it that shows one.
pub(super) fn delegation(answers: &[ParentAnswer], apex: &Name) -> Option<Cut> {
    let servers = answers.iter().find_map(|answer| match &answer.says {
        ParentSays::Delegates(servers) => Some(servers.clone()),
        ParentSays::ServesItToo(_) | ParentSays::Nothing => None,
    })?;
    Some(Cut { zone: apex.clone(), source: Source::Referral, servers, is_cut: false, led_on: None })
}
