//! A retired service: is it gone, and if it isn't, does it still answer?

use std::net::SocketAddr;

use super::super::Case;
use super::super::service_answers::nothing_told;
use super::super::subjects::{beyond_limit, not_connected};
use super::{exists, judged, unknown};
use crate::facts::{self, Asked, Lookup};
use crate::model::{Family, Outcome, Target, Transport, Verdict};

/// A retired service whose host has, or had, a name.
pub(super) fn named(case: &Case<'_>, aaaa: &Lookup, a: &Lookup) -> Verdict {
    match (exists(aaaa), exists(a)) {
        (Some(false), Some(false)) => return judged(Outcome::Pass, "as-declared"),
        (None, None) | (None, Some(false)) | (Some(false), None) => return unknown([aaaa, a]),
        _ => {}
    }
    let verdict = answers(case, "retired-still-in-dns");
    // What can't be looked up may still answer.
    match exists(aaaa).is_some() && exists(a).is_some() {
        false if verdict.outcome == Outcome::Pass => {
            unknown([aaaa, a]).citing(verdict.observations)
        }
        _ => verdict,
    }
}

/// Does a retired service still answer? `silent` is what is said when it doesn't.
pub(super) fn answers(case: &Case<'_>, silent: &'static str) -> Verdict {
    let (mut answers, mut unknown, mut cite) = (false, None, Vec::new());
    for family in [Family::Ipv6, Family::Ipv4] {
        for contact in facts::contacts(&case.view, case.service, family).all() {
            answers |= contact.talk.attempts.iter().any(|(seen, _)| seen.connect.is_ok());
            unknown = unknown.or(not_connected(&contact.talk));
            cite.extend(contact.talk.observations());
        }
        for asked in datagrams(case, family) {
            answers |= asked.is_answered();
            unknown = unknown.or(nothing_told(&asked));
            cite.extend(asked.observations);
        }
        unknown = unknown.or(beyond_limit(case, family).map(|subject| subject.reason));
    }
    let verdict = match unknown {
        _ if answers => judged(Outcome::Fail, "retired-but-answers"),
        Some(reason) => Verdict::inconclusive(reason),
        None => judged(Outcome::Pass, silent),
    };
    verdict.citing(cite)
}

/// What was asked of a name server or a time server.
fn datagrams<'a>(case: &Case<'a>, family: Family) -> Vec<Asked<'a>> {
    let view = &case.view;
    let addresses = facts::addresses(view, case.service).map(|all| all.of(family, view));
    let at = |port| addresses.iter().flatten().map(move |ip| SocketAddr::new(*ip, port));
    match &case.service.target {
        Target::Dns(endpoint) => at(endpoint.port)
            .flat_map(|server| {
                [Transport::Udp, Transport::Tcp]
                    .map(|transport| facts::name_server(view, server, transport))
            })
            .collect(),
        Target::Ntp(endpoint) => {
            at(endpoint.port).map(|server| facts::time_server(view, server)).collect()
        }
        _ => Vec::new(),
    }
}
