//! Goes down from the root as a resolver does, from what the evidence holds.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::hints;
use super::path::{
    AddressOutcome, Cut, DelegationFailure, Path, Reach, Resolution, ResolutionEnd, Server, Source,
    Unaddressed, Unserved,
};
use super::referral::{Step, read};
use crate::evidence::dns::address_type::address_type;
use crate::evidence::dns::exchange::{self, DNS_PORT, ExchangeOutcome, server_exchange};
use crate::evidence::query::{Gap, View};
use crate::model::{Family, Name, ObservationId, RecordData, RecordType, Transport};

/// What is known while one resolution is read. Nothing of it outlives the reading.
pub(super) struct IterativeResolver<'v, 'e> {
    view: &'v View<'e>,
    reach: Reach,
    /// Questions that may still be looked up.
    questions_left: usize,
    /// The names of servers that are being looked up, the outermost first.
    lookups_under_way: Vec<(Name, Family)>,
    found: HashMap<(Name, Family), Result<Vec<IpAddr>, Unaddressed>>,
    observations: Vec<ObservationId>,
}

/// What the servers of a zone answer together.
enum ZoneReply {
    Step(Step),
    Stopped(DelegationFailure),
    Unknown(Gap),
}

/// What is still missing has been requested.
struct Pending;

impl<'v, 'e> IterativeResolver<'v, 'e> {
    pub fn new(view: &'v View<'e>, reach: Reach) -> Self {
        Self {
            view,
            reach,
            questions_left: view.settings.limits.walk_questions,
            lookups_under_way: Vec::new(),
            found: HashMap::new(),
            observations: Vec::new(),
        }
    }

    /// The whole resolution, alias by alias.
    pub fn resolution(mut self, name: &Name, record_type: RecordType) -> Resolution {
        let (paths, end) = self.chain(name, record_type);
        Resolution { paths, end, observations: self.observations }
    }

    /// Each turn goes to one further name, which is new to the chain: the bound is the chain's.
    fn chain(&mut self, name: &Name, record_type: RecordType) -> (Vec<Path>, ResolutionEnd) {
        let mut paths: Vec<Path> = Vec::new();
        let mut next = name.clone();
        loop {
            let path = self.path(&next, record_type);
            let end = path.end.clone();
            paths.push(path);
            let ResolutionEnd::Alias(target) = end else { return (paths, end) };
            if paths.iter().any(|path| path.name == target) {
                return (paths, ResolutionEnd::AliasLoop);
            }
            if paths.len() > self.view.settings.limits.cname_links {
                return (paths, ResolutionEnd::AliasTooLong);
            }
            next = target;
        }
    }

    fn path(&mut self, name: &Name, record_type: RecordType) -> Path {
        let root = Cut {
            zone: Name::root(),
            source: Source::Hints,
            servers: hints::root(self.view).to_vec(),
            is_cut: false,
            led_on: None,
        };
        let mut path = Path {
            name: name.clone(),
            cuts: vec![root],
            end: ResolutionEnd::Unknown(Gap::NotObserved),
        };
        path.end = self.descend(&mut path.cuts, name, record_type);
        path
    }

