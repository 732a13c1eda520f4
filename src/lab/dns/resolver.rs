//! The lab's recursive resolver: asks its way down from the root, over both families, and knows
//! nothing but the root hints. It doesn't validate: AD is never set, and CD makes no difference.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::answer::{dnssec_ok, empty_response, encode_response};
use super::transport::{Responder, serve_tcp, serve_udp};
use exchange::ask;

mod exchange;

/// Links of an alias chain that are followed.
const CHAIN_MAX: usize = 12;

/// Zone cuts between the root and an answer.
const DEPTH_MAX: usize = 16;

/// Look-ups of name servers' names inside one another.
const NESTING_MAX: u8 = 5;

/// Questions to name servers that one question of a client may cause.
const QUESTIONS_MAX: u32 = 80;

/// Addresses of one zone's servers that are tried.
const SERVERS_MAX: usize = 8;

/// How long a failure is remembered (RFC 9520 §3.2), and a silent server put last.
const REMEMBERED: Duration = Duration::from_secs(5);

/// The resolver with what it remembers. Records are kept for as long as the lab lasts, which is
/// shorter than their TTL.
pub(super) struct Resolver {
    root: Vec<SocketAddr>,
    /// How long one name server may take.
    patience: Duration,
    answers: Mutex<HashMap<(Name, RecordType), Arc<Resolved>>>,
    failures: Mutex<HashMap<(Name, RecordType), Instant>>,
    zones: Mutex<HashMap<Name, Vec<SocketAddr>>>,
    silent: Mutex<HashMap<SocketAddr, Instant>>,
}

/// What a name resolves to.
#[derive(Clone, Debug)]
struct Resolved {
    code: ResponseCode,
    answers: Vec<Record>,
    authorities: Vec<Record>,
}

/// No server that is authoritative for the name gave an answer.
struct Failed;

/// One client's question: what it may still cost.
struct Budget(AtomicU32);

impl Budget {
    fn take(&self) -> Result<(), Failed> {
        let spent = self.0.fetch_add(1, Ordering::Relaxed);
        if spent < QUESTIONS_MAX { Ok(()) } else { Err(Failed) }
    }
}

/// Answers at an address.
pub(super) fn start(address: SocketAddr, resolver: Arc<Resolver>) -> io::Result<()> {
    serve_udp(address, Arc::clone(&resolver))?;
    serve_tcp(address, resolver)
}

impl Responder for Resolver {
    async fn answer(&self, octets: Vec<u8>, udp: bool) -> Option<Vec<u8>> {
        let asked = Message::from_vec(&octets).ok()?;
        let query = asked.queries.first()?;
        let mut answer = empty_response(&asked);
        answer.metadata.recursion_available = true;
        if asked.metadata.recursion_desired {
            let budget = Budget(AtomicU32::new(0));
            match self.resolve(query.name().to_lowercase(), query.query_type(), &budget, 0).await {
                Ok(resolved) => {
                    answer.metadata.response_code = resolved.code;
                    answer.answers.clone_from(&resolved.answers);
                    answer.authorities.clone_from(&resolved.authorities);
                }
                Err(Failed) => answer.metadata.response_code = ResponseCode::ServFail,
            }
        } else {
            answer.metadata.response_code = ResponseCode::Refused;
        }
        let answer = answer.maybe_strip_dnssec_records(dnssec_ok(&asked));
        encode_response(answer, &asked, udp)
    }
}

type Resolving<'a> = Pin<Box<dyn Future<Output = Result<Arc<Resolved>, Failed>> + Send + 'a>>;

impl Resolver {
    pub fn new(root: Vec<SocketAddr>, patience: Duration) -> Self {
        Self {
            root,
            patience,
            answers: Mutex::default(),
            failures: Mutex::default(),
            zones: Mutex::default(),
            silent: Mutex::default(),
        }
    }

