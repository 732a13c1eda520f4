//! The addresses of a service, or why there are none to judge.

use std::net::IpAddr;

use crate::check::common;
use crate::check::context::CheckContext;
use crate::evidence::dns::{Lookup, LookupStatus};
use crate::evidence::service;
use crate::model::{Family, State, Verdict, special_purpose};

/// The service's addresses of one family; else the verdict that there are none, or that it is
/// unknown whether there are.
pub(in crate::check) fn addresses(
    context: &CheckContext<'_>,
    family: Family,
) -> Result<Vec<IpAddr>, Verdict> {
    let none = match family {
        Family::Ipv6 => common::NO_IPV6,
        Family::Ipv4 => common::NO_IPV4,
    };
    let Some(published) = service::published_addresses(&context.view, context.service) else {
        return Err(Verdict::not_applicable(none));
    };
    let found = published.of(family, &context.view);
    match published.lookup(family) {
        None if found.is_empty() => Err(Verdict::not_applicable(none)),
        None => Ok(found),
        Some(lookup) => match &lookup.status {
            LookupStatus::Found => Ok(found),
            empty if empty.is_known_empty() => Err(cited(Verdict::not_applicable(none), lookup)),
            failed => {
                let reason = failed.gap().map_or(common::UNRESOLVED, common::reason_of);
                Err(cited(Verdict::inconclusive(reason), lookup))
            }
        },
    }
}

/// Whether the service has more IPv6 addresses than are looked at.
pub(in crate::check) fn has_addresses_beyond_limit(context: &CheckContext<'_>) -> bool {
    let published = service::published_addresses(&context.view, context.service);
    published.is_some_and(|published| published.is_cut(Family::Ipv6, &context.view))
}

fn cited(verdict: Verdict, lookup: &Lookup) -> Verdict {
    verdict.citing(lookup.observations.iter().copied())
}

/// Whether packets can reach an address from where they have to: from anywhere, or for an internal
/// service from the declared internal network.
pub(in crate::check) fn is_usable(context: &CheckContext<'_>, address: IpAddr) -> bool {
    let networks = context.view.networks;
    if context.service.state == State::Internal {
        return networks.is_internal(address);
    }
    special_purpose(address).is_none_or(|row| row.usable) || networks.counts_as_global(address)
}
