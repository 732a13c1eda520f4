//! The redirect chains of a web site, what their ends mean, and when they are unknown.

use std::sync::Arc;

use url::Url;

use crate::check::address::helpers::{addresses, has_addresses_beyond_limit};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::evidence::dns::LookupStatus;
use crate::evidence::query::Gap;
use crate::evidence::service::ConversationAttempts;
use crate::evidence::web::{self, ChainEnd, RedirectChain, ResourceHost, page, registrable_domain};
use crate::model::{Family, Host, Outcome, Service, State, Subject, Target, Verdict};

/// The URL of a web service that is in use; else the verdict that there is nothing to judge.
pub(in crate::check) fn web_url<'a>(context: &CheckContext<'a>) -> Result<&'a Url, Verdict> {
    context.require_in_use()?;
    match &context.service.target {
        Target::Web(url) => Ok(url),
        _ => Err(Verdict::not_applicable(common::OTHER_KIND)),
    }
}

/// The redirect chains of a URL from every address of one family.
pub(in crate::check) fn redirect_chains<'a>(
    context: &CheckContext<'a>,
    url: &Url,
    family: Family,
) -> Result<Vec<RedirectChain<'a>>, Verdict> {
    Ok(web::redirect_chains_from(&context.view, url, addresses(context, family)?))
}

/// The redirect chains of a web service over IPv6 and over IPv4, for checks that compare the two;
/// else the verdict that there is nothing to compare.
pub(in crate::check) fn both_families<'a>(
    context: &CheckContext<'a>,
) -> Result<(Vec<RedirectChain<'a>>, Vec<RedirectChain<'a>>), Verdict> {
    let url = web_url(context)?;
    if context.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    Ok((redirect_chains(context, url, Family::Ipv6)?, redirect_chains(context, url, Family::Ipv4)?))
}

/// The conversation with the address where a chain starts.
pub(in crate::check) fn first_conversation<'w, 'e>(
    chain: &'w RedirectChain<'e>,
) -> Option<&'w ConversationAttempts<'e>> {
    chain.hops.first()?.attempts.first().map(|visit| &visit.conversation)
}

/// Why nothing can be concluded from that conversation, when that is our side's doing.
pub(in crate::check) fn first_conversation_gap(chain: &RedirectChain<'_>) -> Option<Gap> {
    first_conversation(chain).map_or(Some(Gap::NotObserved), ConversationAttempts::gap)
}

/// The verdict over all subjects, with the facts that the chains rest on.
pub(in crate::check) fn verdict_over_chains(
    subjects: Vec<Subject>,
    pass: &'static str,
    chains: &[RedirectChain<'_>],
) -> Verdict {
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(chains.iter().flat_map(|chain| chain.observations()))
}

/// Why the end of a chain can't be held against the target, when it can't: at whatever hop.
pub(in crate::check) fn unknown_end_reason(chain: &RedirectChain<'_>) -> Option<&'static str> {
    if let Some(gap) = first_conversation_gap(chain) {
        return Some(common::reason_of(gap));
    }
    match &chain.end {
        ChainEnd::Unknown(gap) => Some(common::reason_of(*gap)),
        // An alias that leads back to itself gives no client an address.
        ChainEnd::NoAddress(LookupStatus::ChainLooped) => None,
        ChainEnd::NoAddress(status) => status.gap().map(common::reason_of),
        ChainEnd::NoResponse => {
            let visits = chain.hops.last().into_iter().flat_map(|hop| &hop.attempts);
            visits.into_iter().find_map(|visit| visit.conversation.gap()).map(common::reason_of)
        }
        ChainEnd::Response { .. } => turned_away_at_end(chain),
        ChainEnd::Loop | ChainEnd::TooMany => (!chain.is_endless()).then_some(common::LIMIT),
        ChainEnd::NotVisited(_) | ChainEnd::RefusedPort(_) | ChainEnd::BadLocation(_) => None,
    }
}

/// The reason for a last page that is none, because the address turns us away by now.
fn turned_away_at_end(chain: &RedirectChain<'_>) -> Option<&'static str> {
    let mut visits = chain.hops.last().into_iter().flat_map(|hop| &hop.attempts);
    let is_away = visits.any(|visit| visit.conversation.is_turned_away());
    (is_away && web::landing_page(chain).is_none()).then_some(common::TURNED_AWAY)
}

/// What holds of all addresses that were looked at, where the service has more than those: for verdicts
/// that name no address, which [`CoverageGuard`](crate::check::CoverageGuard) can't hold back.
pub(in crate::check) fn within_limits(context: &CheckContext<'_>, verdict: Verdict) -> Verdict {
    match verdict.outcome {
        Outcome::Pass if has_addresses_beyond_limit(context) => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    }
}

/// What it means that a chain ends at no page which IPv4 shows with the same status: where both ends
/// are known, web-answers, web-status-parity and web-redirects judge them, and there is nothing to lay
/// side by side.
pub(in crate::check) fn outcome_of_incomparable(
    ipv6: &RedirectChain<'_>,
    ipv4: &[RedirectChain<'_>],
) -> (Outcome, &'static str) {
    let unknown = unknown_end_reason(ipv6).or_else(|| ipv4.iter().find_map(unknown_end_reason));
    match unknown {
        Some(reason) => (Outcome::Inconclusive, reason),
        None => (Outcome::NotApplicable, "not-comparable"),
    }
}

/// Whether a guard in front of the page answers at the end of a chain, and not the page.
pub(in crate::check) fn is_guarded(chain: &RedirectChain<'_>) -> bool {
    web::landing_page(chain).is_some_and(|(url, conversation)| {
        web::landing_page_responses(conversation).any(|look| page::is_challenge(look, url))
    })
}

/// Whether some address on the way answers now and then.
pub(in crate::check) fn is_flapping_chain(chain: &RedirectChain<'_>) -> bool {
    let mut visits = chain.hops.iter().flat_map(|hop| &hop.attempts);
    visits.any(|visit| visit.conversation.steadiness().is_flapping())
}

/// Whose a server is, where it is the owner's: an organisation of the inventory by its registered
/// domain, or a declared network by its address. `None` for third parties.
pub(in crate::check) fn owner(context: &CheckContext<'_>, server: &ResourceHost) -> Option<String> {
    if let Host::Name(name) = &server.host
        && let Some(domain) = registrable_domain(name)
    {
        let of = |service: &&Arc<Service>| {
            let host = service.target.host();
            let known = host.as_ref().and_then(|host| host.name());
            known.and_then(registrable_domain) == Some(domain)
        };
        let own = Some(context.service.id.organisation.clone());
        let mut services: Vec<_> = context.inventory.services.iter().filter(of).collect();
        services.sort_by_key(|service| Some(&service.id.organisation) != own.as_ref());
        if let Some(service) = services.first() {
            return Some(service.id.organisation.to_string());
        }
        let host = context.service.target.host();
        if host.as_ref().and_then(|host| host.name()).and_then(registrable_domain) == Some(domain) {
            return own.map(|id| id.to_string());
        }
    }
    let literal = match &server.host {
        Host::Address(address) => Some(*address),
        Host::Name(_) => None,
    };
    let addresses = literal.into_iter().chain(server.works_at.map(|at| at.ip()));
    addresses
        .chain(server.ipv4.iter().copied())
        .find_map(|address| context.view.networks.owner(address))
        .filter(|network| !network.testbed)
        .map(|network| network.name.clone())
}