    /// Resolves a name, following aliases from zone to zone.
    fn resolve<'a>(
        &'a self,
        name: Name,
        record_type: RecordType,
        budget: &'a Budget,
        nesting: u8,
    ) -> Resolving<'a> {
        Box::pin(async move {
            let key = (name.clone(), record_type);
            if let Some(known) = lock(&self.answers).get(&key) {
                return Ok(Arc::clone(known));
            }
            if lock(&self.failures).get(&key).is_some_and(|at| at.elapsed() < REMEMBERED) {
                return Err(Failed);
            }
            match self.resolve_chain(name, record_type, budget, nesting).await {
                Ok(resolved) => {
                    let resolved = Arc::new(resolved);
                    lock(&self.answers).insert(key, Arc::clone(&resolved));
                    Ok(resolved)
                }
                Err(Failed) => {
                    // A failure deep in another look-up may be that one's own exhaustion.
                    if nesting == 0 {
                        lock(&self.failures).insert(key, Instant::now());
                    }
                    Err(Failed)
                }
            }
        })
    }

    async fn resolve_chain(
        &self,
        name: Name,
        record_type: RecordType,
        budget: &Budget,
        nesting: u8,
    ) -> Result<Resolved, Failed> {
        let mut resolved =
            Resolved { code: ResponseCode::NoError, answers: Vec::new(), authorities: Vec::new() };
        let mut name = name;
        let mut seen = vec![name.clone()];
        for _ in 0..CHAIN_MAX {
            let message = self.ask_authoritative(&name, record_type, budget, nesting).await?;
            let end = end_of_chain(&message.answers, &name);
            let is_whole = record_type == RecordType::CNAME
                || message.answers.iter().any(|record| record.record_type() == record_type)
                || end == name
                || message.metadata.response_code == ResponseCode::NXDomain
                || message.authorities.iter().any(|r| r.record_type() == RecordType::SOA);
            resolved.answers.extend(message.answers);
            resolved.code = message.metadata.response_code;
            if is_whole {
                resolved.authorities = message.authorities;
                resolved.authorities.retain(|record| record.record_type() != RecordType::NS);
                return Ok(resolved);
            }
            // A loop is reported as it is: the aliases, and nothing behind them.
            if seen.contains(&end) {
                return Ok(resolved);
            }
            seen.push(end.clone());
            name = end;
        }
        Ok(resolved)
    }

    /// Asks down from the closest known zone to the one that is authoritative for a name.
    async fn ask_authoritative(
        &self,
        name: &Name,
        record_type: RecordType,
        budget: &Budget,
        nesting: u8,
    ) -> Result<Message, Failed> {
        let (mut zone, mut servers) = self.closest_zone(name, record_type);
        for _ in 0..DEPTH_MAX {
            let message = self.ask_servers(&zone, &servers, name, record_type, budget).await?;
            if message.metadata.authoritative {
                return Ok(message);
            }
            let Some(child) = referral(&message, &zone, name) else { return Err(Failed) };
            servers = self.server_addresses(&message, &zone, &child, budget, nesting).await;
            if servers.is_empty() {
                return Err(Failed);
            }
            lock(&self.zones).insert(child.clone(), servers.clone());
            zone = child;
        }
        Err(Failed)
    }

    /// The closest zone above a name whose servers are known; DS is the parent's business.
    fn closest_zone(&self, name: &Name, record_type: RecordType) -> (Name, Vec<SocketAddr>) {
        let zones = lock(&self.zones);
        let mut above = name.clone();
        if record_type == RecordType::DS && !above.is_root() {
            above = above.base_name();
        }
        while !above.is_root() {
            if let Some(servers) = zones.get(&above) {
                return (above, servers.clone());
            }
            above = above.base_name();
        }
        (Name::root(), self.root.clone())
    }

    /// The first proper answer of a zone's servers: authoritative, or a referral further down.
    async fn ask_servers(
        &self,
        zone: &Name,
        servers: &[SocketAddr],
        name: &Name,
        record_type: RecordType,
        budget: &Budget,
    ) -> Result<Message, Failed> {
        let mut order: Vec<SocketAddr> = servers.iter().copied().take(SERVERS_MAX).collect();
        order.sort_by_key(|server| self.is_silent(*server));
        for server in order {
            budget.take()?;
            let Some(message) = ask(server, name, record_type, self.patience).await else {
                lock(&self.silent).insert(server, Instant::now());
                continue;
            };
            let code = message.metadata.response_code;
            let is_answer = message.metadata.authoritative
                && matches!(code, ResponseCode::NoError | ResponseCode::NXDomain);
            if is_answer || referral(&message, zone, name).is_some() {
                return Ok(message);
            }
        }
        Err(Failed)
    }

    fn is_silent(&self, server: SocketAddr) -> bool {
        lock(&self.silent).get(&server).is_some_and(|at| at.elapsed() < REMEMBERED)
    }

    /// The addresses of the servers that a referral names: its glue, or else what their names
    /// resolve to.
    async fn server_addresses(
        &self,
        message: &Message,
        zone: &Name,
        child: &Name,
        budget: &Budget,
        nesting: u8,
    ) -> Vec<SocketAddr> {
        let mut found = Vec::new();
        let mut without_glue = Vec::new();
        for host in name_servers(message, child) {
            // Only the zone that refers may say where a server below it is.
            let glue = message.additionals.iter().filter(|r| r.name == host && zone.zone_of(&host));
            let addresses: Vec<_> = glue.filter_map(|record| record.data.ip_addr()).collect();
            if addresses.is_empty() {
                without_glue.push(host);
            }
            found.extend(addresses.into_iter().map(|address| SocketAddr::new(address, 53)));
        }
        for host in without_glue {
            // A server inside the zone that it serves can't be found without glue.
            if child.zone_of(&host) || nesting >= NESTING_MAX {
                continue;
            }
            for record_type in [RecordType::AAAA, RecordType::A] {
                let looked_up = self.resolve(host.clone(), record_type, budget, nesting + 1).await;
                let answers = looked_up.map(|r| r.answers.clone()).unwrap_or_default();
                let addresses = answers.iter().filter_map(|record| record.data.ip_addr());
                found.extend(addresses.map(|address| SocketAddr::new(address, 53)));
            }
        }
        found
    }
}

/// The last name of the alias chain that an answer holds.
fn end_of_chain(answers: &[Record], name: &Name) -> Name {
    let mut end = name.clone();
    for _ in 0..answers.len() {
        let next = answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == end => Some(target.0.to_lowercase()),
            _ => None,
        });
        match next {
            Some(next) => end = next,
            None => break,
        }
    }
    end
}

/// The child zone that a message refers to: below the zone asked, and above the name.
fn referral(message: &Message, zone: &Name, name: &Name) -> Option<Name> {
    let is_plain = !message.metadata.authoritative && message.answers.is_empty();
    let servers =
        message.authorities.iter().filter(|record| record.record_type() == RecordType::NS);
    let child = servers.map(|record| record.name.to_lowercase()).find(|owner| {
        owner.num_labels() > zone.num_labels() && zone.zone_of(owner) && owner.zone_of(name)
    });
    child.filter(|_| is_plain)
}

fn name_servers(message: &Message, child: &Name) -> Vec<Name> {
    let of_child = message.authorities.iter().filter(|record| record.name == *child);
    of_child
        .filter_map(|record| match &record.data {
            RData::NS(host) => Some(host.0.to_lowercase()),
            _ => None,
        })
        .collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
