//! A retired service: is it gone, and if it isn't, does it still answer?

use std::net::SocketAddr;

use super::{exists, judged, unknown};
use crate::check::service::service_answers::nothing_told;
use crate::check::unknown::not_seen;
use crate::check::{CheckContext, common};
use crate::evidence::dns::Lookup;
use crate::evidence::service::{self, ServiceQuery};
use crate::model::{Family, Outcome, Target, Transport, Verdict};

/// A retired service whose host has, or had, a name.
pub(in crate::check) fn named(case: &CheckContext<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (Some(false), Some(false)) => return judged(Outcome::Pass, "as-declared"),
        (None, None) | (None, Some(false)) | (Some(false), None) => return unknown([aaaa, a]),
        _ => {}
    }
    let verdict = answers(case, "retired-still-in-dns");
    // What one family keeps silent about, the other may still answer.
    match verdict.outcome {
        Outcome::Pass if exists(aaaa).is_none() || exists(a).is_none() => unknown([aaaa, a]),
        _ => verdict,
    }
}

/// Does a retired service still answer, at whatever port? `silent` is what is said when it doesn't.
pub(in crate::check) fn answers(case: &CheckContext<'_>, silent: &'static str) -> Verdict {
    let (mut answers, mut unknown, mut cite) = (false, None, Vec::new());
    let mut is_asked = false;
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in service::endpoint_contacts(&case.view, case.service, family).all() {
            is_asked = true;
            answers |= contact.talk.attempts.iter().any(|(seen, _)| seen.connect.is_ok());
            unknown = unknown.or(not_seen(Some(&contact.talk)));
            cite.extend(contact.talk.observations());
        }
        for asked in datagrams(case, family) {
            is_asked = true;
            answers |= asked.is_answered();
            unknown = unknown.or(nothing_told(&asked));
            cite.extend(asked.observations);
        }
        let published = service::published_addresses(&case.view, case.service);
        if published.is_some_and(|published| published.is_cut(family, &case.view)) {
            unknown = unknown.or(Some(common::LIMIT));
        }
    }
    let verdict = match unknown {
        _ if answers => judged(Outcome::Fail, "retired-but-answers"),
        Some(reason) => Verdict::inconclusive(reason),
        None if !is_asked => Verdict::inconclusive(common::NOT_OBSERVED),
        None => judged(Outcome::Pass, silent),
    };
    verdict.citing(cite)
}

/// What was asked of a name server or a time server.
fn datagrams<'a>(case: &CheckContext<'a>, family: Family) -> Vec<ServiceQuery<'a>> {
    let view = &case.view;
    let addresses =
        service::published_addresses(view, case.service).map(|all| all.of(family, view));
    let at = |port| addresses.iter().flatten().map(move |ip| SocketAddr::new(*ip, port));
    let transports = [Transport::Udp, Transport::Tcp];
    match &case.service.target {
        Target::Dns(endpoint) => at(endpoint.port)
            .flat_map(|server| transports.map(|over| service::name_server(view, server, over)))
            .collect(),
        Target::Ntp(endpoint) => {
            at(endpoint.port).map(|server| service::time_server(view, server)).collect()
        }
        _ => Vec::new(),
    }
}
