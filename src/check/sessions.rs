//! What the checks of TLS have in common: whose sessions they speak of, and what these show together.

use jiff::Timestamp;

use super::subjects::{contacts, not_seen, socket};
use super::{Case, common};
use crate::facts::{self, Contact};
use crate::model::{Family, Outcome, State, Subject, TlsSession, Verdict};

/// The contacts over IPv6 of a service that speaks TLS; else that there is no TLS to judge. A mail
/// domain's exchangers are another check's: their certificates need not be for their names.
pub(super) fn tls_contacts<'a>(case: &Case<'a>) -> Result<Vec<Contact<'a>>, Verdict> {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    match facts::ports(case.service).first() {
        None => Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(port) if !port.has_tls() => Err(Verdict::not_applicable("no-tls")),
        Some(_) => contacts(case, Family::Ipv6),
    }
}

/// The TLS sessions of a contact and when each was seen, at least one; else what is to be said of
/// the address instead.
pub(super) fn sessions_of<'e>(
    contact: &Contact<'e>,
) -> Result<Vec<(&'e TlsSession, Timestamp)>, Subject> {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return Err(unknown(reason));
    }
    let attempts = contact.talk.attempts.iter().zip(&contact.talk.seen_at);
    let sessions: Vec<_> = attempts
        .filter_map(|((seen, _), at)| Some((seen.tls.as_ref()?.as_ref().ok()?, *at)))
        .collect();
    match sessions.is_empty() {
        true => Err(unknown(common::LOWER_LAYER)),
        false => Ok(sessions),
    }
}

/// The last TLS session of a contact; else what is to be said of the address instead.
pub(super) fn session_of<'e>(
    contact: &Contact<'e>,
) -> Result<(&'e TlsSession, Timestamp), Subject> {
    let sessions = sessions_of(contact)?;
    sessions.last().copied().ok_or_else(|| {
        socket(contact.address, Outcome::Inconclusive, common::LOWER_LAYER, Vec::new())
    })
}

/// What every TLS session of a contact shows: the last one speaks, unless another contradicts it.
pub(super) fn judged_sessions<'e>(
    contact: &Contact<'e>,
    judge: impl FnMut(&'e TlsSession, Timestamp) -> Subject,
) -> Subject {
    let mut judge = judge;
    let judged = match sessions_of(contact) {
        Ok(sessions) => sessions.into_iter().map(|(session, at)| judge(session, at)).collect(),
        Err(unknown) => vec![unknown],
    };
    agreed(contact, judged)
}

/// The last of several findings at one address, unless another contradicts it.
pub(super) fn agreed(contact: &Contact<'_>, mut judged: Vec<Subject>) -> Subject {
    let nothing = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let Some(last) = judged.pop() else { return nothing(common::NOT_OBSERVED) };
    match judged.iter().all(|other| other.outcome == last.outcome) {
        true => last,
        false => nothing(common::FLAKY),
    }
}
