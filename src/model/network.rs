//! The address ranges that an inventory declares.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::is_globally_reachable;

/// A declared address range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The range.
    pub prefix: IpNet,
    /// Whose or what it is, in the owner's words.
    pub name: String,
    /// The AS that is expected to originate it.
    pub asn: Option<u32>,
    /// An internal network: its addresses need not be global.
    #[serde(default)]
    pub internal: bool,
    /// A testbed: its addresses count as if they were globally reachable.
    #[serde(default)]
    pub testbed: bool,
}

/// All declared ranges; the longest match wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Takes the declared ranges in any order.
    pub fn new(mut networks: Vec<Network>) -> Self {
        networks.sort_by_key(|network| std::cmp::Reverse(network.prefix.prefix_len()));
        Self(networks)
    }

    /// All ranges, the longest prefix first.
    pub fn iter(&self) -> impl Iterator<Item = &Network> {
        self.0.iter()
    }

    /// Whether the address lies in a declared internal network.
    pub fn is_internal(&self, address: IpAddr) -> bool {
        self.owner(address).is_some_and(|network| network.internal)
    }

    /// Whether any IPv6 range is declared.
    pub fn declares_ipv6(&self) -> bool {
        self.0.iter().any(|network| matches!(network.prefix, IpNet::V6(_)))
    }

    /// The longest declared range that contains `address`.
    pub fn owner(&self, address: IpAddr) -> Option<&Network> {
        self.0.iter().find(|network| network.prefix.contains(&address))
    }

    /// Whether the address counts as global: by the IANA registry, or because it lies in a
    /// declared testbed.
    pub fn counts_as_global(&self, address: IpAddr) -> bool {
        is_globally_reachable(address)
            || self.0.iter().any(|network| network.testbed && network.prefix.contains(&address))
    }

    /// The visit rule: an address that a target named may be contacted only when it is globally
    /// reachable or lies in a range that the inventory declares as internal or as a testbed.
    pub fn may_visit(&self, address: IpAddr) -> bool {
        is_globally_reachable(address)
            || self.0.iter().any(|network| {
                (network.internal || network.testbed) && network.prefix.contains(&address)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(prefix: &str, internal: bool, testbed: bool) -> Network {
        Network {
            prefix: prefix.parse().unwrap(),
            name: prefix.into(),
            asn: None,
            internal,
            testbed,
        }
    }

    #[test]
    fn longest_match_wins() {
        let networks = Networks::new(vec![
            network("2001:db8::/32", false, true),
            network("2001:db8:1::/48", false, false),
            network("fd00::/16", true, false),
        ]);
        let owner =
            |address: &str| networks.owner(address.parse().unwrap()).map(|n| n.name.as_str());
        assert_eq!(owner("2001:db8:1::1"), Some("2001:db8:1::/48"));
        assert_eq!(owner("2001:db8:2::1"), Some("2001:db8::/32"));
        assert_eq!(owner("2400::1"), None);
        assert!(networks.counts_as_global("2001:db8:1::1".parse().unwrap()));
        assert!(!networks.counts_as_global("fd00::1".parse().unwrap()));
        assert!(networks.may_visit("fd00::1".parse().unwrap()));
        assert!(!networks.may_visit("169.254.169.254".parse().unwrap()));
        assert!(!networks.may_visit("::1".parse().unwrap()));
    }
}
