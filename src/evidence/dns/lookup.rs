//! Look-ups through the resolvers.

use std::net::IpAddr;
use std::sync::Arc;

use super::delegation::Unserved;
use crate::evidence::query::{Gap, View};
use crate::model::{
    DnsQuestion, Message, Name, NetFailure, Observation, ObservationId, Question, Rcode,
    RecordData, RecordType, Reply, Request, Transport,
};

/// What the resolvers say of one name and type.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// What came of it.
    pub status: LookupStatus,
    /// The names from the one asked to the last alias target.
    pub chain: Vec<Name>,
    /// The records of the wanted type at the end of the chain.
    pub records: Vec<RecordData>,
    /// The owner of the SOA in the authority section of a negative answer.
    pub soa_owner: Option<Name>,
    /// Why the resolvers gave no answer, where what the zone's servers say stands in its place
    /// ([`published`](super::published)).
    pub resolver_failure: Option<LookupFailure>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
}

/// What came of a look-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupStatus {
    /// Records of the wanted type.
    Found,
    /// The name exists without records of this type (RFC 2308 §2.2).
    NoData,
    /// All AAAA records were made up by the resolver's DNS64; the name has none of its own.
    Synthesised,
    /// The name does not exist (RFC 2308 §2.1).
    NxDomain,
    /// The alias chain is longer than [`crate::model::Limits::cname_links`], and than any resolver follows.
    ChainTooLong,
    /// The alias chain leads back into itself.
    ChainLooped,
    /// The resolvers gave no answer, and neither did the zone's servers: nobody finds the name.
    Unserved(Unserved),
    /// No attempt brought an answer; this is the last one's failure.
    Failed(LookupFailure),
    /// Not asked, or something is still to be asked before it is known.
    NotObserved,
}

/// Why a look-up brought no answer. None of these means that there are no records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupFailure {
    /// An RCODE other than NOERROR and NXDOMAIN.
    Rcode(Rcode),
    /// What came is not a DNS message.
    Malformed,
    /// The answer is empty, without so much as an SOA record that would say by whose authority (RFC 2308
    /// §2.2 type 3), and the zone's own servers don't confirm it.
    Unconfirmed,
    /// No message came from the resolver.
    Net(NetFailure),
}

impl LookupStatus {
    /// Why nothing follows from a look-up that came to this, when nothing does.
    pub fn gap(&self) -> Option<Gap> {
        match self {
            Self::NotObserved => Some(Gap::NotObserved),
            Self::Failed(failure) => Some(failure.gap()),
            Self::Found
            | Self::NoData
            | Self::NxDomain
            | Self::Synthesised
            | Self::ChainLooped
            | Self::ChainTooLong
            | Self::Unserved(_) => None,
        }
    }
}

impl LookupStatus {
    /// Whether it is known that there are no records, or none that anybody gets.
    pub fn is_known_empty(&self) -> bool {
        match self {
            Self::NoData
            | Self::NxDomain
            | Self::Synthesised
            | Self::ChainLooped
            | Self::ChainTooLong
            | Self::Unserved(_) => true,
            Self::Found | Self::Failed(_) | Self::NotObserved => false,
        }
    }
}

impl LookupFailure {
    /// Why nothing follows from a look-up that failed so.
    pub fn gap(&self) -> Gap {
        match self {
            Self::Net(failure) if failure.is_ours() => Gap::OurFault,
            _ => Gap::Unresolved,
        }
    }
}

impl Lookup {
    /// Why nothing follows from it, when nothing does.
    pub fn gap(&self) -> Option<Gap> {
        self.status.gap()
    }

    /// Whether something is still to be asked.
    pub fn is_pending(&self) -> bool {
        self.status == LookupStatus::NotObserved
    }

    /// Whether the look-up failed or was not made, so that nothing follows from what it lacks.
    pub fn is_unresolved(&self) -> bool {
        self.status != LookupStatus::Found && !self.is_known_empty()
    }

    /// Whether it is known that there are no records, or none that anybody gets.
    pub fn is_known_empty(&self) -> bool {
        self.status.is_known_empty()
    }

    /// Whether it is an empty answer that doesn't say by whose authority.
    pub fn is_unconfirmed(&self) -> bool {
        self.status == LookupStatus::NoData && self.soa_owner.is_none()
    }

    /// The addresses that were found, sorted, each once.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses: Vec<IpAddr> = self
            .records
            .iter()
            .filter_map(|data| match data {
                RecordData::A(address) => Some(IpAddr::V4(*address)),
                RecordData::Aaaa(address) => Some(IpAddr::V6(*address)),
                _ => None,
            })
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }
}

/// The question that attempt number `attempt` (from 1) asks: the resolvers take turns.
pub fn dns_question(
    view: &View<'_>,
    name: &Name,
    record_type: RecordType,
    attempt: u8,
) -> Option<DnsQuestion> {
    let resolvers = &view.settings.resolvers;
    let turn = usize::from(attempt.max(1) - 1).checked_rem(resolvers.len())?;
    Some(DnsQuestion {
        server: resolvers[turn],
        transport: Transport::Udp,
        name: name.clone(),
        record_type,
        recursion_desired: true,
        checking_disabled: false,
        dnssec_ok: false,
        without_edns: false,
    })
}

