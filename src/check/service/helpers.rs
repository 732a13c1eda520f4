//! What a service answers in its own protocol, at each of its IPv6 addresses.

use std::net::SocketAddr;

use crate::check::address::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::reach::greetings::{
    GreetingOutcome, banner_outcome, hello_outcome, subject_of_greetings,
};
use crate::check::reach::helpers::{contacts, socket};
use crate::evidence::service::{self, EndpointContact, ServiceQuery, ServiceReply};
use crate::model::{
    Endpoint, Family, NtpPacket, ObservationId, Outcome, Rcode, Subject, Target, TlsFailed,
    TlsFailure, TlsSession, Transport, Verdict,
};

/// What each IPv6 address of the main port shows, and the facts that this rests on; else the verdict
/// that there is nothing to judge, or why nothing can be concluded.
pub(in crate::check) fn answer_subjects(context: &CheckContext<'_>) -> AnswerSubjects {
    context.require_in_use()?;
    match &context.service.target {
        Target::Web(_) | Target::Mail(_) | Target::Zone(_) => {
            Err(Verdict::not_applicable(common::OTHER_KIND))
        }
        Target::Dns(endpoint) => datagram_subjects(context, endpoint, outcome_of_name_server),
        Target::Ntp(endpoint) => datagram_subjects(context, endpoint, outcome_of_time_server),
        Target::Tcp(_) => contact_subjects(context, connection_subject),
        Target::Tls(_) => contact_subjects(context, handshake_subject),
        _ => contact_subjects(context, greeting_subject),
    }
}

/// Subjects with the facts that they rest on, or a verdict instead.
type AnswerSubjects = Result<(Vec<Subject>, Vec<ObservationId>), Verdict>;

fn contact_subjects(
    context: &CheckContext<'_>,
    subject: fn(&EndpointContact<'_>) -> Subject,
) -> AnswerSubjects {
    let contacts = contacts(context, Family::Ipv6)?;
    let cite = contacts.iter().flat_map(|contact| contact.conversation.observations()).collect();
    Ok((contacts.iter().map(subject).collect(), cite))
}

fn connection_subject(contact: &EndpointContact<'_>) -> Subject {
    let plain = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return plain(Outcome::Inconclusive, common::reason_of(gap));
    }
    if contact.conversation.is_connect_flaky() {
        return plain(Outcome::Inconclusive, common::FLAKY);
    }
    match contact.conversation.attempts.iter().any(|(seen, _)| seen.connect.is_ok()) {
        true => plain(Outcome::Pass, "answers"),
        false => plain(Outcome::Fail, "no-connection"),
    }
}

fn handshake_subject(contact: &EndpointContact<'_>) -> Subject {
    let plain = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return plain(Outcome::Inconclusive, common::reason_of(gap));
    }
    let attempts = || contact.conversation.attempts.iter().map(|(seen, _)| *seen);
    let tried: Vec<_> = attempts()
        .filter(|seen| !seen.is_our_fault())
        .filter_map(|seen| seen.tls.as_ref())
        .collect();
    let is_cut = |tls: &Result<TlsSession, TlsFailed>| {
        tls.as_ref().is_err_and(|failed| failed.failure == TlsFailure::ChainTooLarge)
    };
    let completed = tried.iter().filter(|tls| tls.is_ok()).count();
    if tried.is_empty() {
        plain(Outcome::Inconclusive, common::LOWER_LAYER)
    } else if completed == tried.len() {
        plain(Outcome::Pass, "answers")
    } else if completed > 0 {
        plain(Outcome::Inconclusive, common::FLAKY)
    } else if tried.iter().any(|tls| is_cut(tls)) {
        plain(Outcome::Inconclusive, common::LIMIT)
    } else {
        plain(Outcome::Fail, "no-handshake")
    }
}

fn greeting_subject(contact: &EndpointContact<'_>) -> Subject {
    subject_of_greetings(contact, |greeting| {
        for part in [banner_outcome(greeting), hello_outcome(greeting)].into_iter().flatten() {
            if let GreetingOutcome::Failed(reason) = part {
                return Some((Outcome::Fail, reason));
            }
        }
        banner_outcome(greeting).map(|_| (Outcome::Pass, "answers"))
    })
}

