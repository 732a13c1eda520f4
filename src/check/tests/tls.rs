//! Handshakes, and what old versions of TLS are answered.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::{down, no_tls, session};
use super::*;
use crate::model::{
    ConversationQuestion, Host, LegacyAnswer, LegacyHelloQuestion, LegacyVersion, TlsFailed,
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
