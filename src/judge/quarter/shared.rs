//! What several services fail on together: one name server, one hosting prefix, one host.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::judge::{RunResult, Standing};
use crate::model::{Inventory, Name, Outcome, Service, Severity, SubjectName};

/// Services that must fail on a thing before it counts as shared.
const SERVICES_MIN: usize = 2;

/// Undeclared IPv6 addresses are grouped by this length: what a site is usually given (RFC 6177).
const SITE_IPV6_BITS: u8 = 48;

/// Undeclared IPv4 addresses are grouped by this length: the longest that is routed globally.
const SITE_IPV4_BITS: u8 = 24;

/// A thing that several services rest on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedThing {
    /// A name server.
    NameServer(Name),
    /// A range of addresses: a declared network, with its owner's words for it, or the site that
    /// the addresses lie in.
    Network(IpNet, Option<String>),
    /// A host, which may be a third party's.
    Host(Name),
}

/// A thing on which several services fail.
#[derive(Clone)]
pub struct Shared {
    /// Which.
    pub thing: SharedThing,
    /// The checks that fail on it, with their reasons.
    pub failures: Vec<(&'static str, &'static str)>,
    /// The services that fail on it, in the inventory's order.
    pub services: Vec<Arc<Service>>,
    /// How many of them it holds at their stage, alone or with others.
    pub holds: usize,
}

#[derive(Default)]
struct Seen {
    failures: BTreeSet<(&'static str, &'static str)>,
    services: BTreeSet<usize>,
    holds: BTreeSet<usize>,
}

/// Everything that at least two services fail on with an error or worse, what holds most services
/// first.
pub fn shared(result: &RunResult) -> Vec<Shared> {
    let mut things: BTreeMap<SharedThing, Seen> = BTreeMap::new();
    for (number, service) in result.services.iter().enumerate() {
        if service.standing == Standing::NotCounted || !service.fails_at(Severity::Error) {
            continue;
        }
        let verdicts = service.verdicts.unpack();
        for judged in verdicts.iter().filter(|judged| judged.fails_at(Severity::Error)) {
            let holds = service.blockers.iter().any(|blocker| blocker.check == judged.check.id);
            for subject in &judged.verdict.subjects {
                if subject.outcome != Outcome::Fail {
                    continue;
                }
                let Some(thing) = thing(&subject.name, &result.inventory) else { continue };
                let seen = things.entry(thing).or_default();
                seen.failures.insert((judged.check.id, subject.reason));
                seen.services.insert(number);
                if holds {
                    seen.holds.insert(number);
                }
            }
        }
    }
    let mut shared: Vec<Shared> = things
        .into_iter()
        .filter(|(_, seen)| seen.services.len() >= SERVICES_MIN)
        .map(|(thing, seen)| Shared {
            thing,
            failures: seen.failures.into_iter().collect(),
            holds: seen.holds.len(),
            services: seen
                .services
                .iter()
                .filter_map(|number| result.services.get(*number))
                .map(|service| Arc::clone(&service.service))
                .collect(),
        })
        .collect();
    // Stable: equals stay in the order of their things.
    shared.sort_by_key(|shared| (Reverse(shared.holds), Reverse(shared.services.len())));
    shared
}

fn thing(subject: &SubjectName, inventory: &Inventory) -> Option<SharedThing> {
    match subject {
        SubjectName::NameServer(name, _) => Some(SharedThing::NameServer(name.clone())),
        SubjectName::Host(name) => Some(SharedThing::Host(name.clone())),
        SubjectName::Socket(socket) => network(socket.ip(), inventory),
        SubjectName::Address(address) => network(*address, inventory),
        SubjectName::Url(url) => match url::Url::parse(url).ok()?.host()? {
            url::Host::Domain(name) => Some(SharedThing::Host(Name::from_presentation(name))),
            url::Host::Ipv4(address) => network(address.into(), inventory),
            url::Host::Ipv6(address) => network(address.into(), inventory),
        },
        SubjectName::Control(_) => None,
    }
}

fn network(address: IpAddr, inventory: &Inventory) -> Option<SharedThing> {
    // A testbed's range only says that its addresses count as global; no service is hosted in it for that.
    if let Some(network) = inventory.networks.owner(address).filter(|network| !network.testbed) {
        return Some(SharedThing::Network(network.prefix.trunc(), Some(network.name.clone())));
    }
    let site: IpNet = match address {
        IpAddr::V6(address) => Ipv6Net::new(address, SITE_IPV6_BITS).ok()?.trunc().into(),
        IpAddr::V4(address) => Ipv4Net::new(address, SITE_IPV4_BITS).ok()?.trunc().into(),
    };
    Some(SharedThing::Network(site, None))
}
