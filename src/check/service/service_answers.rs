//! Does the service greet in its own protocol at each IPv6 address?

use std::net::SocketAddr;

use crate::check::address::helpers::addresses;
use crate::check::doc::Doc;
use crate::check::reach::greetings::{self, Said, banner, hello};
use crate::check::reach::helpers::{contacts, socket};
use crate::check::unknown::not_seen;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::service::{self, EndpointContact, ServiceQuery, ServiceReply};
use crate::model::{
    Endpoint, Family, NtpPacket, ObservationId, Outcome, Rcode, Severity, State, Subject, Target,
    TlsFailed, TlsFailure, TlsSession, Transport, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "service-answers",
    sources: &[
        "RFC 1035 §4.2",
        "RFC 5905 §7.3",
        "RFC 9051 §7.1",
        "RFC 1939",
        "RFC 6409",
        "RFC 4253 §4.2",
        "RFC 8446",
    ],
    severity: Severity::Critical,
    revision: 2,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("refuses"),
        Reason::fail("later"),
        Reason::fail("silent"),
        Reason::fail("broken-off"),
        Reason::fail("tarpit"),
        Reason::fail("too-long"),
        Reason::fail("not-protocol"),
        Reason::fail("no-connection"),
        Reason::fail("no-handshake"),
        Reason::fail("no-answer"),
        Reason::fail("only-udp"),
        Reason::fail("only-tcp"),
        Reason::fail("malformed"),
        Reason::fail("servfail"),
        Reason::fail("not-synchronised"),
        Reason::fail("kiss-of-death"),
    ],
    doc: Doc::new(include_str!("service_answers.en.md"), include_str!("service_answers.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    match subjects(case) {
        Ok((subjects, cite)) => {
            let verdict = Verdict::worst_of(subjects, "answers", common::NO_IPV6);
            verdict.citing(cite)
        }
        Err(verdict) => verdict,
    }
}

/// What each IPv6 address of the main port shows, and the facts that this rests on; else the verdict
/// that there is nothing to judge, or why nothing can be said.
pub(in crate::check) fn subjects(case: &CheckContext<'_>) -> Found {
    if case.service.state == State::Retired {
        return Err(Verdict::not_applicable(common::RETIRED));
    }
    match &case.service.target {
        Target::Web(_) | Target::Mail(_) | Target::Zone(_) => {
            Err(Verdict::not_applicable(common::OTHER_KIND))
        }
        Target::Dns(endpoint) => asked(case, endpoint, name_server),
        Target::Ntp(endpoint) => asked(case, endpoint, time_server),
        Target::Tcp(_) => met(case, connects),
        Target::Tls(_) => met(case, shakes_hands),
        _ => met(case, greets),
    }
}

/// Subjects with the facts that they rest on, or a verdict instead.
type Found = Result<(Vec<Subject>, Vec<ObservationId>), Verdict>;

fn met(case: &CheckContext<'_>, subject: fn(&EndpointContact<'_>) -> Subject) -> Found {
    let contacts = contacts(case, Family::Ipv6)?;
    let cite = contacts.iter().flat_map(|contact| contact.talk.observations()).collect();
    Ok((contacts.iter().map(subject).collect(), cite))
}

fn connects(contact: &EndpointContact<'_>) -> Subject {
    let told = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return told(Outcome::Inconclusive, reason);
    }
    if contact.talk.is_connect_flaky() {
        return told(Outcome::Inconclusive, common::FLAKY);
    }
    match contact.talk.attempts.iter().any(|(seen, _)| seen.connect.is_ok()) {
        true => told(Outcome::Pass, "answers"),
        false => told(Outcome::Fail, "no-connection"),
    }
}

fn shakes_hands(contact: &EndpointContact<'_>) -> Subject {
    let told = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(reason) = not_seen(Some(&contact.talk)) {
        return told(Outcome::Inconclusive, reason);
    }
    let attempts = || contact.talk.attempts.iter().map(|(seen, _)| *seen);
    let tried: Vec<_> = attempts()
        .filter(|seen| !seen.is_our_fault())
        .filter_map(|seen| seen.tls.as_ref())
        .collect();
    let is_cut = |tls: &Result<TlsSession, TlsFailed>| {
        tls.as_ref().is_err_and(|failed| failed.failure == TlsFailure::ChainTooLarge)
    };
    let completed = tried.iter().filter(|tls| tls.is_ok()).count();
    if tried.is_empty() {
        told(Outcome::Inconclusive, common::LOWER_LAYER)
    } else if completed == tried.len() {
        told(Outcome::Pass, "answers")
    } else if completed > 0 {
        told(Outcome::Inconclusive, common::FLAKY)
    } else if tried.iter().any(|tls| is_cut(tls)) {
        told(Outcome::Inconclusive, common::LIMIT)
    } else {
        told(Outcome::Fail, "no-handshake")
    }
}

