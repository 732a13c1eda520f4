//! What the checks of addresses have in common: whom they speak of, and when they can't speak.

use std::net::{IpAddr, SocketAddr};

use url::Url;

use super::{Case, common};
use crate::facts::{
    self, Contact, Contacts, Failure, Lookup, Mail, Missing, Route, Status, Talk, Walk,
};
use crate::model::{
    Detail, Family, NetFailure, Outcome, State, Subject, SubjectName, Target, Verdict,
    special_purpose,
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

/// The service's addresses of one family that anything is asked of; else the verdict that there are
/// none, or that it is unknown whether there are.
pub(super) fn addresses(case: &Case<'_>, family: Family) -> Result<Vec<IpAddr>, Verdict> {
    let mut found = all_addresses(case, family)?;
    found.truncate(case.view.settings.limits.addresses);
    Ok(found)
}

/// As [`addresses`], for checks that ask nothing of them: every published address.
pub(super) fn all_addresses(case: &Case<'_>, family: Family) -> Result<Vec<IpAddr>, Verdict> {
    let none = match family {
        Family::Ipv6 => common::NO_IPV6,
        Family::Ipv4 => common::NO_IPV4,
    };
    let Some(published) = facts::addresses(&case.view, case.service) else {
        return Err(Verdict::not_applicable(none));
    };
    let found = published.all(family);
    match published.lookup(family) {
        None if found.is_empty() => Err(Verdict::not_applicable(none)),
        None => Ok(found),
        Some(lookup) => match &lookup.status {
            Status::Found => Ok(found),
            Status::NoData | Status::NxDomain | Status::Synthesised => {
                Err(cited(Verdict::not_applicable(none), lookup))
            }
            _ => {
                let reason = unknown_lookup(lookup).unwrap_or(common::UNRESOLVED);
                Err(cited(Verdict::inconclusive(reason), lookup))
            }
        },
    }
}

/// What is to be said where a service has more addresses of a family than are asked: a pass over a
/// part of them is not a pass. Contacts and chains say it themselves.
pub(super) fn beyond_limit(case: &Case<'_>, family: Family) -> Option<Subject> {
    let name = SubjectName::Address(beyond_limit_of(case, family)?);
    let (outcome, reason) = (Outcome::Inconclusive, common::LIMIT);
    Some(Subject { name, outcome, reason, detail: Vec::new() })
}

fn beyond_limit_of(case: &Case<'_>, family: Family) -> Option<IpAddr> {
    facts::addresses(&case.view, case.service)?.beyond_limit(family, &case.view)
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
    let mut walks = facts::walks_from(&case.view, url, addresses(case, family)?);
    let beyond = beyond_limit_of(case, family);
    walks.extend(beyond.map(|address| facts::walk_beyond_limit(url, address)));
    Ok(walks)
}

/// The redirect chains of a web service over IPv6 and over IPv4, for checks that compare the two;
/// else the verdict that there is nothing to compare.
pub(super) fn both_families<'a>(
    case: &Case<'a>,
) -> Result<(Vec<Walk<'a>>, Vec<Walk<'a>>), Verdict> {
    let url = web_url(case)?;
    if case.service.state == State::Ipv6Only {
        return Err(Verdict::not_applicable(common::NO_IPV4));
    }
    Ok((walks(case, url, Family::Ipv6)?, walks(case, url, Family::Ipv4)?))
}

/// The conversation with the address where a chain starts.
pub(super) fn first_talk<'w, 'e>(walk: &'w Walk<'e>) -> Option<&'w Talk<'e>> {
    walk.hops.first()?.visits.first().map(|visit| &visit.talk)
}

/// Why nothing can be said from a conversation, when that is our side's doing.
pub(super) fn not_seen(talk: Option<&Talk<'_>>) -> Option<&'static str> {
    let Some(talk) = talk else { return Some(common::NOT_OBSERVED) };
    if let Some(missing) = talk.missing {
        return Some(not_asked(missing));
    }
    if talk.is_our_fault() {
        return Some(common::OUR_FAULT);
    }
    // A failure that was to be tried again is not yet a failure.
    (!talk.needs.is_empty()).then_some(common::NOT_OBSERVED)
}

/// Why nothing can be said of the connection itself, whatever became of what was tried on it.
pub(super) fn not_connected(talk: &Talk<'_>) -> Option<&'static str> {
    if let Some(missing) = talk.missing {
        return Some(not_asked(missing));
    }
    let connects = || talk.attempts.iter().map(|(seen, _)| &seen.connect);
    if connects().any(Result::is_ok) {
        return None;
    }
    if connects().all(|connect| connect.as_ref().is_err_and(NetFailure::is_ours)) {
        return Some(common::OUR_FAULT);
    }
    // A failure that was to be tried again is not yet a failure.
    (!talk.needs.is_empty()).then_some(common::NOT_OBSERVED)
}

/// Why nothing was asked, as a reason.
pub(super) fn not_asked(missing: Missing) -> &'static str {
    match missing {
        Missing::NotObserved => common::NOT_OBSERVED,
        Missing::NotVisited => common::NOT_VISITED,
        Missing::LimitReached => common::LIMIT,
    }
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

/// What was seen at the main port of a service in use, at each of its addresses of one family; for a
/// mail domain, at port 25 of each of its exchangers. Else the verdict that there is nothing to
/// judge, or why nothing can be said.
pub(super) fn contacts<'a>(case: &Case<'a>, family: Family) -> Result<Vec<Contact<'a>>, Verdict> {
    met(case, family).map(|contacts| contacts.main)
}