    /// Each turn asks for one label more, or comes one zone further down.
    fn descend(
        &mut self,
        cuts: &mut Vec<Cut>,
        name: &Name,
        record_type: RecordType,
    ) -> ResolutionEnd {
        let candidates = self.candidates(name);
        let mut at = 0;
        loop {
            let (question_name, question_type) = match candidates.get(at) {
                Some(candidate) => (candidate, RecordType::NS),
                None => (name, record_type),
            };
            let Some(cut) = cuts.last_mut() else {
                return ResolutionEnd::Unknown(Gap::NotObserved);
            };
            let zone = cut.zone.clone();
            let step = match self.ask_zone(cut, question_name, question_type) {
                ZoneReply::Unknown(gap) => return ResolutionEnd::Unknown(gap),
                // Servers that know nothing but addresses answer badly, or not at all, when they are
                // asked for NS. Resolvers ask for the whole name then (RFC 9156 §2.3).
                ZoneReply::Stopped(DelegationFailure::Silent | DelegationFailure::Unusable)
                    if at < candidates.len() =>
                {
                    at = candidates.len();
                    continue;
                }
                ZoneReply::Stopped(stop) => return ResolutionEnd::Stopped(stop),
                ZoneReply::Step(step) => step,
            };
            match step {
                Step::Referral { apex, servers } => {
                    if cuts.len() >= self.view.settings.limits.delegation_depth {
                        return ResolutionEnd::Unknown(Gap::Limit);
                    }
                    at = candidates.iter().take_while(|name| apex.is_within(name)).count();
                    cuts.push(self.cut(apex, Source::Referral, servers));
                }
                Step::Apex { servers } if *question_name != zone => {
                    if cuts.len() >= self.view.settings.limits.delegation_depth {
                        return ResolutionEnd::Unknown(Gap::Limit);
                    }
                    let servers = inherit(servers, cuts);
                    cuts.push(self.cut(question_name.clone(), Source::Itself, servers));
                    at += 1;
                }
                _ if at < candidates.len() => match step {
                    Step::Alias(target) if question_name == name => {
                        return ResolutionEnd::Alias(target);
                    }
                    // Some servers deny names that have others below them (RFC 9156 §2.3): ask for
                    // the whole name at once.
                    Step::NxDomain => at = candidates.len(),
                    _ => at += 1,
                },
                Step::Answer(records) => return ResolutionEnd::Found(records),
                Step::Apex { .. } => return ResolutionEnd::Found(Vec::new()),
                Step::Alias(target) => return ResolutionEnd::Alias(target),
                Step::NxDomain => return ResolutionEnd::NxDomain,
                Step::NoData | Step::Truncated | Step::Unusable(_) => return ResolutionEnd::NoData,
            }
        }
    }

    fn cut(&self, zone: Name, source: Source, mut servers: Vec<Server>) -> Cut {
        let max = self.view.settings.limits.name_servers;
        let is_cut = servers.len() > max;
        servers.truncate(max);
        Cut { zone, source, servers, is_cut, led_on: None }
    }

    /// The names that are asked for NS, from the top-level domain down to the name itself. Of a
    /// name with very many labels only the first are asked one by one (RFC 9156 §2.3).
    fn candidates(&self, name: &Name) -> Vec<Name> {
        let mut names = Vec::new();
        let mut next = Some(name.clone());
        while let Some(candidate) = next.filter(|candidate| !candidate.is_root()) {
            next = candidate.parent();
            names.push(candidate);
        }
        names.reverse();
        let limit = self.view.settings.limits.minimised_labels;
        if names.len() > limit {
            names.truncate(limit.saturating_sub(1));
            names.push(name.clone());
        }
        names
    }

    /// Asks a zone's servers in turn until one says something that leads on. Every server is tried
    /// once before any is tried again, and IPv6 before IPv4, so that a path over either family is
    /// the path over IPv6 as far as that leads.
    fn ask_zone(&mut self, cut: &mut Cut, name: &Name, record_type: RecordType) -> ZoneReply {
        let was_silent = has_silent_server(cut);
        for server in &mut cut.servers {
            server.outcomes.clear();
        }
        // Those whose addresses are at hand come first.
        for family in self.reach.families() {
            let of_family = |address: &IpAddr| Family::of(*address) == *family;
            let mut order: Vec<usize> = (0..cut.servers.len()).collect();
            order.sort_by_key(|at| !cut.servers[*at].glue.iter().any(of_family));
            for round in 1..=self.view.settings.attempts.max(1) {
                for at in &order {
                    match self.ask_server(cut, *at, *family, round, name, record_type) {
                        Ok(None) => {}
                        Ok(Some(reply)) => return reply,
                        Err(Pending) => {
                            if was_silent || has_silent_server(cut) {
                                self.request_of_all(cut, round, name, record_type);
                            }
                            return ZoneReply::Unknown(Gap::NotObserved);
                        }
                    }
                }
            }
        }
        match why_stopped(cut) {
            // The root is always there: it is our own network that keeps us from it, or that answers
            // in its place.
            Ok(DelegationFailure::Silent | DelegationFailure::Unusable)
                if cut.source == Source::Hints && cut.led_on.is_none() =>
            {
                ZoneReply::Unknown(Gap::OurFault)
            }
            Ok(failure) => ZoneReply::Stopped(failure),
            Err(gap) => ZoneReply::Unknown(gap),
        }
    }

