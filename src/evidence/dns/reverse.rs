//! The name of an address, and whether it leads back (RFC 1912 §2.1).

use std::net::IpAddr;

use super::address_type::address_type;
use super::{Lookup, resolve};
use crate::evidence::query::{Gap, View};
use crate::model::{Family, Name, ObservationId, RecordData, RecordType};

/// Names of one address that are looked up.
pub const REVERSE_NAMES_MAX: usize = 4;

/// What the reverse tree says of an address.
#[derive(Clone, Debug)]
pub struct ReverseNames {
    /// The look-up of its PTR records.
    pub ptr: Lookup,
    /// The names, each with its addresses.
    pub names: Vec<(Name, Lookup)>,
    /// Whether there are more names than are looked up.
    pub is_cut: bool,
}

impl ReverseNames {
    /// The facts that this rests on.
    pub fn observations(&self) -> Vec<ObservationId> {
        let forward = self.names.iter().flat_map(|(_, lookup)| &lookup.observations);
        self.ptr.observations.iter().chain(forward).copied().collect()
    }

    /// Why nothing follows from what was not found.
    pub fn gap(&self) -> Option<Gap> {
        let lookups = || std::iter::once(&self.ptr).chain(self.names.iter().map(|(_, all)| all));
        let pending = lookups().any(Lookup::is_pending).then_some(Gap::NotObserved);
        let limit = self.is_cut.then_some(Gap::Limit);
        pending.or_else(|| lookups().find_map(Lookup::gap)).or(limit)
    }

    /// Whether a look-up failed, so that nothing follows from what was not found.
    pub fn is_unresolved(&self) -> bool {
        self.ptr.is_unresolved() || self.names.iter().any(|(_, lookup)| lookup.is_unresolved())
    }
}

/// Looks an address up in the reverse tree.
pub fn reverse_names(view: &View<'_>, address: IpAddr) -> ReverseNames {
    let ptr = resolve(view, &name_of(address), RecordType::PTR);
    let record_type = address_type(Family::of(address));
    let mut found: Vec<Name> = ptr
        .records
        .iter()
        .filter_map(|data| match data {
            RecordData::Ptr(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    found.sort();
    found.dedup();
    let is_cut = found.len() > REVERSE_NAMES_MAX;
    found.truncate(REVERSE_NAMES_MAX);
    let names = found
        .into_iter()
        .map(|name| {
            let lookup = resolve(view, &name, record_type);
            (name, lookup)
        })
        .collect();
    ReverseNames { ptr, names, is_cut }
}

/// The name in `ip6.arpa` (RFC 3596 §2.5) or `in-addr.arpa` (RFC 1035 §3.5).
fn name_of(address: IpAddr) -> Name {
    let text = match address {
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|o| [o & 15, o >> 4]);
            let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
            nibbles.flat_map(|nibble| [digit(nibble), '.']).chain("ip6.arpa".chars()).collect()
        }
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
    };
    Name::from_presentation(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_addresses() {
        let name = |text: &str| name_of(text.parse().unwrap()).to_string();
        assert_eq!(name("192.0.2.1"), "1.2.0.192.in-addr.arpa");
        assert_eq!(
            name("2001:db8::567:89ab"),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        );
    }
}
