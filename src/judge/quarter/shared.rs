//! Causes that several services fail by: one name server, one certificate, one filter before a network, one
//! server, one host that pages need.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::failing::{FailingRoot, failing_roots, lifts};
use crate::judge::RunResult;
use crate::model::{Inventory, Name, Service, Severity, Subject, SubjectName};

/// Services that must fail by a cause before it counts as shared.
const SERVICES_MIN: usize = 2;

/// Packets that are lost or turned away on the way are so for a whole site: what it is usually given
/// (RFC 6177), and for IPv4 the longest prefix that is routed globally.
const SITE_BITS: (u8, u8) = (48, 24);

/// A refusal comes from a server, or from a filter close to it: within one network segment.
const SEGMENT_BITS: (u8, u8) = (64, 32);

/// A cause that several services fail by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SharedCause {
    /// A name server.
    NameServer(Name),
    /// A certificate, by its digest.
    Certificate(String),
    /// Packets to one port of a range of addresses come to the same end.
    Network {
        /// The range that all addresses lie in.
        prefix: IpNet,
        /// The port.
        port: u16,
        /// The end, in a check's word.
        reason: &'static str,
    },
    /// An address at which a check fails for one reason.
    Address(IpAddr, &'static str, &'static str),
    /// A host of the owner's.
    Host(Name),
    /// Somebody else's host.
    ThirdParty(Name),
}

/// A cause that several services fail by.
#[derive(Clone)]
pub struct Shared {
    /// Which.
    pub cause: SharedCause,
    /// The owner's words for the declared network that it lies in.
    pub network: Option<String>,
    /// The checks that fail by it, with their reasons.
    pub failures: Vec<(&'static str, &'static str)>,
    /// The services that fail by it, in the inventory's order.
    pub services: Vec<Arc<Service>>,
    /// How many of them it holds at their stage, alone or with others.
    pub holds: usize,
    /// How many of them climb at least one stage when it alone is mended.
    pub lifts: usize,
}

#[derive(Default)]
struct Seen {
    failures: BTreeSet<(&'static str, &'static str)>,
    services: BTreeSet<usize>,
    holds: BTreeSet<usize>,
    addresses: BTreeSet<IpAddr>,
}

/// Every cause that at least two services fail by, what lifts most services first.
pub fn shared(result: &RunResult) -> Vec<Shared> {
    let failing = failing_roots(result);
    let mut causes: BTreeMap<SharedCause, Seen> = BTreeMap::new();
    for (number, roots) in failing.iter().enumerate() {
        for root in roots {
            for subject in root.failing() {
                let Some(cause) = cause_of(root, subject) else { continue };
                let seen = causes.entry(cause).or_default();
                seen.failures.insert((root.check.id, subject.reason));
                seen.services.insert(number);
                seen.addresses.extend(address_of(&subject.name));
                if root.holds {
                    seen.holds.insert(number);
                }
            }
        }
    }
    let mut shared: Vec<Shared> = causes
        .into_iter()
        .filter(|(_, seen)| seen.services.len() >= SERVICES_MIN)
        .map(|(cause, seen)| {
            let services: Vec<_> = seen
                .services
                .iter()
                .filter_map(|number| Some((result.services.get(*number)?, failing.get(*number)?)))
                .collect();
            let lifted = services.iter().filter(|(service, roots)| {
                lifts(result, service, roots, |root, subject| {
                    subject.and_then(|subject| cause_of(root, subject)).as_ref() == Some(&cause)
                })
            });
            Shared {
                network: network_of(&seen.addresses, &result.inventory),
                failures: seen.failures.into_iter().collect(),
                holds: seen.holds.len(),
                lifts: lifted.count(),
                services: services.iter().map(|(one, _)| Arc::clone(&one.service)).collect(),
                cause: narrowed(cause, &seen.addresses),
            }
        })
        .collect();
    // Stable: equals stay in the order of their causes.
    shared.sort_by_key(|shared| {
        (Reverse(shared.lifts), Reverse(shared.holds), Reverse(shared.services.len()))
    });
    shared
}