type Judgement = (Outcome, &'static str, Vec<ObservationId>);

/// Services that are asked without a connection, at each of their IPv6 addresses.
fn datagram_subjects(
    context: &CheckContext<'_>,
    endpoint: &Endpoint,
    judge: fn(&CheckContext<'_>, SocketAddr) -> Judgement,
) -> AnswerSubjects {
    let mut cite = Vec::new();
    let subjects = addresses(context, Family::Ipv6)?.into_iter().map(|address| {
        let server = SocketAddr::new(address, endpoint.port);
        let (outcome, reason, observations) = judge(context, server);
        cite.extend(observations);
        socket(server, outcome, reason, Vec::new())
    });
    Ok((subjects.collect(), cite))
}

fn outcome_of_name_server(context: &CheckContext<'_>, server: SocketAddr) -> Judgement {
    let [udp, tcp] = [Transport::Udp, Transport::Tcp]
        .map(|transport| service::name_server(&context.view, server, transport));
    let cite = udp.observations.iter().chain(&tcp.observations).copied().collect();
    if let Some(gap) = udp.gap().or_else(|| tcp.gap()) {
        return (Outcome::Inconclusive, common::reason_of(gap), cite);
    }
    let (outcome, reason) = match (answering(&udp), answering(&tcp)) {
        (Ok(()), Ok(())) => (Outcome::Pass, "answers"),
        (Ok(()), Err("no-answer")) => (Outcome::Fail, "only-udp"),
        (Err("no-answer"), Ok(())) => (Outcome::Fail, "only-tcp"),
        (Err(reason), _) | (Ok(()), Err(reason)) => (Outcome::Fail, reason),
    };
    (outcome, reason, cite)
}

/// Whether a name server answers; a refusal is an answer, since it may serve others only.
fn answering(query: &ServiceQuery<'_>) -> Result<(), &'static str> {
    match query.name_server_reply() {
        Some(ServiceReply::Message(message)) if message.rcode == Rcode::SERVFAIL => Err("servfail"),
        Some(ServiceReply::Message(_)) => Ok(()),
        Some(ServiceReply::Malformed) => Err("malformed"),
        Some(ServiceReply::Nothing(_)) | None => Err("no-answer"),
    }
}

/// A stratum of 16 and more is a server without the time, and so is a stratum of 0 (RFC 5905 §7.3)
/// unless it comes with a code that sends the client away (§7.4).
fn outcome_of_time_server(context: &CheckContext<'_>, server: SocketAddr) -> Judgement {
    /// The association mode of a server's answer.
    const SERVER: u8 = 4;
    /// The leap indicator of a clock that is not synchronised.
    const NOT_SYNCHRONISED: u8 = 3;
    let query = service::time_server(&context.view, server);
    let cite = query.observations.clone();
    if let Some(gap) = query.gap() {
        return (Outcome::Inconclusive, common::reason_of(gap), cite);
    }
    let answer =
        query.time_server_reply().filter(|exchange| exchange.is_ours || exchange.answer.is_err());
    let packet =
        answer.map(|exchange| exchange.answer.as_ref().map(|a| NtpPacket::decode(a.bytes())));
    let (outcome, reason) = match packet {
        Some(Ok(Some(packet))) if packet.mode != SERVER => (Outcome::Fail, "not-protocol"),
        Some(Ok(Some(packet))) if packet.sends_away() => (Outcome::Fail, "kiss-of-death"),
        Some(Ok(Some(packet)))
            if packet.leap == NOT_SYNCHRONISED || !(1..=15).contains(&packet.stratum) =>
        {
            (Outcome::Fail, "not-synchronised")
        }
        Some(Ok(Some(_))) => (Outcome::Pass, "answers"),
        Some(Ok(None)) => (Outcome::Fail, "malformed"),
        Some(Err(_)) => (Outcome::Fail, "no-answer"),
        None => (Outcome::Fail, "not-protocol"),
    };
    (outcome, reason, cite)
}