fn greets(contact: &EndpointContact<'_>) -> Subject {
    greetings::judged(contact, |greeting| {
        for said in [banner(greeting), hello(greeting)].into_iter().flatten() {
            if let Said::Badly(reason) = said {
                return Some((Outcome::Fail, reason));
            }
        }
        banner(greeting).map(|_| (Outcome::Pass, "answers"))
    })
    .unwrap_or_else(|(outcome, reason)| socket(contact.address, outcome, reason, Vec::new()))
}

type Judgement = (Outcome, &'static str, Vec<ObservationId>);

/// Services that are asked without a connection, at each of their IPv6 addresses.
fn asked(
    case: &CheckContext<'_>,
    endpoint: &Endpoint,
    judge: fn(&CheckContext<'_>, SocketAddr) -> Judgement,
) -> Found {
    let mut cite = Vec::new();
    let subjects = addresses(case, Family::Ipv6)?.into_iter().map(|address| {
        let server = SocketAddr::new(address, endpoint.port);
        let (outcome, reason, observations) = judge(case, server);
        cite.extend(observations);
        socket(server, outcome, reason, Vec::new())
    });
    Ok((subjects.collect(), cite))
}

/// Why the attempts tell nothing of the server, when they don't.
pub(in crate::check) fn nothing_told(asked: &ServiceQuery<'_>) -> Option<&'static str> {
    if asked.is_forbidden {
        Some(common::NOT_VISITED)
    } else if asked.is_pending || asked.replies.is_empty() {
        Some(common::NOT_OBSERVED)
    } else {
        asked.is_our_fault().then_some(common::OUR_FAULT)
    }
}

fn name_server(case: &CheckContext<'_>, server: SocketAddr) -> Judgement {
    let [udp, tcp] = [Transport::Udp, Transport::Tcp]
        .map(|transport| service::name_server(&case.view, server, transport));
    let cite = udp.observations.iter().chain(&tcp.observations).copied().collect();
    if let Some(reason) = nothing_told(&udp).or_else(|| nothing_told(&tcp)) {
        return (Outcome::Inconclusive, reason, cite);
    }
    let (outcome, reason) = match (heard(&udp), heard(&tcp)) {
        (Ok(()), Ok(())) => (Outcome::Pass, "answers"),
        (Ok(()), Err("no-answer")) => (Outcome::Fail, "only-udp"),
        (Err("no-answer"), Ok(())) => (Outcome::Fail, "only-tcp"),
        (Err(reason), _) | (Ok(()), Err(reason)) => (Outcome::Fail, reason),
    };
    (outcome, reason, cite)
}

/// Whether a name server answers; a refusal is an answer, since it may serve others only.
fn heard(asked: &ServiceQuery<'_>) -> Result<(), &'static str> {
    match asked.heard() {
        Some(ServiceReply::Message(message)) if message.rcode == Rcode::SERVFAIL => Err("servfail"),
        Some(ServiceReply::Message(_)) => Ok(()),
        Some(ServiceReply::Malformed) => Err("malformed"),
        Some(ServiceReply::Nothing(_)) | None => Err("no-answer"),
    }
}

/// A stratum of 16 and more is a server without the time, and so is a stratum of 0 (RFC 5905 §7.3)
/// unless it comes with a code that sends the client away (§7.4).
fn time_server(case: &CheckContext<'_>, server: SocketAddr) -> Judgement {
    /// The association mode of a server's answer.
    const SERVER: u8 = 4;
    /// The leap indicator of a clock that is not synchronised.
    const NOT_SYNCHRONISED: u8 = 3;
    let asked = service::time_server(&case.view, server);
    let cite = asked.observations.clone();
    if let Some(reason) = nothing_told(&asked) {
        return (Outcome::Inconclusive, reason, cite);
    }
    let answer = asked.time().filter(|exchange| exchange.is_ours || exchange.answer.is_err());
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
