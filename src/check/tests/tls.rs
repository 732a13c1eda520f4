//! Handshakes, versions, key exchange and parity.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::certificates::*;
use super::conversations::*;
use super::*;
use crate::model::{LegacyAnswer, LegacyVersion, TlsFailure};

fn at_one_address(attempts: &[Conversation]) -> World {
    World::new("active").published().talks(SIX, attempts)
}

impl World {
    /// What came in answer to each old version, the oldest first.
    fn old(mut self, answers: &[LegacyAnswer]) -> Self {
        for (version, answer) in LegacyVersion::ALL.into_iter().zip(answers) {
            let question = facts::legacy_question(SIX.parse().unwrap(), &host(), version);
            self.seen(question, 1, Reply::LegacyHello(answer.clone()));
        }
        self
    }
}

#[test]
pub(super) fn old_versions_beside_the_new_ones() {
    let ok = || secured(session(&[]));
    let reset = || cut(NetFailure::Reset);
    let bad = || broken(TlsFailure::BadSignature { detail: String::new() });
    let taken = || LegacyAnswer::Accepted { version: LegacyVersion::Tls10 };
    let (alerted, hung_up) = (|| LegacyAnswer::Alert { code: 70 }, || LegacyAnswer::HungUp);
    let net = |failure| LegacyAnswer::Net { failure };
    let none = || vec![hung_up(), alerted(), alerted()];
    let one = || vec![hung_up(), taken(), alerted()];
    for (attempts, old, expected) in [
        (vec![ok()], none(), (Pass, "modern-only")),
        (vec![ok()], one(), (Fail, "old-version-accepted")),
        // What was accepted is accepted, whatever came of the other hellos.
        (vec![ok()], vec![taken()], (Fail, "old-version-accepted")),
        (
            vec![ok()],
            vec![taken(), net(NetFailure::NoRoute), alerted()],
            (Fail, "old-version-accepted"),
        ),
        (
            vec![ok()],
            vec![net(NetFailure::TimedOut), alerted(), alerted()],
            (Inconclusive, "old-hello-unanswered"),
        ),
        (
            vec![ok()],
            vec![net(exhausted()), alerted(), alerted()],
            (Inconclusive, common::OUR_FAULT),
        ),
        (
            vec![ok()],
            vec![net(NetFailure::TimedOut), net(exhausted()), alerted()],
            (Inconclusive, common::OUR_FAULT),
        ),
        (vec![ok()], vec![alerted(), alerted()], (Inconclusive, common::NOT_OBSERVED)),
        (vec![broken(alert())], one(), (Fail, "only-old-versions")),
        (vec![reset(), reset()], one(), (Fail, "only-old-versions")),
        (vec![broken(alert())], none(), (Inconclusive, common::LOWER_LAYER)),
        // That the new versions don't work is not known where our own side broke off, and not so
        // where they got as far as the certificate. That the old one works was seen.
        (vec![reset(), cut(exhausted())], one(), (Fail, "old-version-accepted")),
        (vec![reset(), down(NetFailure::NoRoute)], one(), (Fail, "old-version-accepted")),
        (vec![cut(exhausted()), reset()], one(), (Fail, "old-version-accepted")),
        (vec![bad()], one(), (Fail, "old-version-accepted")),
        (vec![reset(), cut(exhausted())], none(), (Inconclusive, common::LOWER_LAYER)),
        (vec![broken(our_library())], one(), (Inconclusive, common::OUR_FAULT)),
        (vec![cut(exhausted()), cut(exhausted())], vec![], (Inconclusive, common::OUR_FAULT)),
        (vec![down(NetFailure::Refused); 2], vec![], (Inconclusive, common::LOWER_LAYER)),
        (vec![reset()], vec![], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = at_one_address(&attempts).old(&old);
        assert_eq!(world.says("tls-version"), expected, "{attempts:?} {old:?}");
    }
    let greeting = World::of("imap: www.example.vn").published();
    assert_eq!(greeting.says("tls-version"), (NotApplicable, common::OTHER_KIND));
}

#[test]
pub(super) fn handshakes_that_complete_or_fail() {
    let ok = || secured(session(&[]));
    let text = String::new;
    let failed = |failure| vec![broken(failure)];
    let twice = |failure: NetFailure| vec![cut(failure.clone()), cut(failure)];
    let icmp = NetFailure::Icmp {
        icmp_type: 1,
        icmp_code: 1,
        from: None,
        meaning: IcmpMeaning::Prohibited,
    };
    for (attempts, expected) in [
        (vec![ok()], (Pass, "completed")),
        (failed(alert()), (Fail, "alert")),
        (failed(TlsFailure::NothingInCommon { detail: text() }), (Fail, "nothing-in-common")),
        (failed(TlsFailure::BadSignature { detail: text() }), (Fail, "bad-signature")),
        (failed(TlsFailure::NotTls { detail: text() }), (Fail, "not-tls")),
        (failed(TlsFailure::ChainTooLarge), (Fail, "chain-too-large")),
        (twice(NetFailure::Reset), (Fail, "reset")),
        (twice(NetFailure::Closed), (Fail, "closed")),
        (twice(NetFailure::TimedOut), (Fail, "timed-out")),
        (twice(icmp), (Fail, "network-error")),
        // Ours is never theirs, in whatever order.
        (failed(our_library()), (Inconclusive, common::OUR_FAULT)),
        (twice(exhausted()), (Inconclusive, common::OUR_FAULT)),
        (vec![down(NetFailure::NoRoute); 2], (Inconclusive, common::OUR_FAULT)),
        (vec![down(NetFailure::Refused), cut(exhausted())], (Inconclusive, common::OUR_FAULT)),
        (vec![cut(exhausted()), ok()], (Pass, "completed")),
        (vec![cut(exhausted()), cut(NetFailure::Reset)], (Fail, "reset")),
        (vec![cut(NetFailure::Reset), cut(exhausted())], (Fail, "reset")),
        (vec![cut(NetFailure::Reset), ok()], (Inconclusive, common::FLAKY)),
        (vec![ok(), cut(NetFailure::Reset), cut(exhausted())], (Inconclusive, common::FLAKY)),
        (vec![cut(NetFailure::Reset)], (Inconclusive, common::NOT_OBSERVED)),
        (vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![down(NetFailure::TimedOut); 2], (Inconclusive, common::LOWER_LAYER)),
    ] {
        let world = at_one_address(&attempts);
        assert_eq!(world.says("tls-handshake"), expected, "{attempts:?}");
    }
    let plain = World::of("web: \"http://www.example.vn/\"").published();
    for check in super::super::CATALOGUE.iter().filter(|check| check.id.starts_with("tls-")) {
        assert_eq!(plain.says(check.id), (NotApplicable, "no-tls"), "{}", check.id);
        let zone = World::of("zone: example.vn");
        assert_eq!(zone.says(check.id), (NotApplicable, common::OTHER_KIND), "{}", check.id);
        let retired = World::new("retired").published();
        assert_eq!(retired.says(check.id), (NotApplicable, common::RETIRED), "{}", check.id);
    }
}

#[test]
pub(super) fn the_same_service_at_every_address() {
    let ca = Authority::root("ca");
    let (leaf, twin) = (ca.leaf(for_host()), ca.leaf(for_host()));
    let other = Authority::root("other").leaf(for_host());
    let usual = || session(&[leaf.clone(), ca.blob()]);
    let mut old = usual();
    old.version = "TLSv1.2".to_owned();
    let mut alpn = usual();
    alpn.alpn = None;
    let mut group = usual();
    group.group = Some("secp256r1".to_owned());
    let chain = |leaf: &Blob| session(&[leaf.clone(), ca.blob()]);
    let six = |session| secured(session);
    for (over_six, expected) in [
        (vec![six(usual())], (Pass, "same")),
        (vec![six(chain(&other))], (Fail, "different-certificate")),
        (vec![six(session(&[garbage(), ca.blob()]))], (Fail, "different-certificate")),
        (vec![six(session(std::slice::from_ref(&leaf)))], (Fail, "different-chain")),
        (vec![six(old)], (Fail, "different-version")),
        (vec![six(alpn.clone())], (Fail, "different-alpn")),
        (vec![six(group)], (Fail, "different-group")),
        (vec![six(chain(&twin))], (Fail, "another-leaf-of-same-names")),
        // The gravest gives the reason.
        (vec![six(session(std::slice::from_ref(&twin)))], (Fail, "different-chain")),
        // One address that shows now this and now that.
        (vec![six(usual()), six(alpn)], (Inconclusive, common::FLAKY)),
        (vec![cut(exhausted()), six(usual())], (Pass, "same")),
        (vec![broken(alert())], (Inconclusive, common::LOWER_LAYER)),
        (vec![cut(exhausted()), cut(exhausted())], (Inconclusive, common::OUR_FAULT)),
        (vec![], (Inconclusive, common::NOT_OBSERVED)),
    ] {
        let world = at_one_address(&over_six).talks(FOUR, &[secured(usual())]);
        assert_eq!(world.says("tls-parity"), expected, "{over_six:?}");
    }
    let alone = World::new("active").addressed(&["2001:db8::1"]).talks(SIX, &[secured(usual())]);
    assert_eq!(alone.says("tls-parity"), (NotApplicable, "one-address"));
    let unknown = World::new("active")
        .dns("www.example.vn", RecordType::AAAA, &answer(&[address("2001:db8::1")]))
        .dns("www.example.vn", RecordType::A, &message(ResponseCode::ServFail, &[]))
        .talks(SIX, &[secured(usual())]);
    assert_eq!(unknown.says("tls-parity"), (Inconclusive, common::UNRESOLVED));
    // IPv4 that can't be seen is nothing to compare with.
    let blind =
        at_one_address(&[secured(usual())]).talks(FOUR, &vec![down(NetFailure::NoRoute); 2]);
    assert_eq!(blind.says("tls-parity"), (Inconclusive, common::OUR_FAULT));
}

#[test]
pub(super) fn key_exchanges() {
    let with = |group: Option<&str>| {
        let mut session = session(&[]);
        session.group = group.map(str::to_owned);
        secured(session)
    };
    for (group, other, expected) in [
        (Some("X25519MLKEM768"), Some("X25519MLKEM768"), (Pass, "post-quantum")),
        (Some("X25519"), Some("X25519"), (Pass, "classical")),
        // The weakest address speaks for all.
        (Some("X25519MLKEM768"), Some("X25519"), (Pass, "classical")),
        (Some("X25519MLKEM768"), None, (Inconclusive, "unknown-group")),
    ] {
        let world = World::new("active")
            .addressed(&["2001:db8::1", "2001:db8::2"])
            .talks(SIX, &[with(group)])
            .talks(SIX_TOO, &[with(other)]);
        assert_eq!(world.says("tls-key-exchange"), expected, "{group:?} {other:?}");
    }
}

#[test]
pub(super) fn starttls_that_is_not_begun() {
    use crate::model::{Answer, Greeting, GreetingQuestion, Meaning, Protocol, Security, Starttls};
    let no = Answer { elapsed_us: 1, meaning: Meaning::No, lines: vec!["NO".to_owned()] };
    let ok = || secured(session(&[]));
    for (conversation, starttls, expected) in [
        (up(), Some(Starttls::NotOffered), (Fail, "starttls-not-offered")),
        (up(), Some(Starttls::Denied { answer: no }), (Fail, "starttls-denied")),
        (up(), Some(Starttls::Injected), (Fail, "starttls-injected")),
        (ok(), Some(Starttls::Begun), (Pass, "completed")),
        (broken(alert()), Some(Starttls::Begun), (Fail, "alert")),
        (up(), None, (Inconclusive, common::LOWER_LAYER)),
    ] {
        let question = Question::Greeting(GreetingQuestion {
            address: "[2001:db8::1]:143".parse().unwrap(),
            protocol: Protocol::Imap,
            security: Security::Starttls,
            host: host(),
        });
        let greeting = Greeting { conversation, banner: None, hello: None, starttls };
        let mut world = World::of("imap: www.example.vn").published();
        world.seen(question, 1, Reply::Greeting(Box::new(greeting.clone())));
        assert_eq!(world.says("tls-handshake"), expected, "{greeting:?}");
    }
}