/// The cause that a root's failure on a thing comes from; none for what is too mild to be worth a line.
fn cause_of(root: &FailingRoot, subject: &Subject) -> Option<SharedCause> {
    let cause = match &subject.name {
        SubjectName::NameServer(name, _) => SharedCause::NameServer(name.clone()),
        SubjectName::Host(name) if subject.reason.starts_with("third-party") => {
            SharedCause::ThirdParty(name.clone())
        }
        SubjectName::Host(name) => SharedCause::Host(name.clone()),
        SubjectName::Socket(socket) => match certificate(subject) {
            Some(digest) => SharedCause::Certificate(digest),
            None => at_address(root, subject, socket.ip(), socket.port())?,
        },
        SubjectName::Address(address) => {
            SharedCause::Address(*address, root.check.id, subject.reason)
        }
        SubjectName::Url(url) => match url::Url::parse(url).ok()?.host()? {
            url::Host::Domain(name) => SharedCause::Host(Name::from_presentation(name)),
            url::Host::Ipv4(at) => SharedCause::Address(at.into(), root.check.id, subject.reason),
            url::Host::Ipv6(at) => SharedCause::Address(at.into(), root.check.id, subject.reason),
        },
        SubjectName::Control(_) => return None,
    };
    let least = match cause {
        // One certificate that is about to end, and one host without IPv6, are many services' matter.
        SharedCause::Certificate(_) | SharedCause::ThirdParty(_) => Severity::Warning,
        _ => Severity::Error,
    };
    (root.severity <= least).then_some(cause)
}

/// The digest of the certificate that a subject names.
fn certificate(subject: &Subject) -> Option<String> {
    let mut detail = subject.detail.iter();
    detail.find(|(key, _)| *key == "leaf").map(|(_, digest)| digest.clone())
}

/// What fails to connect does so by a filter before a network; what answers there is a server's own.
fn at_address(
    root: &FailingRoot,
    subject: &Subject,
    address: IpAddr,
    port: u16,
) -> Option<SharedCause> {
    let reason = subject.reason;
    let (bits6, bits4) = match (root.check.id, reason) {
        ("reach-port", "timed-out") | ("reach-pmtu", _) => SITE_BITS,
        ("reach-port", icmp) if icmp.starts_with("icmp-") => SITE_BITS,
        ("reach-port" | "reach-parity", _) => SEGMENT_BITS,
        (check, _) => return Some(SharedCause::Address(address, check, reason)),
    };
    let prefix: IpNet = match address {
        IpAddr::V6(address) => Ipv6Net::new(address, bits6).ok()?.trunc().into(),
        IpAddr::V4(address) => Ipv4Net::new(address, bits4).ok()?.trunc().into(),
    };
    Some(SharedCause::Network { prefix, port, reason })
}

/// A site's range becomes that of one segment where no address lies outside of it.
fn narrowed(cause: SharedCause, addresses: &BTreeSet<IpAddr>) -> SharedCause {
    match cause {
        SharedCause::Network { prefix: IpNet::V6(site), port, reason } => {
            let segment = addresses.iter().find_map(|address| match address {
                IpAddr::V6(address) => Ipv6Net::new(*address, SEGMENT_BITS.0).ok(),
                IpAddr::V4(_) => None,
            });
            let segment = segment.map(|segment| IpNet::V6(segment.trunc()));
            let all = |net: &IpNet| addresses.iter().all(|address| net.contains(address));
            let prefix = segment.filter(all).unwrap_or(IpNet::V6(site));
            SharedCause::Network { prefix, port, reason }
        }
        other => other,
    }
}

fn address_of(name: &SubjectName) -> Option<IpAddr> {
    match name {
        SubjectName::Socket(socket) => Some(socket.ip()),
        SubjectName::Address(address) => Some(*address),
        _ => None,
    }
}

/// The owner's words for the network that all addresses lie in.
fn network_of(addresses: &BTreeSet<IpAddr>, inventory: &Inventory) -> Option<String> {
    // A testbed's range only says that its addresses count as global; no service is hosted in it for that.
    let owner = |address: &IpAddr| {
        let owner = inventory.networks.owner(*address).filter(|network| !network.testbed);
        owner.map(|network| network.name.as_str())
    };
    let mut names = addresses.iter().map(owner);
    let first = names.next()??;
    names.all(|name| name == Some(first)).then(|| first.to_owned())
}
