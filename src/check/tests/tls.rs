//! Handshakes, and what old versions of TLS are answered.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::{down, no_tls, session};
use super::*;
use crate::model::{
    Answer, ConversationQuestion, Greeting, GreetingQuestion, Host, LegacyAnswer,
    LegacyHelloQuestion, LegacyVersion, Meaning, Protocol, Security, Starttls, TlsFailed,
    TlsFailure, TlsSession,
};

pub(super) const SIX: &str = "[2001:db8::1]:636";

pub(super) fn host() -> Host {
    Host::Name(Name::from_presentation("www.example.vn"))
}

fn net(failure: NetFailure) -> Conversation {
    no_tls(TlsFailure::Net { failure })
}

/// A handshake that completed.
pub(super) fn shakes(session: TlsSession) -> Conversation {
    Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: Some(Ok(session)), http: None }
}

/// A handshake that broke off after these certificates.
pub(super) fn breaks(failure: TlsFailure, chain: Vec<Blob>) -> Conversation {
    let failed = TlsFailed { failure, chain };
    Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: Some(Err(failed)), http: None }
}

pub(super) fn service() -> World {
    World::of("tls: \"www.example.vn:636\"").published()
}

impl World {
    /// One attempt after the other at a handshake.
    pub(super) fn shaken(mut self, to: &str, attempts: &[&Conversation]) -> Self {
        let address = to.parse().unwrap();
        let question = ConversationQuestion { address, tls: Some(host()), http: None, mss: None };
        for (at, seen) in attempts.iter().enumerate() {
            let reply = Reply::Conversation(Box::new((*seen).clone()));
            self.seen(Question::Conversation(question.clone()), at as u8 + 1, reply);
        }
        self
    }
}

