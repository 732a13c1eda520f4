//! What each of a zone's servers publishes for a name, and whether it says the same twice.

use std::collections::BTreeSet;

use super::authority::{Authority, ServerAddress, subject};
use super::exchange::ServerExchange;
use crate::evidence::query::{Gap, View};
use crate::model::{
    Message, Name, ObservationId, Question, Rcode, RecordData, RecordType, Reply, Service,
};

/// How often a server is asked whose answer differs from another's: one that rotates its addresses gives
/// another one then. Every other server is asked once more than the rest: addresses of one machine that
/// takes turns would each give the same at every look if they were asked equally often.
const LOOKS: u8 = 4;

/// The types of record that are compared.
pub const COMPARED: [RecordType; 2] = [RecordType::AAAA, RecordType::A];

/// The records of one answer: addresses, or what stands in their place.
pub type RecordSet = BTreeSet<String>;

/// What the servers of a zone publish for a service's name.
#[derive(Clone, Debug)]
pub struct Consistency<'a> {
    /// What each address gives, in their order.
    pub servers: Vec<ServerRecords<'a>>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// What one address of a zone's servers gives.
#[derive(Clone, Debug)]
pub struct ServerRecords<'a> {
    /// The address.
    pub at: &'a ServerAddress,
    /// What it gives of each of [`COMPARED`].
    pub sets: [GivenSet; 2],
}

/// What an address gives of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenSet {
    /// The same at each look.
    Steady(RecordSet),
    /// One part of its records at one look, another at the next; these in all.
    Rotates(RecordSet),
    /// No answer with authority.
    Nothing,
    /// It is not known.
    Unknown(Gap),
}

/// Reads what each server gives. `None` for address literals and zones that are not known.
///
/// Servers are asked again only where their answers differ.
pub fn consistency<'a>(
    view: &View<'_>,
    service: &Service,
    authority: &'a Authority,
) -> Option<Consistency<'a>> {
    let (name, _) = subject(service)?;
    let apex = authority.apex.as_ref()?;
    let mut found = Consistency { servers: Vec::new(), observations: Vec::new() };
    for at in &authority.addresses {
        let sets = COMPARED.map(|record_type| match at.ask(view, apex, &name, record_type) {
            None => GivenSet::Nothing,
            Some(exchange) => {
                found.observations.extend(&exchange.observations);
                first_look(&name, &exchange, record_type)
            }
        });
        found.servers.push(ServerRecords { at, sets });
    }
    for (which, record_type) in COMPARED.into_iter().enumerate() {
        if !service.geo_dns && differ(&found.servers, which) {
            look_again(view, apex, (&name, record_type), which, &mut found);
        }
    }
    Some(found)
}

fn differ(servers: &[ServerRecords<'_>], which: usize) -> bool {
    let mut given = servers.iter().filter_map(|server| match &server.sets[which] {
        GivenSet::Steady(set) => Some(set),
        _ => None,
    });
    let first = given.next();
    given.any(|other| Some(other) != first)
}

fn look_again(
    view: &View<'_>,
    apex: &Name,
    (name, record_type): (&Name, RecordType),
    which: usize,
    found: &mut Consistency<'_>,
) {
    for (index, server) in found.servers.iter_mut().enumerate() {
        let GivenSet::Steady(first) = &server.sets[which] else { continue };
        let Some(exchange) = server.at.ask(view, apex, name, record_type) else { continue };
        let question = Question::Dns(exchange.question.clone());
        let (mut all, mut is_rotating) = (first.clone(), false);
        for (observation, id) in view.attempts(&question) {
            let Reply::Dns(message) = &observation.reply else { continue };
            let Some(set) = message.decoded().ok().and_then(|m| records(name, m, record_type))
            else {
                continue;
            };
            found.observations.push(id);
            is_rotating |= set != *first;
            all.extend(set);
        }
        let is_pending = view.request_missing(question.clone(), 1..=LOOKS);
        if index % 2 == 1 {
            view.request_missing(question, LOOKS + 1..=LOOKS + 1);
        }
        server.sets[which] = match (is_rotating, is_pending) {
            (true, _) => GivenSet::Rotates(all),
            (false, true) => GivenSet::Unknown(Gap::NotObserved),
            (false, false) => GivenSet::Steady(all),
        };
    }
}

fn first_look(name: &Name, exchange: &ServerExchange, record_type: RecordType) -> GivenSet {
    match (exchange.gap(), exchange.message()) {
        (Some(gap), _) => GivenSet::Unknown(gap),
        (None, None) => GivenSet::Nothing,
        (None, Some(message)) => {
            records(name, message, record_type).map_or(GivenSet::Nothing, GivenSet::Steady)
        }
    }
}

/// The records of the name itself: addresses of a type, or the alias in their place. What a server adds
/// about the alias's target is another zone's concern. `None` when it is no answer with authority.
fn records(name: &Name, message: &Message, record_type: RecordType) -> Option<RecordSet> {
    if !message.authoritative {
        return None;
    }
    match message.rcode {
        Rcode::NOERROR => {}
        Rcode::NXDOMAIN => return Some(RecordSet::from(["NXDOMAIN".to_owned()])),
        _ => return None,
    }
    let own = message.answers.iter().filter(|record| record.name == *name);
    let text = own.filter_map(|record| match &record.data {
        RecordData::Cname(target) => Some(format!("CNAME {target}")),
        RecordData::A(address) if record_type == RecordType::A => Some(address.to_string()),
        RecordData::Aaaa(address) if record_type == RecordType::AAAA => Some(address.to_string()),
        _ => None,
    });
    Some(text.collect())
}
