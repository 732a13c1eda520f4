//! What the DNS publishes for a name, whichever resolver the vantage point has.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::Ipv6Net;

use super::delegation::{self, Reach, Resolution, ResolutionEnd};
use super::lookup::{Lookup, LookupFailure, LookupStatus, resolve};
use crate::evidence::query::{Gap, View};
use crate::model::{Name, RecordData, RecordType};

/// Reads what is published for a name: what the resolvers answer and, where they give no answer, what the
/// zone's own servers say when the name is looked up from the root on.
///
/// An empty answer without an SOA record is none: resolvers make one of servers that say nothing, too
/// (RFC 2308 §2.2).
pub fn published(view: &View<'_>, name: &Name, record_type: RecordType) -> Lookup {
    let lookup = resolve(view, name, record_type);
    let failure = match &lookup.status {
        LookupStatus::Failed(failure) => failure.clone(),
        _ if lookup.is_unconfirmed() => LookupFailure::Unconfirmed,
        _ => return lookup,
    };
    let path = delegation::resolution(view, name, record_type, Reach::Either);
    decided(lookup, failure, &path)
}

/// Reads what is published for a name of both families: AAAA, then A.
///
/// A resolver that makes AAAA records up (RFC 6147) doesn't always say by which prefix (RFC 7050): an
/// address that holds one of the name's IPv4 addresses, and that the zone's servers don't have, is its
/// work.
pub fn published_pair(view: &View<'_>, name: &Name) -> [Lookup; 2] {
    let [mut aaaa, a] = [RecordType::AAAA, RecordType::A].map(|kind| published(view, name, kind));
    let ipv4: Vec<Ipv4Addr> = a.records.iter().filter_map(RecordData::ipv4).collect();
    let is_suspect = |data: &RecordData| {
        let address = data.ipv6();
        address.is_some_and(|at| WELL_KNOWN.contains(&at) || ipv4.iter().any(|a| embeds(at, *a)))
    };
    if aaaa.resolver_failure.is_some() || !aaaa.records.iter().any(is_suspect) {
        return [aaaa, a];
    }
    let path = delegation::resolution(view, name, RecordType::AAAA, Reach::Either);
    aaaa.observations.extend(&path.observations);
    let own: &[RecordData] = match &path.end {
        ResolutionEnd::Unknown(Gap::NotObserved) => return [aaaa, a],
        ResolutionEnd::Found(records) => records,
        ResolutionEnd::NoData | ResolutionEnd::NxDomain => &[],
        // The servers say nothing of it. Only the well-known prefix is never anything else.
        _ => {
            let is_real =
                |data: &RecordData| !data.ipv6().is_some_and(|at| WELL_KNOWN.contains(&at));
            retain(&mut aaaa, is_real);
            return [aaaa, a];
        }
    };
    retain(&mut aaaa, |data| !is_suspect(data) || own.contains(data));
    [aaaa, a]
}

fn retain(lookup: &mut Lookup, is_real: impl Fn(&RecordData) -> bool) {
    lookup.records.retain(is_real);
    if lookup.records.is_empty() {
        lookup.status = LookupStatus::Synthesised;
    }
}

/// 64:ff9b::/96 (RFC 6052 §2.1).
static WELL_KNOWN: LazyLock<Ipv6Net> = LazyLock::new(|| {
    let prefix = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);
    Ipv6Net::new_assert(prefix, 96)
});

/// Whether an address holds an IPv4 address where translators put it (RFC 6052 §2.2).
fn embeds(address: Ipv6Addr, ipv4: Ipv4Addr) -> bool {
    let octets = address.octets();
    let held = |first: usize| {
        // Octet 8 is left out.
        let places = (first..).filter(|at| *at != 8).take(4);
        places.map(|at| octets.get(at).copied()).eq(ipv4.octets().into_iter().map(Some))
    };
    let is_zero = |from: usize| octets.iter().skip(from).all(|octet| *octet == 0);
    let has_suffix = |first: usize| octets[8] == 0 && held(first) && is_zero(first + 5);
    held(12) || [4, 5, 6, 7, 9].into_iter().any(has_suffix)
}

/// The look-up as the zone's servers decide it, where they do.
fn decided(mut lookup: Lookup, failure: LookupFailure, path: &Resolution) -> Lookup {
    lookup.observations.extend(&path.observations);
    let status = match &path.end {
        ResolutionEnd::Unknown(Gap::NotObserved) => LookupStatus::NotObserved,
        ResolutionEnd::Found(records) => {
            lookup.records.clone_from(records);
            LookupStatus::Found
        }
        ResolutionEnd::NoData => LookupStatus::NoData,
        ResolutionEnd::NxDomain => LookupStatus::NxDomain,
        ResolutionEnd::AliasLoop => LookupStatus::ChainLooped,
        ResolutionEnd::AliasTooLong | ResolutionEnd::Alias(_) => LookupStatus::ChainTooLong,
        ResolutionEnd::Stopped(_) | ResolutionEnd::Unknown(_) => match path.unserved() {
            Some(unserved) => LookupStatus::Unserved(unserved),
            // The servers could not be asked, so what the resolvers said is all that there is.
            None => {
                lookup.status = LookupStatus::Failed(failure);
                return lookup;
            }
        },
    };
    if status != LookupStatus::NotObserved {
        lookup.chain = path.paths.iter().map(|path| path.name.clone()).collect();
        lookup.resolver_failure = Some(failure);
    }
    lookup.status = status;
    lookup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_translators_put_an_ipv4_address() {
        // RFC 6052 §2.4.
        for text in [
            "2001:db8:c000:221::",
            "2001:db8:1c0:2:21::",
            "2001:db8:122:c000:2:2100::",
            "2001:db8:122:3c0:0:221::",
            "2001:db8:122:344:c0:2:2100::",
            "2001:db8:122:344::192.0.2.33",
            "64:ff9b::192.0.2.33",
        ] {
            assert!(embeds(text.parse().unwrap(), Ipv4Addr::new(192, 0, 2, 33)), "{text}");
            assert!(!embeds(text.parse().unwrap(), Ipv4Addr::new(192, 0, 2, 34)), "{text}");
        }
        assert!(!embeds("2001:db8::1".parse().unwrap(), Ipv4Addr::new(192, 0, 2, 1)));
    }
}
