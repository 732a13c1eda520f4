//! The TLS sessions of a service, or why there are none to judge.

use jiff::Timestamp;

use crate::check::reach::helpers::{contacts, socket};
use crate::check::unknown::not_seen;
use crate::check::{CheckContext, common};
use crate::evidence::service::{self, EndpointContact};
use crate::model::{Family, Outcome, State, Subject, TlsSession, Verdict};

/// The contacts over IPv6 of a service that speaks TLS; else that there is no TLS to judge. A mail
/// domain's exchangers are another check's: their certificates need not be for their names.
pub(in crate::check) fn tls_contacts<'a>(
    case: &CheckContext<'a>,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    match service::declared_ports(&case.view, case.service).first() {
        None => Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(port) if !port.has_tls() => Err(Verdict::not_applicable("no-tls")),
        Some(_) => contacts(case, Family::Ipv6),
    }
}

/// The newest TLS session of a contact and when it was seen; else what is to be said of the address
/// instead.
pub(in crate::check) fn session_of<'e>(
    contact: &EndpointContact<'e>,
) -> Result<(&'e TlsSession, Timestamp), Subject> {
    let sessions = sessions_of(contact)?;
    let unknown =
        || socket(contact.address, Outcome::Inconclusive, common::LOWER_LAYER, Vec::new());
    sessions.last().copied().ok_or_else(unknown)
}

/// What is said of each TLS session of a contact, where all say the same; attempts that contradict
/// each other are not picked from.
pub(in crate::check) fn of_sessions(
    contact: &EndpointContact<'_>,
    judge: impl Fn(&TlsSession, Timestamp) -> Subject,
) -> Subject {
    match sessions_of(contact) {
        Ok(sessions) => agreed(contact, sessions.iter().map(|(seen, at)| judge(seen, *at))),
        Err(subject) => subject,
    }
}

/// The last of what was said of each attempt at a contact, where all say the same.
pub(in crate::check) fn agreed(
    contact: &EndpointContact<'_>,
    said: impl Iterator<Item = Subject>,
) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let differs = |a: &Subject, b: &Subject| (a.outcome, a.reason) != (b.outcome, b.reason);
    let said: Vec<Subject> = said.collect();
    if said.windows(2).any(|pair| differs(&pair[0], &pair[1])) {
        return unknown(common::FLAKY);
    }
    said.into_iter().next_back().unwrap_or_else(|| unknown(common::LOWER_LAYER))
}

/// The TLS sessions of a contact, one or more; else what is to be said of the address instead.
fn sessions_of<'e>(
    contact: &EndpointContact<'e>,
) -> Result<Vec<(&'e TlsSession, Timestamp)>, Subject> {
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
