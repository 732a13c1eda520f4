//! What the checks of addresses have in common: whom they speak of, and when they can't speak.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use url::Url;

use super::{Case, common};
use crate::facts::{self, Lookup, Missing, Status, Talk, Walk};
use crate::model::{
    Detail, Family, Outcome, State, Subject, SubjectName, Target, TlsSession, Verdict,
};

/// The URL of a web service that is in use; else the verdict that there is nothing to judge.
pub(super) fn web_url<'a>(case: &Case<'a>) -> Result<&'a Url, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    match &case.service.target {
        Target::Web(url) => Ok(url),
        _ => Err(Verdict::not_applicable(common::OTHER_KIND)),
    }
}

/// The service's addresses of one family; else the verdict that there are none, or that it is
/// unknown whether there are.
pub(super) fn addresses(case: &Case<'_>, family: Family) -> Result<Vec<IpAddr>, Verdict> {
    let none = match family {
        Family::Ipv6 => common::NO_IPV6,
        Family::Ipv4 => common::NO_IPV4,
    };
    let Some(published) = facts::addresses(&case.view, case.service) else {
        return Err(Verdict::not_applicable(none));
    };
    let found = published.of(family, &case.view);
    match published.lookup(family) {
        None if found.is_empty() => Err(Verdict::not_applicable(none)),
        None => Ok(found),
        Some(lookup) => match &lookup.status {
            Status::Found => Ok(found),
            Status::NoData | Status::NxDomain | Status::Synthesised => {
                Err(cited(Verdict::not_applicable(none), lookup))
            }
            Status::NotObserved => Err(cited(Verdict::inconclusive(common::NOT_OBSERVED), lookup)),
            _ => Err(cited(Verdict::inconclusive(common::UNRESOLVED), lookup)),
        },
    }
}

fn cited(verdict: Verdict, lookup: &Lookup) -> Verdict {
    verdict.citing(lookup.observations.iter().copied())
}

/// The redirect chains of a URL from every address of one family.
pub(super) fn walks<'a>(
    case: &Case<'a>,
    url: &Url,
    family: Family,
) -> Result<Vec<Walk<'a>>, Verdict> {
    let port = url.port_or_known_default().unwrap_or(443);
    Ok(addresses(case, family)?
        .into_iter()
        .map(|address| facts::walk(&case.view, url, SocketAddr::new(address, port)))
        .collect())
}

/// The conversation with the address where a chain starts.
pub(super) fn first_talk<'w, 'e>(walk: &'w Walk<'e>) -> Option<&'w Talk<'e>> {
    walk.hops.first()?.visits.first().map(|visit| &visit.talk)
}

/// Why nothing can be said from a conversation, when that is our side's doing.
pub(super) fn not_seen(talk: Option<&Talk<'_>>) -> Option<&'static str> {
    let Some(talk) = talk else { return Some(common::NOT_OBSERVED) };
    match talk.missing {
        Some(Missing::NotObserved) => return Some(common::NOT_OBSERVED),
        Some(Missing::NotVisited) => return Some(common::NOT_VISITED),
        None => {}
    }
    if talk.is_our_fault() {
        return Some(common::OUR_FAULT);
    }
    // A failure that was to be tried again is not yet a failure.
    (!talk.needs.is_empty()).then_some(common::NOT_OBSERVED)
}

/// What one address shows.
pub(super) fn socket(
    address: SocketAddr,
    outcome: Outcome,
    reason: &'static str,
    detail: Vec<Detail>,
) -> Subject {
    Subject { name: SubjectName::Socket(address), outcome, reason, detail }
}

/// The verdict over all subjects, with the facts that the chains rest on.
pub(super) fn over(subjects: Vec<Subject>, pass: &'static str, walks: &[Walk<'_>]) -> Verdict {
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(walks.iter().flat_map(|walk| walk.observations()))
}

/// As [`over`], for checks that look at the first conversation of each chain only.
pub(super) fn over_first(
    subjects: Vec<Subject>,
    pass: &'static str,
    walks: &[Walk<'_>],
) -> Verdict {
    let talks = walks.iter().filter_map(first_talk);
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(talks.flat_map(|talk| talk.observations().collect::<Vec<_>>()))
}

/// The redirect chains from every IPv6 address of an https service; else that there is no TLS.
pub(super) fn tls_walks<'a>(case: &Case<'a>, url: &Url) -> Result<Vec<Walk<'a>>, Verdict> {
    if url.scheme() != "https" {
        return Err(Verdict::not_applicable("no-tls"));
    }
    walks(case, url, Family::Ipv6)
}

/// The TLS session with the address where a chain starts and when it was seen; else what is to be
/// said of the address instead.
pub(super) fn session_of<'e>(walk: &Walk<'e>) -> Result<(&'e TlsSession, Timestamp), Subject> {
    let talk = first_talk(walk);
    let unknown = |reason| socket(walk.start, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(talk) {
        return Err(unknown(reason));
    }
    let sessions = talk.into_iter().flat_map(|talk| talk.attempts.iter().zip(&talk.seen_at));
    sessions
        .filter_map(|((seen, _), at)| Some((seen.tls.as_ref()?.as_ref().ok()?, *at)))
        .next_back()
        .ok_or_else(|| unknown(common::LOWER_LAYER))
}
