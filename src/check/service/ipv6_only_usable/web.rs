//! The steps of a browser: pages from redirect to redirect, and what the last of them needs.

use super::steps::{best_path, is_passable, require_connection};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::web::helpers::{is_guarded, owner, unknown_end_reason};
use crate::evidence::service::ConversationAttempts;
use crate::evidence::web::page::Unreadable;
use crate::evidence::web::{self, ChainEnd, Hop, Ipv6Access, RedirectChain, Subresources};
use crate::model::{
    Family, Host, HttpFailure, Name, ObservationId, Outcome, Subject, SubjectName, shown_url,
};

/// Adds the steps from the service's addresses on; the reason that something is still to be seen,
/// when nothing fails without it.
pub(in crate::check) fn add_steps(
    context: &CheckContext<'_>,
    steps: &mut Vec<Subject>,
    cite: &mut Vec<ObservationId>,
) -> Option<&'static str> {
    let chains = web::redirect_chains(&context.view, context.service, Family::Ipv6);
    cite.extend(chains.iter().flat_map(RedirectChain::observations));
    steps.extend(best_path(chains.iter().map(|chain| page_steps(context, chain)).collect()));
    if chains.is_empty() || !is_passable(steps) {
        return None;
    }
    let resources = web::subresources(&context.view, &chains, context.service.expect_status);
    steps.extend(
        resources.servers.iter().filter(|s| s.is_required()).map(|s| resource_step(context, s)),
    );
    cite.extend(&resources.observations);
    unread_reason(&resources)
}

/// Why the page may need more than is known, when it may.
fn unread_reason(resources: &Subresources) -> Option<&'static str> {
    match resources.unreadable {
        _ if resources.is_pending => Some(common::NOT_OBSERVED),
        _ if resources.is_cut => Some(common::LIMIT),
        // What is no text needs nothing.
        None | Some(Unreadable::NotText) => None,
        Some(Unreadable::TooLarge) => Some(common::LIMIT),
        Some(Unreadable::Challenge) => Some("challenge"),
        Some(Unreadable::Incomplete | Unreadable::Coding) => Some("page-unreadable"),
    }
}

/// The pages that the client gets on its way, from one address on.
fn page_steps(context: &CheckContext<'_>, chain: &RedirectChain<'_>) -> Vec<Subject> {
    let last = chain.hops.len().saturating_sub(1);
    let mut steps = Vec::new();
    for (at, hop) in chain.hops.iter().enumerate() {
        let (outcome, reason) = outcome_of_hop(context, chain, hop, at == last);
        let address = hop.attempts.first().map(|visit| ("address", visit.address.to_string()));
        steps.push(Subject {
            name: SubjectName::Url(shown_url(hop.url.as_str())),
            outcome,
            reason,
            detail: address.into_iter().collect(),
        });
        if outcome != Outcome::Pass {
            break;
        }
    }
    steps
}

fn outcome_of_hop(
    context: &CheckContext<'_>,
    chain: &RedirectChain<'_>,
    hop: &Hop<'_>,
    is_last: bool,
) -> (Outcome, &'static str) {
    let best = best_answer(context, hop);
    let blocked = (Outcome::Fail, "redirect-blocked");
    match &chain.end {
        // The last hop of a chain that could not go on is the one that was never visited.
        ChainEnd::NoAddress(_) if is_last => match unknown_end_reason(chain) {
            Some(reason) => (Outcome::Inconclusive, reason),
            None => blocked,
        },
        // The service's own address: address-global judges it.
        ChainEnd::NotVisited(_) if is_last && chain.hops.len() == 1 => {
            let gap = hop.attempts.first().and_then(|attempt| attempt.conversation.missing);
            (Outcome::Inconclusive, gap.map_or(common::NOT_VISITED, common::reason_of))
        }
        ChainEnd::NotVisited(_) | ChainEnd::RefusedPort(_) | ChainEnd::BadLocation(_)
            if is_last =>
        {
            blocked
        }
        ChainEnd::Loop | ChainEnd::TooMany if is_last && best.0 == Outcome::Pass => {
            match unknown_end_reason(chain) {
                Some(reason) => (Outcome::Inconclusive, reason),
                None => blocked,
            }
        }
        ChainEnd::Unknown(gap) if is_last => (Outcome::Inconclusive, common::reason_of(*gap)),
        ChainEnd::Response { status } if is_last && best.0 == Outcome::Pass => {
            match context.service.expect_status {
                Some(expected) if expected == *status => best,
                None if *status < 400 => best,
                _ if is_guarded(chain) => (Outcome::Inconclusive, "challenge"),
                _ => (Outcome::Fail, "error-status"),
            }
        }
        _ => best,
    }
}

/// What a hop gives to a client that tries its addresses in turn: one that answers is enough, and
/// where none is known to, nothing is known as long as one of them is unknown.
fn best_answer(context: &CheckContext<'_>, hop: &Hop<'_>) -> (Outcome, &'static str) {
    let mut best = None;
    for visit in &hop.attempts {
        let host = match hop.url.host() {
            Some(url::Host::Domain(name)) => Host::Name(Name::from_presentation(name)),
            _ => Host::Address(visit.address.ip()),
        };
        let (outcome, reason) = outcome_of_address(context, &visit.conversation, &host);
        match (outcome, best) {
            (Outcome::Pass, _) => return (outcome, reason),
            (Outcome::Inconclusive, None | Some((Outcome::Fail, _))) | (_, None) => {
                best = Some((outcome, reason));
            }
            _ => {}
        }
    }
    best.unwrap_or((Outcome::Inconclusive, common::NOT_OBSERVED))
}

/// Whether one address gives an answer that a browser accepts.
fn outcome_of_address(
    context: &CheckContext<'_>,
    conversation: &ConversationAttempts<'_>,
    host: &Host,
) -> (Outcome, &'static str) {
    if let Err(unusable) = require_connection(context, conversation, Some(host)) {
        return unusable;
    }
    match conversation.best().map(|best| &best.http) {
        Some(Some(Ok(_))) => (Outcome::Pass, "answers"),
        Some(Some(Err(HttpFailure::HeadersTooLarge))) => (Outcome::Inconclusive, common::LIMIT),
        _ => (Outcome::Fail, "no-page"),
    }
}

fn resource_step(context: &CheckContext<'_>, server: &web::ResourceHost) -> Subject {
    let (outcome, reason) = match &server.access {
        Ipv6Access::Works => (Outcome::Pass, "resource-over-ipv6"),
        Ipv6Access::NoIpv6 | Ipv6Access::Unreachable(_) if owner(context, server).is_none() => {
            (Outcome::NotApplicable, "third-party")
        }
        Ipv6Access::NoIpv6 | Ipv6Access::Unreachable(_) => (Outcome::Fail, "resource-blocked"),
        // Dead over both families: no client gets it, so it can't be what the service needs.
        Ipv6Access::Dead => (Outcome::NotApplicable, "dead-link"),
        Ipv6Access::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap)),
    };
    let uses: Vec<_> = server.uses.iter().map(|what| what.id()).collect();
    let name = match &server.host {
        Host::Name(name) => SubjectName::Host(name.clone()),
        Host::Address(address) => SubjectName::Address(*address),
    };
    Subject { name, outcome, reason, detail: vec![("as", uses.join(","))] }
}