    /// Where a server of a zone was silent, the others are asked at once: their silence would be waited for
    /// one after the other.
    fn request_of_all(&self, cut: &Cut, round: u8, name: &Name, record_type: RecordType) {
        let max = self.view.settings.limits.addresses;
        for server in &cut.servers {
            let families = self.reach.families();
            let of_reach = |address: &&IpAddr| families.contains(&Family::of(**address));
            for address in server.glue.iter().filter(of_reach).take(max) {
                let socket = SocketAddr::new(*address, DNS_PORT);
                let udp = Transport::Udp;
                let question = exchange::server_question(socket, udp, name, record_type, false);
                server_exchange(self.view, question, round);
            }
        }
    }

    /// Asks at the addresses that one server has in a family; `None` when none leads on.
    fn ask_server(
        &mut self,
        cut: &mut Cut,
        at: usize,
        family: Family,
        round: u8,
        name: &Name,
        record_type: RecordType,
    ) -> Result<Option<ZoneReply>, Pending> {
        let addresses = match self.addresses(&cut.zone, &cut.servers[at], family)? {
            Ok(addresses) => addresses,
            Err(why) => {
                let server = &mut cut.servers[at];
                if server.unaddressed.is_none() || family == Family::Ipv6 {
                    server.unaddressed = Some(why);
                }
                return Ok(None);
            }
        };
        let max = self.view.settings.limits.addresses;
        cut.is_cut |= addresses.len() > max;
        for address in addresses.into_iter().take(max) {
            let socket = SocketAddr::new(address, DNS_PORT);
            let known = cut.servers[at].outcomes.iter().find(|(address, _)| *address == socket);
            if matches!(known, Some((_, AddressOutcome::Unusable(_) | AddressOutcome::NotGlobal))) {
                continue;
            }
            let Some((step, outcome)) = self.ask(&cut.zone, socket, round, name, record_type)?
            else {
                return Ok(Some(ZoneReply::Unknown(Gap::Limit)));
            };
            let server = &mut cut.servers[at];
            server.outcomes.retain(|(address, _)| *address != socket);
            server.outcomes.push((socket, outcome));
            if let Some(step) = step {
                cut.led_on = Some(socket);
                return Ok(Some(ZoneReply::Step(step)));
            }
        }
        Ok(None)
    }

    /// Asks at one address, over TCP too when the answer doesn't fit a datagram. `None` when no
    /// question is left.
    fn ask(
        &mut self,
        zone: &Name,
        server: SocketAddr,
        round: u8,
        name: &Name,
        record_type: RecordType,
    ) -> Result<Option<(Option<Step>, AddressOutcome)>, Pending> {
        for transport in [Transport::Udp, Transport::Tcp] {
            let Some(left) = self.questions_left.checked_sub(1) else { return Ok(None) };
            self.questions_left = left;
            let question = exchange::server_question(server, transport, name, record_type, false);
            let seen = server_exchange(self.view, question, round);
            self.observations.extend(&seen.observations);
            if seen.question.without_edns {
                self.questions_left = self.questions_left.saturating_sub(1);
            }
            let message = match seen.outcome {
                ExchangeOutcome::Pending => return Err(Pending),
                ExchangeOutcome::NotVisited => return Ok(Some((None, AddressOutcome::NotGlobal))),
                ExchangeOutcome::Malformed => {
                    return Ok(Some((None, AddressOutcome::Unusable(Unserved::Malformed))));
                }
                ExchangeOutcome::Failed(failure) if failure.is_ours() => {
                    return Ok(Some((None, AddressOutcome::Unknown(Gap::OurFault))));
                }
                // Its truncated answer over UDP shows that there is one.
                ExchangeOutcome::Failed(_) if transport == Transport::Tcp => break,
                ExchangeOutcome::Failed(_) => return Ok(Some((None, AddressOutcome::Silent))),
                ExchangeOutcome::Message(message) => message,
            };
            match read(&message, zone, name, record_type) {
                Step::Truncated => {}
                Step::Unusable(why) => return Ok(Some((None, AddressOutcome::Unusable(why)))),
                step => return Ok(Some((Some(step), AddressOutcome::Usable))),
            }
        }
        Ok(Some((None, AddressOutcome::Unusable(Unserved::Truncated))))
    }