/// Reads what the resolvers answered for a name, following aliases.
pub fn resolve(view: &View<'_>, name: &Name, record_type: RecordType) -> Lookup {
    let mut lookup = Lookup {
        status: LookupStatus::NotObserved,
        chain: vec![name.clone()],
        records: Vec::new(),
        soa_owner: None,
        resolver_failure: None,
        observations: Vec::new(),
    };
    // Each turn asks one further name, which is new to the chain: the bound is the chain's.
    while let Some(next) = step(view, record_type, &mut lookup) {
        lookup.chain.push(next);
    }
    if record_type == RecordType::AAAA && lookup.status == LookupStatus::Found {
        remove_synthesised(view, &mut lookup);
    }
    lookup
}

/// Reads the answer for the last name of the chain; returns the name to ask next when the answer
/// leaves the chain unfinished.
fn step(view: &View<'_>, record_type: RecordType, lookup: &mut Lookup) -> Option<Name> {
    let asked = lookup.chain.last()?.clone();
    match ask(view, &asked, record_type, lookup) {
        Ok(None) => None,
        Err(failure) => {
            lookup.status = LookupStatus::Failed(failure);
            None
        }
        Ok(Some(message)) => read(view, &message, record_type, lookup),
    }
}

/// The first usable answer among the attempts; `Ok(None)` when another request is needed first.
fn ask(
    view: &View<'_>,
    name: &Name,
    record_type: RecordType,
    lookup: &mut Lookup,
) -> Result<Option<Arc<Message>>, LookupFailure> {
    let mut last_failure = LookupFailure::Net(NetFailure::NoRoute);
    for attempt in 1..=view.settings.attempts.max(1) {
        let Some(mut question) = dns_question(view, name, record_type, attempt) else {
            return Err(last_failure);
        };
        let mut reply = find(view, &question, attempt, lookup);
        if let Some(Ok(message)) = &reply
            && message.truncated
        {
            question.transport = Transport::Tcp;
            reply = find(view, &question, attempt, lookup);
        }
        match reply {
            None => {
                view.request(Request::nth(Question::Dns(question), attempt));
                return Ok(None);
            }
            Some(Ok(message)) if matches!(message.rcode, Rcode::NOERROR | Rcode::NXDOMAIN) => {
                return Ok(Some(message));
            }
            Some(Ok(message)) => last_failure = LookupFailure::Rcode(message.rcode),
            Some(Err(failure)) => last_failure = failure,
        }
    }
    Err(last_failure)
}

fn find(
    view: &View<'_>,
    question: &DnsQuestion,
    attempt: u8,
    lookup: &mut Lookup,
) -> Option<Result<Arc<Message>, LookupFailure>> {
    let question = Question::Dns(question.clone());
    let (observation, id) =
        view.attempts(&question).find(|(observation, _)| observation.request.attempt == attempt)?;
    lookup.observations.push(id);
    Some(message(observation))
}

/// The DNS message of an observation, or why there is none.
fn message(observation: &Observation) -> Result<Arc<Message>, LookupFailure> {
    match &observation.reply {
        Reply::Dns(message) => message.decoded().cloned().map_err(|_| LookupFailure::Malformed),
        Reply::DnsFailed(failure) => Err(LookupFailure::Net(failure.clone())),
        _ => Err(LookupFailure::Malformed),
    }
}

fn read(
    view: &View<'_>,
    message: &Message,
    record_type: RecordType,
    lookup: &mut Lookup,
) -> Option<Name> {
    let start = lookup.chain.len();
    loop {
        let current = lookup.chain.last()?.clone();
        let mut wanted = message
            .answers
            .iter()
            .filter(|record| record.name == current && record.record_type == record_type)
            .peekable();
        if wanted.peek().is_some() {
            lookup.records = wanted.map(|record| record.data.clone()).collect();
            lookup.status = LookupStatus::Found;
            return None;
        }
        let alias = message.answers.iter().find_map(|record| match &record.data {
            RecordData::Cname(target) if record.name == current => Some(target.clone()),
            _ => None,
        });
        let Some(target) = alias else { break };
        if lookup.chain.contains(&target) {
            lookup.status = LookupStatus::ChainLooped;
            return None;
        }
        lookup.chain.push(target);
        if lookup.chain.len() > view.settings.limits.cname_links {
            lookup.status = LookupStatus::ChainTooLong;
            return None;
        }
    }
    lookup.soa_owner = message
        .authorities
        .iter()
        .find(|record| record.record_type == RecordType::SOA)
        .map(|record| record.name.clone());
    if message.rcode == Rcode::NXDOMAIN {
        lookup.status = LookupStatus::NxDomain;
        return None;
    }
    // An answer that stops in mid-chain without saying that the chain ends there: ask for the rest.
    if lookup.chain.len() > start && lookup.soa_owner.is_none() {
        return lookup.chain.pop();
    }
    lookup.status = LookupStatus::NoData;
    None
}

fn remove_synthesised(view: &View<'_>, lookup: &mut Lookup) {
    lookup.records.retain(|data| match data {
        RecordData::Aaaa(address) => !view.dns64.iter().any(|prefix| prefix.contains(address)),
        _ => true,
    });
    if lookup.records.is_empty() {
        lookup.status = LookupStatus::Synthesised;
    }
}

/// The facts that look-ups rest on.
pub(in crate::evidence) fn ids(lookups: &[&Lookup]) -> Vec<ObservationId> {
    lookups.iter().flat_map(|lookup| lookup.observations.iter().copied()).collect()
}