/// As [`contacts`], at every port that the service declares.
pub(super) fn all_contacts<'a>(
    case: &Case<'a>,
    family: Family,
) -> Result<Vec<Contact<'a>>, Verdict> {
    met(case, family).map(|contacts| contacts.main.into_iter().chain(contacts.further).collect())
}

fn met<'a>(case: &Case<'a>, family: Family) -> Result<Contacts<'a>, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    if matches!(case.service.target, Target::Mail(_)) {
        mail_exchangers(case)?;
    } else if facts::ports(case.service).is_empty() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    } else {
        addresses(case, family)?;
    }
    let met = facts::contacts(&case.view, case.service, family);
    if matches!(case.service.target, Target::Mail(_)) {
        if met.main.is_empty() {
            let none = if family == Family::Ipv6 { common::NO_IPV6 } else { common::NO_IPV4 };
            return Err(Verdict::not_applicable(none));
        }
        let other = if family == Family::Ipv6 { Family::Ipv4 } else { Family::Ipv6 };
        let other = facts::contacts(&case.view, case.service, other);
        let all: Vec<_> = met.all().chain(other.all()).collect();
        if facts::is_mail_blocked(&all) {
            let cite = all.iter().flat_map(|contact| contact.talk.observations());
            return Err(
                Verdict::inconclusive(common::MAIL_BLOCKED).citing(cite.collect::<Vec<_>>())
            );
        }
    }
    Ok(met)
}

/// The exchangers of a mail domain in use; else the verdict that there is nothing to judge, or that
/// they are unknown.
pub(super) fn mail_exchangers(case: &Case<'_>) -> Result<Mail, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    let Target::Mail(domain) = &case.service.target else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    let mail = facts::mail(&case.view, domain);
    let verdict = match mail.route {
        Route::Exchangers => {
            let lookups = || mail.exchangers.iter().flat_map(|e| [&e.aaaa, &e.a]);
            if lookups().all(|lookup| lookup.status != Status::NotObserved) {
                return Ok(mail);
            }
            Verdict::inconclusive(common::NOT_OBSERVED)
        }
        Route::NotObserved => Verdict::inconclusive(common::NOT_OBSERVED),
        Route::Unresolved => Verdict::inconclusive(common::UNRESOLVED),
        Route::NullMx | Route::Implicit | Route::Nowhere | Route::NoDomain => {
            Verdict::not_applicable(common::NO_MX)
        }
    };
    Err(verdict.citing(mail.observations()))
}

/// The verdict over all subjects, with the facts that the contacts rest on.
pub(super) fn over_contacts(
    subjects: Vec<Subject>,
    pass: &'static str,
    contacts: &[Contact<'_>],
) -> Verdict {
    Verdict::worst_of(subjects, pass, common::NO_IPV6)
        .citing(contacts.iter().flat_map(|contact| contact.talk.observations()))
}

/// Why a look-up tells nothing, when it doesn't.
pub(super) fn unknown_lookup(lookup: &Lookup) -> Option<&'static str> {
    match &lookup.status {
        Status::NotObserved => Some(common::NOT_OBSERVED),
        Status::Failed(Failure::Net(failure)) if failure.is_ours() => Some(common::OUR_FAULT),
        Status::Failed(_) | Status::ChainTooLong | Status::ChainLooped => Some(common::UNRESOLVED),
        Status::Found | Status::NoData | Status::NxDomain | Status::Synthesised => None,
    }
}

/// Whether packets can reach an address from where they have to: from anywhere, or for an internal
/// service from the declared internal network.
pub(super) fn is_usable(case: &Case<'_>, address: IpAddr) -> bool {
    let networks = case.view.networks;
    if case.service.state == State::Internal {
        return networks.owner(address).is_some_and(|network| network.internal);
    }
    special_purpose(address).is_none_or(|row| row.usable) || networks.counts_as_global(address)
}