    /// The addresses of a server in a family, from the delegation, or else found by following the path to
    /// its name: at most one more than [`crate::model::Limits::addresses`].
    fn addresses(
        &mut self,
        zone: &Name,
        server: &Server,
        family: Family,
    ) -> Result<Result<Vec<IpAddr>, Unaddressed>, Pending> {
        let max = self.view.settings.limits.addresses + 1;
        let glue = server.glue.iter().copied().filter(|a| Family::of(*a) == family);
        let glue: Vec<IpAddr> = glue.take(max).collect();
        if !glue.is_empty() {
            return Ok(Ok(glue));
        }
        if server.name.is_within(zone) {
            return Ok(Err(Unaddressed::NoGlue));
        }
        let key = (server.name.clone(), family);
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        if self.lookups_under_way.contains(&key) {
            return Ok(Err(Unaddressed::Loop));
        }
        if self.lookups_under_way.len() >= self.view.settings.limits.walk_nesting {
            return Ok(Err(Unaddressed::Unknown(Gap::Limit)));
        }
        self.lookups_under_way.push(key.clone());
        let (_, end) = self.chain(&server.name, address_type(family));
        self.lookups_under_way.pop();
        let found = match end {
            ResolutionEnd::Unknown(Gap::NotObserved) => return Err(Pending),
            ResolutionEnd::Unknown(gap) => Err(Unaddressed::Unknown(gap)),
            ResolutionEnd::Found(records) => Ok(of_records(&records, max)),
            ResolutionEnd::Stopped(DelegationFailure::Loop) => Err(Unaddressed::Loop),
            ResolutionEnd::Stopped(_) => Err(Unaddressed::Stopped),
            _ => Err(Unaddressed::NoRecord),
        };
        // What a look-up inside another finds can depend on what is under way.
        if found.is_ok() || self.lookups_under_way.is_empty() {
            self.found.insert(key, found.clone());
        }
        Ok(found)
    }
}

fn of_records(records: &[RecordData], max: usize) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = records
        .iter()
        .filter_map(|data| match data {
            RecordData::A(address) => Some((*address).into()),
            RecordData::Aaaa(address) => Some((*address).into()),
            _ => None,
        })
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(max);
    addresses
}

/// Servers that the zone above names too keep the addresses that are known from there.
fn inherit(mut servers: Vec<Server>, cuts: &[Cut]) -> Vec<Server> {
    for server in &mut servers {
        let known = cuts.iter().rev().flat_map(|cut| &cut.servers);
        if server.glue.is_empty()
            && let Some(known) = known.into_iter().find(|known| known.name == server.name)
        {
            server.glue.clone_from(&known.glue);
        }
    }
    servers
}

fn has_silent_server(cut: &Cut) -> bool {
    let outcomes = cut.servers.iter().flat_map(|server| &server.outcomes);
    outcomes.into_iter().any(|(_, outcome)| *outcome == AddressOutcome::Silent)
}

/// What our own fault or a limit of ours kept from being tried might have led on, so it comes before
/// what the others did.
fn why_stopped(cut: &Cut) -> Result<DelegationFailure, Gap> {
    let servers = &cut.servers;
    let any_outcome = |wanted: fn(&AddressOutcome) -> bool| {
        servers.iter().flat_map(|server| &server.outcomes).any(|(_, outcome)| wanted(outcome))
    };
    let unaddressed = |wanted: Unaddressed| servers.iter().any(|s| s.unaddressed == Some(wanted));
    if any_outcome(|outcome| matches!(outcome, AddressOutcome::Unknown(_)))
        || unaddressed(Unaddressed::Unknown(Gap::OurFault))
    {
        return Err(Gap::OurFault);
    }
    if unaddressed(Unaddressed::Unknown(Gap::Limit)) || cut.is_cut {
        return Err(Gap::Limit);
    }
    Ok(if any_outcome(|outcome| matches!(outcome, AddressOutcome::Unusable(_))) {
        DelegationFailure::Unusable
    } else if any_outcome(|outcome| *outcome == AddressOutcome::Silent) {
        // Those that led on for another question do answer.
        if cut.led_on.is_some() { DelegationFailure::Unusable } else { DelegationFailure::Silent }
    } else if unaddressed(Unaddressed::Loop) {
        DelegationFailure::Loop
    } else {
        DelegationFailure::NoAddress
    })
}