#[test]
pub(super) fn old_versions_beside_the_handshake_of_our_time() {
    use LegacyAnswer::{Accepted, Alert, HungUp, Net};
    let old = &Accepted { version: LegacyVersion::Tls10 };
    let (no, hangs) = (&Alert { code: 70 }, &HungUp);
    let silent = &Net { failure: NetFailure::TimedOut };
    let unsent = &Net { failure: NetFailure::NoRoute };
    let up = &shakes(session());
    let (reset, late) = (&net(NetFailure::Reset), &net(NetFailure::TimedOut));
    let (ours, gone) = (&down(NetFailure::NoRoute), &down(NetFailure::TimedOut));
    let midway = &net(NetFailure::NoRoute);
    let detail = String::new;
    let refuses = &no_tls(TlsFailure::Alert { code: 70, name: detail() });
    let nothing = &no_tls(TlsFailure::NothingInCommon { detail: detail() });
    let library = &no_tls(TlsFailure::Ours { detail: detail() });
    let forged = &no_tls(TlsFailure::BadSignature { detail: detail() });
    let large = &no_tls(TlsFailure::ChainTooLarge);
    let alert = TlsFailure::Alert { code: 40, name: detail() };
    let later = &breaks(alert, vec![Blob::new(vec![0])]);
    let strange = &no_tls(TlsFailure::NotTls { detail: detail() });
    let our_fault = (Inconclusive, common::OUR_FAULT);
    let lower = (Inconclusive, common::LOWER_LAYER);
    for (talk, answers, expected) in [
        (&[up][..], &[no, hangs, no][..], (Pass, "modern-only")),
        (&[up], &[no, no, old], (Fail, "old-version-accepted")),
        (&[up], &[unsent, silent, old], (Fail, "old-version-accepted")),
        (&[up], &[no, silent, no], (Inconclusive, "old-hello-unanswered")),
        (&[up], &[no, unsent, no], our_fault),
        (&[up], &[silent, unsent, no], our_fault),
        (&[up], &[unsent, silent, no], our_fault),
        (&[up], &[no, no], (Inconclusive, common::NOT_OBSERVED)),
        (&[refuses], &[no, old, old], (Fail, "only-old-versions")),
        (&[nothing], &[no, old, old], (Fail, "only-old-versions")),
        (&[reset, reset], &[no, old, old], (Fail, "only-old-versions")),
        (&[ours, refuses], &[no, old, old], (Fail, "only-old-versions")),
        // What stopped the handshake came after a version was agreed on.
        (&[forged], &[no, no, old], (Fail, "old-version-accepted")),
        (&[later], &[no, no, old], (Fail, "old-version-accepted")),
        (&[large], &[no, no, old], (Fail, "old-version-accepted")),
        // What our own side broke off says nothing of the versions offered.
        (&[library], &[no, old, old], our_fault),
        (&[midway, midway], &[no, old, old], our_fault),
        (&[reset, midway], &[no, old, old], our_fault),
        (&[midway, reset], &[no, old, old], our_fault),
        (&[reset, ours], &[no, old, old], our_fault),
        (&[ours, reset], &[no, old, old], our_fault),
        (&[refuses], &[no, no, no], lower),
        (&[strange], &[no, old, old], lower),
        (&[late, late], &[no, old, old], lower),
        (&[gone, gone], &[], lower),
        (&[reset], &[no, old, old], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let mut world = service().shaken(SIX, talk);
        for (version, answer) in LegacyVersion::ALL.into_iter().zip(answers) {
            let question =
                LegacyHelloQuestion { address: SIX.parse().unwrap(), host: host(), version };
            let reply = Reply::LegacyHello((*answer).clone());
            world.seen(Question::LegacyHello(question), 1, reply);
        }
        assert_eq!(world.says("tls-version"), expected, "{talk:?} {answers:?}");
    }
    let plain = World::of("tcp: \"www.example.vn:389\"").published();
    assert_eq!(plain.says("tls-version"), (NotApplicable, "no-tls"));
}

#[test]
pub(super) fn handshakes() {
    let id = "tls-handshake";
    let detail = String::new;
    let up = &shakes(session());
    let (late, reset) = (&net(NetFailure::TimedOut), &net(NetFailure::Reset));
    let (ours, gone) = (&down(NetFailure::NoRoute), &down(NetFailure::TimedOut));
    let midway = &net(NetFailure::NoRoute);
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
        (&[late, up], (Inconclusive, common::FLAKY)),
        (&[up, reset, midway], (Inconclusive, common::FLAKY)),
        (&[alert], (Fail, "alert")),
        (&[nothing], (Fail, "nothing-in-common")),
        (&[forged], (Fail, "bad-signature")),
        (&[strange], (Fail, "not-tls")),
        (&[large], (Fail, "chain-too-large")),
        (&[reset, reset], (Fail, "reset")),
        (&[&net(NetFailure::Closed), &net(NetFailure::Closed)], (Fail, "closed")),
        (&[late, late], (Fail, "timed-out")),
        (&[&net(NetFailure::Refused), &net(NetFailure::Refused)], (Fail, "network-error")),
        (&[gone, gone], (Inconclusive, common::LOWER_LAYER)),
        (&[ours, ours], our_fault),
        (&[late, ours], our_fault),
        (&[midway, late], our_fault),
        (&[late, midway], our_fault),
        (&[library], our_fault),
        (&[late], (Inconclusive, common::NOT_OBSERVED)),
        (&[], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        assert_eq!(service().shaken(SIX, attempts).says(id), expected, "{attempts:?}");
    }
    let plain = World::of("tcp: \"www.example.vn:389\"").published();
    assert_eq!(plain.says(id), (NotApplicable, "no-tls"));
    let denied = Answer { elapsed_us: 1, meaning: Meaning::No, lines: Vec::new() };
    for (starttls, expected) in [
        (Starttls::NotOffered, "starttls-not-offered"),
        (Starttls::Denied { answer: denied }, "starttls-denied"),
        (Starttls::Injected, "starttls-injected"),
    ] {
        let mut world = World::of("imap: \"www.example.vn:143\"").published();
        let question = GreetingQuestion {
            address: "[2001:db8::1]:143".parse().unwrap(),
            protocol: Protocol::Imap,
            security: Security::Starttls,
            host: host(),
        };
        let conversation =
            Conversation { connect: Ok(Connected { elapsed_us: 1 }), tls: None, http: None };
        let yes = Answer { elapsed_us: 1, meaning: Meaning::Yes, lines: Vec::new() };
        let greeting =
            Greeting { conversation, banner: Some(Ok(yes)), hello: None, starttls: Some(starttls) };
        world.seen(Question::Greeting(question), 1, Reply::Greeting(Box::new(greeting)));
        assert_eq!(world.says(id), (Fail, expected));
    }
}

#[test]
pub(super) fn key_exchanges() {
    let id = "tls-key-exchange";
    let of =
        |group: Option<&str>| shakes(TlsSession { group: group.map(str::to_owned), ..session() });
    let (new, old, none) = (&of(Some("X25519MLKEM768")), &of(Some("X25519")), &of(None));
    for (attempts, expected) in [
        (&[new][..], (Pass, "post-quantum")),
        (&[old], (Pass, "classical")),
        (&[none], (Inconclusive, "unknown-group")),
        (&[&net(NetFailure::Reset), &down(NetFailure::NoRoute)], (Inconclusive, common::OUR_FAULT)),
        (&[&no_tls(TlsFailure::ChainTooLarge)], (Inconclusive, common::LOWER_LAYER)),
    ] {
        assert_eq!(service().shaken(SIX, attempts).says(id), expected, "{attempts:?}");
    }
    // The handshake completed twice, and each time with another group.
    let cut = |seen: &Conversation| {
        let failure = crate::model::HttpFailure::Net { failure: NetFailure::Reset };
        Conversation { http: Some(Err(failure)), ..seen.clone() }
    };
    let world = World::new("active").published();
    let world = world.visits(URL, "2001:db8::1", &[&cut(new), &cut(old)]);
    assert_eq!(world.says(id), (Inconclusive, common::FLAKY));
}
