//! The vantage point's own addresses and their names: what mail servers look at before they take up a
//! conversation with a client (RFC 1912 §2.1, RFC 5321 §4.1.4).

use std::net::{IpAddr, Ipv4Addr};

use crate::evidence::dns::{ReverseNames, reverse_names};
use crate::evidence::query::View;
use crate::evidence::vantage::control_targets;
use crate::model::{Evidence, Family, Name, Networks, Question, Reply, Request, Settings};

/// An address far away, to learn by which of our own addresses we leave over IPv4: that of the root
/// server c, from <https://www.iana.org/domains/root/servers>. Nothing is sent there.
const FAR_AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 33, 4, 12));

/// An address of our own, and its names.
#[derive(Clone, Debug)]
pub struct OwnAddress {
    /// The address by which we leave over its family.
    pub address: IpAddr,
    /// Its names; `None` for an address that servers elsewhere don't see, because it is translated on
    /// the way.
    pub names: Option<ReverseNames>,
}

impl OwnAddress {
    /// The first of its names that leads back to it.
    pub fn confirmed_name(&self) -> Option<&Name> {
        let names = self.names.iter().flat_map(|names| &names.names);
        let mut confirmed = names.filter(|(_, lookup)| lookup.addresses().contains(&self.address));
        confirmed.next().map(|(name, _)| name)
    }
}

/// Reads by which addresses we leave, one of each family, and their names.
pub fn own_addresses(
    evidence: &Evidence,
    settings: &Settings,
    networks: &Networks,
) -> Vec<OwnAddress> {
    read(&View::new(evidence, settings, networks, &[]))
}

/// What has to be asked to know them. It is no part of the tests: they are made without it too.
pub fn own_name_questions(
    evidence: &Evidence,
    settings: &Settings,
    networks: &Networks,
) -> Vec<Request> {
    let view = View::new(evidence, settings, networks, &[]);
    view.requests_of(|view| drop(read(view)))
}

fn read(view: &View<'_>) -> Vec<OwnAddress> {
    let targets = control_targets(view.settings);
    let ipv6 = targets.iter().find_map(|target| source_towards(view, target.ip()));
    let ipv4 = source_towards(view, FAR_AWAY);
    if ipv4.is_none() {
        view.request_missing(Question::Route(FAR_AWAY), 1..=1);
    }
    let own = |address: IpAddr| OwnAddress {
        address,
        names: view.networks.counts_as_global(address).then(|| reverse_names(view, address)),
    };
    [ipv6, ipv4].into_iter().flatten().map(own).collect()
}

/// Our address towards another one, as our kernel chose it.
fn source_towards(view: &View<'_>, target: IpAddr) -> Option<IpAddr> {
    let question = Question::Route(target);
    let mut attempts = view.attempts(&question);
    let source = attempts.find_map(|(observation, _)| match &observation.reply {
        Reply::Route(Ok(source)) => Some(*source),
        _ => None,
    })?;
    (Family::of(source) == Family::of(target)).then_some(source)
}
