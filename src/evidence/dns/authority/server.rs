//! A name server of a zone, and what is known of its addresses.

use std::net::IpAddr;

use crate::evidence::dns::{Lookup, LookupStatus};
use crate::model::{Family, Name};

/// A name server of a zone.
#[derive(Clone, Debug)]
pub struct NameServer {
    /// Its name.
    pub name: Name,
    /// Its addresses that came with the delegation.
    pub glue: Vec<IpAddr>,
    /// Its AAAA records, as the resolver has them.
    pub aaaa: Lookup,
    /// Its A records, as the resolver has them.
    pub a: Lookup,
}

impl NameServer {
    /// Its addresses: what the resolver found, and for a family that it could not look up, what
    /// came with the delegation.
    pub fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for (lookup, family) in [(&self.aaaa, Family::Ipv6), (&self.a, Family::Ipv4)] {
            match lookup.status {
                LookupStatus::Failed(_) | LookupStatus::Unserved(_) => {
                    let glue = self.glue.iter().filter(|address| Family::of(**address) == family);
                    addresses.extend(glue);
                }
                _ => addresses.extend(lookup.addresses()),
            }
        }
        addresses
    }

    /// Whether its name is an alias, which RFC 2181 §10.3 forbids; `None` when neither look-up tells.
    pub fn is_alias(&self) -> Option<bool> {
        let lookups = [&self.aaaa, &self.a];
        if lookups.iter().any(|lookup| lookup.chain.len() > 1) {
            return Some(true);
        }
        lookups.iter().any(|lookup| !lookup.is_unresolved()).then_some(false)
    }

    /// The look-up of its addresses of a family.
    pub fn lookup(&self, family: Family) -> &Lookup {
        match family {
            Family::Ipv6 => &self.aaaa,
            Family::Ipv4 => &self.a,
        }
    }

    /// Whether its addresses of a family are unknown: the look-up failed or was not made, and none
    /// came with the delegation.
    pub fn is_unknown(&self, family: Family) -> bool {
        self.lookup(family).is_unresolved()
            && !self.glue.iter().any(|address| Family::of(*address) == family)
    }
}
