//! Does a TLS handshake complete on every IPv6 address?

use super::helpers::{subjects_of_each, tls_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{socket, verdict_over_contacts};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::service::{EndpointContact, Steadiness};
use crate::model::{
    Browser, Detail, HelloAnswer, NetFailure, Outcome, Severity, Starttls, Subject, TlsFailed,
    TlsFailure, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-handshake",
    sources: &["RFC 8446", "RFC 6066 §3"],
    severity: Severity::Critical,
    revision: 4,
    reasons: &[
        Reason::pass("completed"),
        Reason::pass("client-certificate-asked"),
        Reason::pass("outdated-suites"),
        Reason::fail_as("not-in-every-browser", Severity::Warning),
        Reason::fail("flapping"),
        Reason::fail("alert"),
        Reason::fail("nothing-in-common"),
        Reason::fail("only-old-versions"),
        Reason::fail("only-old-suites"),
        Reason::fail("key-too-short"),
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

/// The ways to pass, from the best on.
const PASSES: [&str; 3] = ["completed", "client-certificate-asked", "outdated-suites"];

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = tls_contacts(context)?;
    let subjects = subjects_of_each(context, &contacts, subject);
    // The address that gets by with least speaks for all.
    let is_given = |pass: &&&str| subjects.iter().any(|subject| subject.reason == **pass);
    let pass = PASSES.iter().rev().find(is_given).copied().unwrap_or(PASSES[0]);
    Ok(verdict_over_contacts(subjects, pass, &contacts))
}

fn subject(contact: &EndpointContact<'_>) -> Subject {
    let conversation = &contact.conversation;
    let unknown = |reason| socket(contact.address, Outcome::Inconclusive, reason, Vec::new());
    if let Some(gap) = conversation.handshake_gap() {
        return unknown(common::reason_of(gap));
    }
    let handshakes = || conversation.attempts.iter().filter_map(|(seen, _)| seen.tls.as_ref());
    let completed = handshakes().filter_map(|tls| tls.as_ref().ok()).max_by_key(|session| {
        let (outcome, reason) = outcome_of_session(session);
        (outcome == Outcome::Fail, PASSES.iter().position(|pass| *pass == reason))
    });
    let failures = || handshakes().filter_map(|tls| tls.as_ref().err());
    let is_theirs = |failed: &&TlsFailed| outcome_of_failure(&failed.failure).0 == Outcome::Fail;
    let theirs = failures().rfind(is_theirs);
    let steadiness = Steadiness::of(
        handshakes().filter(|tls| tls.is_ok()).count(),
        failures().filter(is_theirs).count(),
    );
    let wants_certificate =
        |failed: &&TlsFailed| matches!(failed.failure, TlsFailure::ClientCertificate { .. });
    // One that got as far as that shows more than one that was lost.
    let failed = failures().rfind(wants_certificate).or(theirs).or(failures().next_back());
    match (completed, failed) {
        (Some(_), _) if steadiness.is_flapping() => {
            let detail = steadiness.detail().into_iter().collect();
            socket(contact.address, Outcome::Fail, "flapping", detail)
        }
        (Some(session), _) => {
            let (outcome, reason) = outcome_of_session(session);
            let mut detail = session_detail(session);
            detail.extend(steadiness.detail());
            socket(contact.address, outcome, reason, detail)
        }
        (None, Some(failed)) => {
            let (outcome, reason) = outcome_of_failure(&failed.failure);
            let mut detail = failure_detail(&failed.failure);
            detail.extend(failed.session().into_iter().flat_map(session_detail));
            socket(contact.address, outcome, reason, detail)
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

fn outcome_of_session(session: &TlsSession) -> (Outcome, &'static str) {
    match &session.second_stack {
        Some(second) if second.is_refused_by_some() => (Outcome::Fail, "not-in-every-browser"),
        Some(_) => (Outcome::Pass, "outdated-suites"),
        None if session.asks_client_certificate => (Outcome::Pass, "client-certificate-asked"),
        None => (Outcome::Pass, "completed"),
    }
}

fn session_detail(session: &TlsSession) -> Vec<Detail> {
    let mut detail: Vec<Detail> =
        vec![("version", session.version.clone()), ("cipher-suite", session.cipher_suite.clone())];
    detail.extend(session.group.clone().map(|group| ("group", group)));
    detail.extend(session.unproven_key.clone().map(|why| ("not-verified", why)));
    let second = session.second_stack.iter();
    detail.extend(second.flat_map(|second| &second.browsers).map(|hello| {
        let name = match hello.browser {
            Browser::Chromium => "chromium",
            Browser::Firefox => "firefox",
        };
        (name, answer_of(&hello.answer))
    }));
    detail
}

/// What a browser's hello was answered, in the words of the protocol.
fn answer_of(answer: &HelloAnswer) -> String {
    match answer {
        HelloAnswer::Agreed { version, cipher_suite } => format!("{version} {cipher_suite}"),
        HelloAnswer::NotOffered { detail } | HelloAnswer::OtherAnswer { detail } => detail.clone(),
        HelloAnswer::Alert { code } => format!("alert {code}"),
        HelloAnswer::HungUp => "closed".to_owned(),
        HelloAnswer::Net { failure } => failure.to_string(),
    }
}

fn outcome_of_failure(failure: &TlsFailure) -> (Outcome, &'static str) {
    let reason = match failure {
        TlsFailure::Net { failure } if failure.is_ours() => {
            return (Outcome::Inconclusive, common::OUR_FAULT);
        }
        TlsFailure::Ours { .. } => return (Outcome::Inconclusive, common::OUR_FAULT),
        // Whether it completes with one is not known.
        TlsFailure::ClientCertificate { .. } => {
            return (Outcome::Inconclusive, common::CLIENT_CERTIFICATE);
        }
        TlsFailure::Net { failure: NetFailure::Reset } => "reset",
        TlsFailure::Net { failure: NetFailure::Closed } => "closed",
        TlsFailure::Net { failure: NetFailure::TimedOut } => "timed-out",
        TlsFailure::Net { .. } => "network-error",
        TlsFailure::Alert { .. } => "alert",
        TlsFailure::NothingInCommon { .. } => "nothing-in-common",
        TlsFailure::OldVersions { .. } => "only-old-versions",
        TlsFailure::OldSuites { .. } => "only-old-suites",
        TlsFailure::WeakKey { .. } => "key-too-short",
        TlsFailure::BadSignature { .. } => "bad-signature",
        TlsFailure::NotTls { .. } => "not-tls",
        // Browsers take chains that are larger than our library does.
        TlsFailure::ChainTooLarge => return (Outcome::Inconclusive, common::LIMIT),
    };
    (Outcome::Fail, reason)
}

fn failure_detail(failure: &TlsFailure) -> Vec<Detail> {
    match failure {
        TlsFailure::Alert { code, name } => vec![("alert", format!("{name} ({code})"))],
        TlsFailure::NothingInCommon { detail }
        | TlsFailure::BadSignature { detail }
        | TlsFailure::NotTls { detail }
        | TlsFailure::Ours { detail } => vec![("said", detail.clone())],
        TlsFailure::Net { failure } => vec![("failure", failure.to_string())],
        TlsFailure::OldVersions { version } => vec![("newest", version.clone())],
        TlsFailure::OldSuites { cipher_suite } => vec![("only", cipher_suite.clone())],
        TlsFailure::WeakKey { detail } => vec![("key", detail.clone())],
        TlsFailure::ClientCertificate { alert } => {
            alert.map(|code| ("alert", code.to_string())).into_iter().collect()
        }
        TlsFailure::ChainTooLarge => Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::tls::{
        TLS_SIX, failed_before, failed_handshake, handshake, taken_over, tls_service, www_host,
    };
    use crate::check::testing::web::{down, no_tls, rechecked, session};
    use crate::check::testing::world::World;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Answer, Browser, Connected, Conversation, Greeting, GreetingFailure, GreetingQuestion,
        HelloAnswer, Meaning, NetFailure, Protocol, Question, Reply, Security, Starttls,
        TlsFailure, TlsSession,
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
        let away = &rechecked(reset.clone(), None);
        let alert = &no_tls(TlsFailure::Alert { code: 112, name: detail() });
        let nothing = &no_tls(TlsFailure::NothingInCommon { detail: detail() });
        let forged = &no_tls(TlsFailure::BadSignature { detail: detail() });
        let strange = &no_tls(TlsFailure::NotTls { detail: detail() });
        let library = &no_tls(TlsFailure::Ours { detail: detail() });
        let large = &no_tls(TlsFailure::ChainTooLarge);
        let our_fault = (Inconclusive, common::OUR_FAULT);
        let agreed =
            HelloAnswer::Agreed { version: detail(), cipher_suite: "TLS_RSA_…".to_owned() };
        let refused = HelloAnswer::Alert { code: 40 };
        let hellos = |chromium: &HelloAnswer, firefox: &HelloAnswer| {
            let browsers =
                [(Browser::Chromium, chromium.clone()), (Browser::Firefox, firefox.clone())];
            handshake(taken_over(&browsers))
        };
        let everywhere = &hellos(&agreed, &agreed);
        let here_and_there = &hellos(&refused, &agreed);
        let to_mail_servers = &handshake(taken_over(&[]));
        let asks = TlsSession { asks_client_certificate: true, ..session() };
        let (asked, required) = (
            &handshake(asks.clone()),
            &failed_before(TlsFailure::ClientCertificate { alert: Some(116) }, asks),
        );
        let versions = TlsFailure::OldVersions { version: "TLSv1.0".to_owned() };
        let suites = TlsFailure::OldSuites { cipher_suite: "TLS_DHE_…".to_owned() };
        let versions = &failed_before(versions, taken_over(&[]));
        let suites = &failed_before(suites, taken_over(&[]));
        let short = &no_tls(TlsFailure::WeakKey { detail: "RSA 512".to_owned() });
        let wanted = (Inconclusive, common::CLIENT_CERTIFICATE);
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
            (&[everywhere], (Pass, "outdated-suites")),
            (&[to_mail_servers], (Pass, "outdated-suites")),
            (&[late, everywhere], (Pass, "outdated-suites")),
            (&[here_and_there], (Fail, "not-in-every-browser")),
            (&[versions], (Fail, "only-old-versions")),
            (&[suites], (Fail, "only-old-suites")),
            (&[short], (Fail, "key-too-short")),
            (&[asked], (Pass, "client-certificate-asked")),
            (&[required], wanted),
            (&[late, required], wanted),
            (&[required, required, asked], (Pass, "client-certificate-asked")),
            (&[reset, reset], (Fail, "reset")),
            // It answered earlier in the run, and now resets that too.
            (&[reset, away, away], (Inconclusive, common::TURNED_AWAY)),
            (&[up, away, away], (Pass, "completed")),
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
            let conversation = Conversation {
                connect: Ok(Connected { elapsed_us: 1 }),
                tls: None,
                http: None,
                recheck: None,
            };
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
