//! A retired service: is it gone, and if it isn't, does it still answer?

use std::net::SocketAddr;

use super::lookups::{exists, unknown_verdict};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::service::helpers::query_gap;
use crate::evidence::dns::Lookup;
use crate::evidence::query::Gap;
use crate::evidence::service::{self, ServiceQuery};
use crate::model::{Family, Outcome, Target, Transport, Verdict};

/// A retired service whose host has, or had, a name.
pub(in crate::check) fn named_verdict(
    context: &CheckContext<'_>,
    aaaa: &Lookup,
    a: &Lookup,
) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (Some(false), Some(false)) => return Verdict::plain(Outcome::Pass, "as-declared"),
        (None, None) | (None, Some(false)) | (Some(false), None) => {
            return unknown_verdict([aaaa, a]);
        }
        _ => {}
    }
    let verdict = verdict_by_answers(context, "retired-still-in-dns");
    // Where one family is silent, the other may still answer.
    match verdict.outcome {
        Outcome::Pass if exists(aaaa).is_none() || exists(a).is_none() => {
            unknown_verdict([aaaa, a])
        }
        _ => verdict,
    }
}

/// Does a retired service still answer, at whatever port? `silent` is the reason when it doesn't.
pub(in crate::check) fn verdict_by_answers(
    context: &CheckContext<'_>,
    silent: &'static str,
) -> Verdict {
    let (mut answers, mut gap, mut cite) = (false, None, Vec::new());
    let mut is_asked = false;
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in service::endpoint_contacts(&context.view, context.service, family).all() {
            is_asked = true;
            answers |= contact.talk.attempts.iter().any(|(seen, _)| seen.connect.is_ok());
            gap = gap.or(contact.talk.gap());
            cite.extend(contact.talk.observations());
        }
        for query in datagram_queries(context, family) {
            is_asked = true;
            answers |= query.is_answered();
            gap = gap.or(query_gap(&query));
            cite.extend(query.observations);
        }
        let published = service::published_addresses(&context.view, context.service);
        if published.is_some_and(|published| published.is_cut(family, &context.view)) {
            gap = gap.or(Some(Gap::Limit));
        }
    }
    let verdict = match gap {
        _ if answers => Verdict::plain(Outcome::Fail, "retired-but-answers"),
        Some(gap) => Verdict::inconclusive(common::reason_of(gap)),
        None if !is_asked => Verdict::inconclusive(common::NOT_OBSERVED),
        None => Verdict::plain(Outcome::Pass, silent),
    };
    verdict.citing(cite)
}

/// What was asked of a name server or a time server.
fn datagram_queries<'a>(context: &CheckContext<'a>, family: Family) -> Vec<ServiceQuery<'a>> {
    let view = &context.view;
    let addresses =
        service::published_addresses(view, context.service).map(|all| all.of(family, view));
    let at = |port| addresses.iter().flatten().map(move |ip| SocketAddr::new(*ip, port));
    let transports = [Transport::Udp, Transport::Tcp];
    match &context.service.target {
        Target::Dns(endpoint) => at(endpoint.port)
            .flat_map(|server| transports.map(|over| service::name_server(view, server, over)))
            .collect(),
        Target::Ntp(endpoint) => {
            at(endpoint.port).map(|server| service::time_server(view, server)).collect()
        }
        _ => Vec::new(),
    }
}
