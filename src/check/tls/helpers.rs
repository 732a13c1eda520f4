//! The TLS sessions of a service, or why there are none to judge.

use jiff::Timestamp;

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::reach::helpers::{contacts, socket};
use crate::evidence::service::{self, EndpointContact};
use crate::model::{Family, Outcome, Subject, TlsSession, Verdict};

/// The contacts over IPv6 of a service that speaks TLS; else that there is no TLS to judge. A mail
/// domain's exchangers are another check's: their certificates need not be for their names.
pub(in crate::check) fn tls_contacts<'a>(
    context: &CheckContext<'a>,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    context.require_in_use()?;
    match service::declared_ports(&context.view, context.service).first() {
        None => Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(port) if !port.has_tls() => Err(Verdict::not_applicable("no-tls")),
        Some(_) => contacts(context, Family::Ipv6),
    }
}

/// The newest TLS session of a contact and when it was seen; else what the address shows without one.
pub(in crate::check) fn session_of<'e>(
    contact: &EndpointContact<'e>,
) -> Result<(&'e TlsSession, Timestamp), Subject> {
    let sessions = sessions_of(contact)?;
    let unknown =
        || socket(contact.address, Outcome::Inconclusive, common::LOWER_LAYER, Vec::new());
    sessions.last().copied().ok_or_else(unknown)
}

/// What each TLS session of a contact shows, where all show the same: attempts that contradict each
/// other are not picked from.
pub(in crate::check) fn subject_of_agreeing_sessions(
    contact: &EndpointContact<'_>,
    judge: impl Fn(&TlsSession, Timestamp) -> Subject,
) -> Subject {
    match sessions_of(contact) {
        Ok(sessions) => subject_of_agreeing_attempts(
            contact,
            sessions.iter().map(|(seen, at)| judge(seen, *at)),
        ),
        Err(subject) => subject,
    }
}

/// The last of what the attempts at a contact show, where all show the same.
pub(in crate::check) fn subject_of_agreeing_attempts(
    contact: &EndpointContact<'_>,
    subjects: impl Iterator<Item = Subject>,
) -> Subject {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    let differs = |a: &Subject, b: &Subject| (a.outcome, a.reason) != (b.outcome, b.reason);
    let subjects: Vec<Subject> = subjects.collect();
    if subjects.windows(2).any(|pair| differs(&pair[0], &pair[1])) {
        return unknown(common::FLAKY);
    }
    subjects.into_iter().next_back().unwrap_or_else(|| unknown(common::LOWER_LAYER))
}

/// The TLS sessions of a contact, one or more; else what the address shows without one.
fn sessions_of<'e>(
    contact: &EndpointContact<'e>,
) -> Result<Vec<(&'e TlsSession, Timestamp)>, Subject> {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return Err(unknown(common::reason_of(gap)));
    }
    let sessions = contact.conversation.attempts.iter().zip(&contact.conversation.seen_at);
    let sessions: Vec<_> = sessions
        .filter_map(|((seen, _), at)| Some((seen.tls.as_ref()?.as_ref().ok()?, *at)))
        .collect();
    if sessions.is_empty() { Err(unknown(common::LOWER_LAYER)) } else { Ok(sessions) }
}
