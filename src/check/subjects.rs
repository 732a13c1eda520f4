//! What the checks of addresses have in common: whom they speak of, and when they can't speak.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;
use url::Url;

use super::exchangers::without_addresses;
use super::{Case, common};
use crate::facts::{
    self, Contact, Contacts, Failure, Lookup, Mail, Missing, Rounds, Route, Status, Talk, Walk,
};
use crate::model::{
    Detail, Family, Outcome, State, Subject, SubjectName, Target, TlsSession, Verdict,
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
            failed => {
                let reason = unknown_status(failed).unwrap_or(common::UNRESOLVED);
                Err(cited(Verdict::inconclusive(reason), lookup))
            }
        },
    }
}

/// Whether the service has more IPv6 addresses than are looked at.
pub(super) fn is_cut(case: &Case<'_>) -> bool {
    let published = facts::addresses(&case.view, case.service);
    published.is_some_and(|published| published.is_cut(Family::Ipv6, &case.view))
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
    Ok(facts::walks_from(&case.view, url, addresses(case, family)?))
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

/// The rounds at each address that [`contacts`] has.
pub(super) fn rounds(case: &Case<'_>, family: Family) -> Result<Vec<Rounds>, Verdict> {
    // Whether mail can leave our network, only the contacts tell.
    match case.service.target {
        Target::Mail(_) => drop(met(case, family)?),
        _ => drop(may_be_met(case, family)?),
    }
    let first = facts::first_rounds(&case.view, case.service, family);
    Ok(first.iter().map(|first| facts::rounds(&case.view, first)).collect())
}

/// The verdict that there is nobody to be met, or that nothing is known of it; else a mail domain's
/// exchangers.
fn may_be_met(case: &Case<'_>, family: Family) -> Result<Option<Mail>, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    if let Target::Mail(_) = &case.service.target {
        return mail_exchangers(case).map(Some);
    }
    if facts::ports(&case.view, case.service).is_empty() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    addresses(case, family)?;
    Ok(None)
}

fn met<'a>(case: &Case<'a>, family: Family) -> Result<Contacts<'a>, Verdict> {
    let mail = may_be_met(case, family)?;
    let met = facts::contacts(&case.view, case.service, family);
    if let Some(mail) = mail {
        if met.main.is_empty() {
            return Err(without_addresses(&mail, family));
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
        Route::Unresolved => {
            Verdict::inconclusive(unknown_lookup(&mail.mx).unwrap_or(common::UNRESOLVED))
        }
        Route::NullMx | Route::Implicit | Route::Nowhere | Route::NoDomain => {
            Verdict::not_applicable(common::NO_MX)
        }
    };
    Err(verdict.citing(mail.observations()))
}

/// The contacts over IPv6 of a service that speaks TLS; else that there is no TLS to judge. A mail
/// domain's exchangers are another check's: their certificates need not be for their names.
pub(super) fn tls_contacts<'a>(case: &Case<'a>) -> Result<Vec<Contact<'a>>, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    match facts::ports(&case.view, case.service).first() {
        None => Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(port) if !port.has_tls() => Err(Verdict::not_applicable("no-tls")),
        Some(_) => contacts(case, Family::Ipv6),
    }
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

/// The newest TLS session of a contact and when it was seen; else what is to be said of the address
/// instead.
pub(super) fn session_of<'e>(
    contact: &Contact<'e>,
) -> Result<(&'e TlsSession, Timestamp), Subject> {
    let sessions = sessions_of(contact)?;
    let unknown =
        || socket(contact.address, Outcome::Inconclusive, common::LOWER_LAYER, Vec::new());
    sessions.last().copied().ok_or_else(unknown)
}

/// What is said of each TLS session of a contact, where all say the same; attempts that contradict
/// each other are not picked from.
pub(super) fn of_sessions(
    contact: &Contact<'_>,
    judge: impl Fn(&TlsSession, Timestamp) -> Subject,
) -> Subject {
    match sessions_of(contact) {
        Ok(sessions) => agreed(contact, sessions.iter().map(|(seen, at)| judge(seen, *at))),
        Err(subject) => subject,
    }
}

/// The last of what was said of each attempt at a contact, where all say the same.
pub(super) fn agreed(contact: &Contact<'_>, said: impl Iterator<Item = Subject>) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let differs = |a: &Subject, b: &Subject| (a.outcome, a.reason) != (b.outcome, b.reason);
    let said: Vec<Subject> = said.collect();
    if said.windows(2).any(|pair| differs(&pair[0], &pair[1])) {
        return unknown(common::FLAKY);
    }
    said.into_iter().next_back().unwrap_or_else(|| unknown(common::LOWER_LAYER))
}

/// The TLS sessions of a contact, one or more; else what is to be said of the address instead.
fn sessions_of<'e>(contact: &Contact<'e>) -> Result<Vec<(&'e TlsSession, Timestamp)>, Subject> {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return Err(unknown(reason));
    }
    let sessions = contact.talk.attempts.iter().zip(&contact.talk.seen_at);
    let sessions: Vec<_> = sessions
        .filter_map(|((seen, _), at)| Some((seen.tls.as_ref()?.as_ref().ok()?, *at)))
        .collect();
    if sessions.is_empty() { Err(unknown(common::LOWER_LAYER)) } else { Ok(sessions) }
}

/// Why a look-up tells nothing, when it doesn't.
pub(super) fn unknown_lookup(lookup: &Lookup) -> Option<&'static str> {
    unknown_status(&lookup.status)
}

/// Why nothing follows from what came of a look-up, when nothing does.
pub(super) fn unknown_status(status: &Status) -> Option<&'static str> {
    match status {
        Status::NotObserved => Some(common::NOT_OBSERVED),
        Status::Failed(Failure::Net(failure)) if failure.is_ours() => Some(common::OUR_FAULT),
        Status::ChainTooLong => Some(common::LIMIT),
        Status::Failed(_) | Status::ChainLooped => Some(common::UNRESOLVED),
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
