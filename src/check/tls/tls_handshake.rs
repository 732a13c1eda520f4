//! Does a TLS handshake complete on every IPv6 address?

use super::helpers::{tls_contacts, verdict_over_each};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::{EndpointContact, Steadiness};
use crate::model::{
    Detail, NetFailure, Outcome, Severity, Starttls, Subject, TlsFailed, TlsFailure, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-handshake",
    sources: &["RFC 8446", "RFC 6066 §3"],
    severity: Severity::Critical,
    revision: 4,
    reasons: &[
        Reason::pass("completed"),
        Reason::fail("flapping"),
        Reason::fail("alert"),
        Reason::fail("nothing-in-common"),
        Reason::fail("bad-signature"),
        Reason::fail("not-tls"),
        Reason::fail("reset"),
        Reason::fail("closed"),
        Reason::fail("timed-out"),
        Reason::fail("network-error"),
        Reason::fail("starttls-not-offered"),
        Reason::fail("starttls-denied"),
        Reason::fail("starttls-unanswered"),
        Reason::fail("starttls-injected"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("tls_handshake.en.md"), include_str!("tls_handshake.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    Ok(verdict_over_each(context, &contacts, "completed", subject))
}

fn subject(contact: &EndpointContact<'_>) -> Subject {
    let conversation = &contact.conversation;
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = conversation.gap() {
        return unknown(common::reason_of(gap));
    }
    let handshakes = || conversation.attempts.iter().filter_map(|(seen, _)| seen.tls.as_ref());
    let completed = handshakes().find_map(|tls| tls.as_ref().ok());
    let failures = || handshakes().filter_map(|tls| tls.as_ref().err());
    let is_theirs = |failed: &&TlsFailed| !is_ours(reason_of_failure(&failed.failure));
    let theirs = failures().rfind(is_theirs);
    let steadiness = Steadiness::of(
        handshakes().filter(|tls| tls.is_ok()).count(),
        failures().filter(is_theirs).count(),
    );
    match (completed, theirs.or(failures().next_back())) {
        (Some(_), _) if steadiness.is_flapping() => {
            let detail = steadiness.detail().into_iter().collect();
            socket(contact.address, Outcome::Fail, "flapping", detail)
        }
        (Some(session), _) => {
            let mut detail: Vec<Detail> = vec![
                ("version", session.version.clone()),
                ("cipher-suite", session.cipher_suite.clone()),
            ];
            detail.extend(session.group.clone().map(|group| ("group", group)));
            detail.extend(steadiness.detail());
            socket(contact.address, Outcome::Pass, "completed", detail)
        }
        (None, Some(failed)) => {
            let reason = reason_of_failure(&failed.failure);
            let outcome = if is_ours(reason) { Outcome::Inconclusive } else { Outcome::Fail };
            socket(contact.address, outcome, reason, failure_detail(&failed.failure))
        }
        (None, None) => match contact.greetings.iter().find_map(|(g, _)| g.starttls.as_ref()) {
            Some(Starttls::NotOffered) => {
                socket(contact.address, Outcome::Fail, "starttls-not-offered", Vec::new())
            }
            Some(Starttls::Denied { answer }) => {
                let lines = answer.lines.iter().take(1).map(|line| ("said", line.clone()));
                socket(contact.address, Outcome::Fail, "starttls-denied", lines.collect())
            }
            Some(Starttls::Unanswered { .. }) => {
                socket(contact.address, Outcome::Fail, "starttls-unanswered", Vec::new())
            }
            Some(Starttls::Injected) => {
                socket(contact.address, Outcome::Fail, "starttls-injected", Vec::new())
            }
            _ => unknown(common::LOWER_LAYER),
        },
    }
}

/// Whether it says nothing of the server.
fn is_ours(reason: &str) -> bool {
    matches!(reason, common::OUR_FAULT | common::LIMIT)
}

fn reason_of_failure(failure: &TlsFailure) -> &'static str {
    match failure {
        TlsFailure::Net { failure } if failure.is_ours() => common::OUR_FAULT,
        TlsFailure::Net { failure: NetFailure::Reset } => "reset",
        TlsFailure::Net { failure: NetFailure::Closed } => "closed",
        TlsFailure::Net { failure: NetFailure::TimedOut } => "timed-out",
        TlsFailure::Net { .. } => "network-error",
        TlsFailure::Alert { .. } => "alert",
        TlsFailure::NothingInCommon { .. } => "nothing-in-common",
        TlsFailure::BadSignature { .. } => "bad-signature",
        TlsFailure::NotTls { .. } => "not-tls",
        // Browsers take chains that are larger than our library does.
        TlsFailure::ChainTooLarge => common::LIMIT,
        TlsFailure::Ours { .. } => common::OUR_FAULT,
    }
}

fn failure_detail(failure: &TlsFailure) -> Vec<Detail> {
    match failure {
        TlsFailure::Alert { code, name } => vec![("alert", format!("{name} ({code})"))],
        TlsFailure::NothingInCommon { detail }
        | TlsFailure::BadSignature { detail }
        | TlsFailure::NotTls { detail }
        | TlsFailure::Ours { detail } => vec![("said", detail.clone())],
        TlsFailure::Net { failure } => vec![("failure", failure.to_string())],
        TlsFailure::ChainTooLarge => Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::tls::{TLS_SIX, failed_handshake, handshake, tls_service, www_host};
    use crate::check::testing::web::{down, no_tls, session};
    use crate::check::testing::world::World;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Answer, Connected, Conversation, Greeting, GreetingFailure, GreetingQuestion, Meaning,
        NetFailure, Protocol, Question, Reply, Security, Starttls, TlsFailure,
    };

    pub(in crate::check) const CASES: &[fn()] = &[handshakes];

    #[test]
    fn handshakes() {
        let id = "tls-handshake";
        let detail = String::new;
        let up = &handshake(session());
        let (late, reset) =
            (&failed_handshake(NetFailure::TimedOut), &failed_handshake(NetFailure::Reset));
        let (ours, gone) = (&down(NetFailure::NoRoute), &down(NetFailure::TimedOut));
        let midway = &failed_handshake(NetFailure::NoRoute);
        let alert = &no_tls(TlsFailure::Alert { code: 112, name: detail() });
        let nothing = &no_tls(TlsFailure::NothingInCommon { detail: detail() });
        let forged = &no_tls(TlsFailure::BadSignature { detail: detail() });
        let strange = &no_tls(TlsFailure::NotTls { detail: detail() });
        let library = &no_tls(TlsFailure::Ours { detail: detail() });
        let large = &no_tls(TlsFailure::ChainTooLarge);
        let our_fault = (Inconclusive, common::OUR_FAULT);
        for (attempts, expected) in [
            (&[up][..], (Pass, "completed")),
            (&[gone, up], (Pass, "completed")),
            (&[ours, up], (Pass, "completed")),
            // A client that tries once more gets through one lost handshake, and not through two.
            (&[late, up], (Pass, "completed")),
            (&[up, reset, midway], (Pass, "completed")),
            (&[late, reset, up], (Fail, "flapping")),
            (&[up, reset, alert], (Fail, "flapping")),
            (&[alert], (Fail, "alert")),
            (&[nothing], (Fail, "nothing-in-common")),
            (&[forged], (Fail, "bad-signature")),
            (&[strange], (Fail, "not-tls")),
            (&[large], (Inconclusive, common::LIMIT)),
            (&[reset, reset], (Fail, "reset")),
            (
                &[&failed_handshake(NetFailure::Closed), &failed_handshake(NetFailure::Closed)],
                (Fail, "closed"),
            ),
            (&[late, late], (Fail, "timed-out")),
            (
                &[&failed_handshake(NetFailure::Refused), &failed_handshake(NetFailure::Refused)],
                (Fail, "network-error"),
            ),
            (&[gone, gone], (Inconclusive, common::LOWER_LAYER)),
            (&[ours, ours], our_fault),
            (&[late, ours], our_fault),
            (&[midway, late], our_fault),
            (&[late, midway], our_fault),
            (&[library], our_fault),
            (&[late], (Inconclusive, common::NOT_OBSERVED)),
            (&[], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            assert_eq!(
                tls_service().shaken(TLS_SIX, attempts).outcome_of(id),
                expected,
                "{attempts:?}"
            );
        }
        let plain = World::with_service("tcp: \"www.example.vn:389\"").published();
        assert_eq!(plain.outcome_of(id), (NotApplicable, "no-tls"));
        let denied = Answer { elapsed_us: 1, meaning: Meaning::No, lines: Vec::new() };
        for (starttls, expected) in [
            (Starttls::NotOffered, "starttls-not-offered"),
            (Starttls::Denied { answer: denied }, "starttls-denied"),
            (Starttls::Unanswered { failure: GreetingFailure::TooLong }, "starttls-unanswered"),
            (Starttls::Injected, "starttls-injected"),
        ] {
            let mut world = World::with_service("imap: \"www.example.vn:143\"").published();
            let question = GreetingQuestion {
                address: "[2001:db8::1]:143".parse().unwrap(),
                protocol: Protocol::Imap,
                security: Security::Starttls,
                host: www_host(),
            };
            let conversation =
                Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: None, http: None };
            let yes = Answer { elapsed_us: 1, meaning: Meaning::Yes, lines: Vec::new() };
            let greeting = Greeting {
                conversation,
                banner: Some(Ok(yes)),
                hello: None,
                starttls: Some(starttls),
                refused_ehlo: None,
            };
            world.observe(Question::Greeting(question), 1, Reply::Greeting(Box::new(greeting)));
            assert_eq!(world.outcome_of(id), (Fail, expected));
        }
    }
}
