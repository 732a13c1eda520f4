//! What a service answers in its own protocol, at each of its IPv6 addresses.

use std::net::SocketAddr;

use crate::check::address::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::reach::greetings::{
    GreetingOutcome, Settled, banner_outcome, flapping, hello_outcome, settled,
    subject_of_greetings,
};
use crate::check::reach::helpers::{contacts, socket};
use crate::evidence::service::{self, Ending, EndpointContact, ServiceQuery, ServiceReply};
use crate::model::{
    Conversation, Endpoint, Family, NtpPacket, ObservationId, Outcome, Rcode, Subject, Target,
    TlsFailed, TlsFailure, Transport, Verdict,
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
    let connects = conversations_of(contact).map(|(ending, seen)| (ending, seen.connect.is_ok()));
    match settled(connects, |is_connected| *is_connected) {
        Settled::Nothing => plain(Outcome::Inconclusive, common::NOT_OBSERVED),
        Settled::Flapping { lost, of } => flapping(contact.address, lost, of),
        Settled::As(true) => plain(Outcome::Pass, "answers"),
        Settled::As(false) => plain(Outcome::Fail, "no-connection"),
    }
}

fn handshake_subject(contact: &EndpointContact<'_>) -> Subject {
    let plain = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return plain(Outcome::Inconclusive, common::reason_of(gap));
    }
    let handshakes =
        conversations_of(contact).filter_map(|(ending, seen)| Some((ending, seen.tls.as_ref()?)));
    match settled(handshakes, |tls| tls.is_ok()) {
        Settled::Nothing => plain(Outcome::Inconclusive, common::LOWER_LAYER),
        Settled::Flapping { lost, of } => flapping(contact.address, lost, of),
        Settled::As(tls) => {
            let (outcome, reason) = tls
                .as_ref()
                .err()
                .map_or((Outcome::Pass, "answers"), |failed| outcome_without_tls(failed));
            plain(outcome, reason)
        }
    }
}

/// The conversations of a contact that our own machine didn't end, each with how it ended.
fn conversations_of<'e>(
    contact: &EndpointContact<'e>,
) -> impl Iterator<Item = (Ending, &'e Conversation)> {
    let endings = contact.conversation.endings.iter().copied();
    let attempts = contact.conversation.attempts.iter().map(|(seen, _)| *seen);
    endings.zip(attempts).filter(|(_, seen)| !seen.is_our_fault())
}

/// What a service is to its clients when they can't agree on TLS.
fn outcome_without_tls(failed: &TlsFailed) -> (Outcome, &'static str) {
    match failed.failure {
        TlsFailure::ChainTooLarge => (Outcome::Inconclusive, common::LIMIT),
        _ => (Outcome::Fail, "no-handshake"),
    }
}

/// A service that greets, where TLS comes first after its handshake. What follows STARTTLS is more than
/// a greeting: tls-handshake judges it.
fn greeting_subject(contact: &EndpointContact<'_>) -> Subject {
    subject_of_greetings(contact, |greeting| {
        for part in [banner_outcome(greeting), hello_outcome(greeting)].into_iter().flatten() {
            if let GreetingOutcome::Failed(reason) = part {
                return Some((Outcome::Fail, reason));
            }
        }
        if banner_outcome(greeting).is_some() {
            return Some((Outcome::Pass, "answers"));
        }
        let failed = greeting.conversation.tls.as_ref()?.as_ref().err()?;
        Some(outcome_without_tls(failed))
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
