//! The TLS sessions of a service, or why there are none to judge.

use std::sync::Arc;

use jiff::Timestamp;

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::reach::helpers::{contacts, socket, verdict_over_contacts};
use crate::check::rule::Reason;
use crate::check::web::helpers::unknown_end_reason;
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls::{self, Acceptance, Clients};
use crate::evidence::web::{self, HttpsServer};
use crate::model::{
    Blob, Family, Host, Outcome, Question, Service, Subject, Target, TlsFailed, TlsSession, Verdict,
};

/// The contacts over IPv6 at which TLS is judged: those of a service that speaks TLS, and for a web
/// site those with every server on the way to its landing page, whichever scheme it is declared
/// with. Else that there is no TLS to judge. A mail domain's exchangers are another check's: their
/// certificates need not be for their names.
pub(in crate::check) fn tls_contacts<'a>(
    context: &CheckContext<'a>,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    context.require_in_use()?;
    if matches!(context.service.target, Target::Web(_)) {
        let servers = web_servers(context, Family::Ipv6)?;
        return Ok(servers.into_iter().flat_map(|server| server.contacts).collect());
    }
    declared_tls_contacts(context)
}

/// The contacts over IPv6 at the port that the service is declared on; else that no TLS is spoken
/// there.
pub(in crate::check) fn declared_tls_contacts<'a>(
    context: &CheckContext<'a>,
) -> Result<Vec<EndpointContact<'a>>, Verdict> {
    context.require_in_use()?;
    match service::declared_ports(&context.view, context.service).first() {
        None => Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(port) if !port.has_tls() => Err(Verdict::not_applicable("no-tls")),
        Some(_) => contacts(context, Family::Ipv6),
    }
}

/// The TLS servers on the way to the landing page over one family; else the verdict that there are
/// none.
pub(in crate::check) fn web_servers<'a>(
    context: &CheckContext<'a>,
    family: Family,
) -> Result<Vec<HttpsServer<'a>>, Verdict> {
    contacts(context, family)?;
    let chains = web::redirect_chains(&context.view, context.service, family);
    let servers = web::https_servers_of(&chains);
    if !servers.is_empty() {
        return Ok(servers);
    }
    let verdict = match chains.iter().find_map(unknown_end_reason) {
        // Where plain HTTP leads is not known.
        Some(reason) => Verdict::inconclusive(reason),
        None => Verdict::not_applicable("no-tls"),
    };
    Err(verdict.citing(chains.iter().flat_map(|chain| chain.observations())))
}

/// The host that a contact's certificate has to be for.
pub(in crate::check) fn host_of(contact: &EndpointContact<'_>) -> Option<Host> {
    match &contact.conversation.question {
        Question::Conversation(question) => question.tls.clone(),
        Question::Greeting(question) => Some(question.host.clone()),
        _ => None,
    }
}

/// A failure with the digest of the certificate that it is about: it may be the same at other servers.
pub(in crate::check) fn naming_leaf(mut subject: Subject, chain: &[Blob]) -> Subject {
    if subject.outcome == Outcome::Fail
        && let Some(leaf) = chain.first()
    {
        subject.detail.push(("leaf", leaf.digest().to_string()));
    }
    subject
}

/// What the service's clients make of the certificates of a session.
pub(in crate::check) fn accepted(
    context: &CheckContext<'_>,
    session: &TlsSession,
    seen_at: Timestamp,
) -> Arc<Acceptance> {
    let clients = Clients::of(context.service);
    tls::acceptance(&context.view, session, context.trust, clients, seen_at)
}

/// What one contact shows, with its host where that is not the service's own.
pub(in crate::check) fn naming_host(
    service: &Service,
    contact: &EndpointContact<'_>,
    mut subject: Subject,
) -> Subject {
    if let Some(host) = host_of(contact)
        && Some(&host) != service::tls_host(service).as_ref()
    {
        subject.detail.insert(0, ("host", host.to_string()));
    }
    subject
}

/// The verdict over what each contact shows by `judge`, with the facts that the contacts rest on.
pub(in crate::check) fn verdict_over_each(
    context: &CheckContext<'_>,
    contacts: &[EndpointContact<'_>],
    pass: &'static str,
    judge: impl FnMut(&EndpointContact<'_>) -> Subject,
) -> Verdict {
    verdict_over_contacts(subjects_of_each(context, contacts, judge), pass, contacts)
}

/// What each contact shows by `judge`.
pub(in crate::check) fn subjects_of_each(
    context: &CheckContext<'_>,
    contacts: &[EndpointContact<'_>],
    mut judge: impl FnMut(&EndpointContact<'_>) -> Subject,
) -> Vec<Subject> {
    let subjects =
        contacts.iter().map(|contact| naming_host(context.service, contact, judge(contact)));
    subjects.collect()
}

/// What the TLS sessions of a contact show, where they differ the worst of them: a certificate that
/// one of several servers behind an address shows is one that some of its visitors get. The check's
/// `reasons` say which is worst: its failures are listed from the gravest on, its passes from the
/// best on.
pub(in crate::check) fn subject_of_worst_session(
    contact: &EndpointContact<'_>,
    reasons: &[Reason],
    judge: impl Fn(&TlsSession, Timestamp) -> Subject,
) -> Subject {
    match sessions_of(contact) {
        Ok(sessions) => subject_of_worst_attempt(
            contact,
            reasons,
            sessions.iter().map(|(seen, at)| judge(seen, *at)),
        ),
        Err(subject) => subject,
    }
}

/// The worst of what the attempts at a contact show; see [`subject_of_worst_session`].
pub(in crate::check) fn subject_of_worst_attempt(
    contact: &EndpointContact<'_>,
    reasons: &[Reason],
    subjects: impl Iterator<Item = Subject>,
) -> Subject {
    let place = |subject: &Subject| {
        let place = reasons.iter().position(|reason| reason.id == subject.reason);
        place.unwrap_or(reasons.len())
    };
    let badness = |subject: &Subject| match subject.outcome {
        Outcome::Fail => (0, place(subject)),
        Outcome::Inconclusive => (1, place(subject)),
        Outcome::Pass => (2, reasons.len() - place(subject)),
        Outcome::NotApplicable => (3, 0),
    };
    subjects.min_by_key(badness).unwrap_or_else(|| {
        socket(contact.address, Outcome::Inconclusive, common::LOWER_LAYER, Vec::new())
    })
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

/// The TLS sessions of a contact, one or more; else what the address shows without one. A session that
/// was seen behind a failure counts: its certificates are there to be judged.
pub(in crate::check) fn sessions_of<'e>(
    contact: &EndpointContact<'e>,
) -> Result<Vec<(&'e TlsSession, Timestamp)>, Subject> {
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = contact.conversation.handshake_gap() {
        return Err(unknown(common::reason_of(gap)));
    }
    let sessions = contact.conversation.attempts.iter().zip(&contact.conversation.seen_at);
    let sessions: Vec<_> = sessions
        .filter_map(|((seen, _), at)| {
            let tls = seen.tls.as_ref()?;
            Some((tls.as_ref().map_or_else(TlsFailed::session, Some)?, *at))
        })
        .collect();
    if sessions.is_empty() { Err(unknown(common::LOWER_LAYER)) } else { Ok(sessions) }
}
