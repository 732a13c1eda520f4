//! Names, dates, paths and keys of the certificates that an address sends.

use Outcome::{Fail, Inconclusive, Pass};

use super::certificates::*;
use super::conversations::*;
use super::*;
use crate::model::{TlsFailed, TlsFailure};

fn sends(chains: &[&[Blob]]) -> World {
    let attempts: Vec<_> = chains.iter().map(|chain| secured(session(chain))).collect();
    World::new("active").published().talks(SIX, &attempts)
}

#[test]
pub(super) fn names_of_certificates() {
    let ca = Authority::root("ca");
    let of = |names: &[&str]| vec![ca.leaf(named(names))];
    for (chain, expected) in [
        (of(&["www.example.vn"]), (Pass, "name-matches")),
        (of(&["a.example.vn", "*.example.vn"]), (Pass, "name-matches")),
        (of(&["example.vn", "2001:db8::1"]), (Fail, "name-mismatch")),
        (of(&[]), (Fail, "no-san")),
        (vec![garbage()], (Fail, "unreadable")),
        (vec![], (Fail, "unreadable")),
    ] {
        assert_eq!(sends(&[&chain]).says("tls-name"), expected, "{chain:?}");
    }
    let literal = World::of("web: \"https://[2001:db8::1]/\"");
    let literal =
        literal.visits("https://[2001:db8::1]/", SIX, &[secured(session(&of(&["2001:db8::1"])))]);
    assert_eq!(literal.says("tls-name"), (Pass, "name-matches"));
}

#[test]
pub(super) fn dates_of_certificates() {
    let ca = Authority::root("ca");
    // It is 15 January 2027.
    let of = |from, until| vec![ca.leaf(valid(from, until))];
    for (chain, expected) in [
        (of((1, 1), (12, 31)), (Pass, "valid")),
        (of((1, 1), (1, 14)), (Fail, "expired")),
        (of((1, 16), (12, 31)), (Fail, "not-yet-valid")),
        (of((1, 1), (1, 21)), (Fail, "expires-in-7-days")),
        (of((1, 1), (1, 28)), (Fail, "expires-in-14-days")),
        (of((1, 1), (2, 10)), (Fail, "expires-in-30-days")),
        (vec![garbage()], (Fail, "unreadable")),
        ([of((1, 1), (12, 31)), vec![garbage()]].concat(), (Fail, "unreadable")),
    ] {
        assert_eq!(sends(&[&chain]).says("tls-validity"), expected, "{chain:?}");
    }
    // The worst address counts.
    let world = World::new("active")
        .addressed(&["2001:db8::1", "2001:db8::2"])
        .talks(SIX, &[secured(session(&of((1, 1), (1, 28))))])
        .talks(SIX_TOO, &[secured(session(&of((1, 1), (1, 14))))]);
    assert_eq!(world.says("tls-validity"), (Fail, "expired"));
}

#[test]
pub(super) fn paths_to_the_trusted_authorities() {
    let (ca, stranger) = (Authority::root("ca"), Authority::root("stranger"));
    let middle = ca.below("middle");
    let mut deep = vec![ca.below("1")];
    for at in 2..=9 {
        let next = deep[at - 2].below(&at.to_string());
        deep.push(next);
    }
    let mut too_deep = vec![deep[8].leaf(for_host())];
    too_deep.extend(deep.iter().rev().map(Authority::blob));
    for (chain, expected) in [
        (vec![ca.leaf(for_host())], (Pass, "trusted")),
        (vec![middle.leaf(for_host()), middle.blob()], (Pass, "trusted")),
        (vec![middle.leaf(for_host())], (Fail, "missing-intermediate")),
        (vec![stranger.leaf(for_host()), stranger.blob()], (Fail, "unknown-root")),
        (vec![self_signed()], (Fail, "self-signed")),
        (vec![ca.leaf(for_clients())], (Fail, "invalid-chain")),
        (vec![garbage()], (Fail, "unreadable")),
        (too_deep, (Inconclusive, common::LIMIT)),
    ] {
        let world = ca.trusted_by(sends(&[&chain]));
        assert_eq!(world.says("tls-trusted"), expected, "{chain:?}");
    }
}

#[test]
pub(super) fn a_staple_that_says_revoked() {
    let ca = Authority::root("ca");
    let leaf = ca.leaf(for_host());
    let chain = [leaf.clone(), ca.blob()];
    let now = std::time::Duration::from_secs(NOW as u64);
    let staple = crate::lab::revoked_staple(&leaf.bytes().into(), ca.issuer(), now).unwrap();
    let (mut stapled, other) = (session(&chain), ca.leaf(for_host()));
    stapled.ocsp = Some(Blob::new(staple.clone()));
    let world =
        |session| ca.trusted_by(World::new("active").published().talks(SIX, &[secured(session)]));
    assert_eq!(world(stapled).says("tls-trusted"), (Fail, "revoked-by-staple"));
    // A staple about another certificate says nothing.
    let mut of_another = session(&[other, ca.blob()]);
    of_another.ocsp = Some(Blob::new(staple));
    assert_eq!(world(of_another).says("tls-trusted"), (Pass, "trusted"));
}

#[test]
pub(super) fn keys_and_signatures() {
    const WEAK: &[u8] = include_bytes!("../../lab/certificates/weak-key.der");
    const SHA1: &[u8] = include_bytes!("../../lab/certificates/sha1.der");
    let ca = Authority::root("ca");
    let leaf = ca.leaf(for_host());
    for (chain, expected) in [
        (vec![leaf.clone()], (Pass, "strong")),
        (vec![Blob::new(WEAK.to_vec())], (Fail, "weak-key")),
        (vec![Blob::new(SHA1.to_vec())], (Fail, "weak-signature")),
        (vec![garbage()], (Fail, "unreadable")),
        (vec![leaf.clone(), garbage()], (Fail, "unreadable")),
        (vec![unknown_curve(&leaf)], (Inconclusive, "unknown-algorithm")),
    ] {
        assert_eq!(sends(&[&chain]).says("tls-key"), expected, "{chain:?}");
        // It is seen as well where the handshake broke off after it.
        let failed = TlsFailed { failure: our_library(), chain: chain.clone() };
        let broken = Conversation { tls: Some(Err(failed)), ..up() };
        let world = World::new("active").published().talks(SIX, &[broken]);
        assert_eq!(world.says("tls-key"), expected, "{chain:?}");
    }
    let (strong, weak) = ([leaf], [Blob::new(WEAK.to_vec())]);
    assert_eq!(sends(&[&strong, &weak]).says("tls-key"), (Inconclusive, common::FLAKY));
}

#[test]
pub(super) fn certificates_that_were_not_seen() {
    let silent = TlsFailure::Net { failure: NetFailure::TimedOut };
    for (attempts, expected) in [
        (vec![], (Inconclusive, common::NOT_OBSERVED)),
        (vec![cut(NetFailure::Reset)], (Inconclusive, common::NOT_OBSERVED)),
        (vec![cut(exhausted()); 2], (Inconclusive, common::OUR_FAULT)),
        (vec![broken(our_library())], (Inconclusive, common::OUR_FAULT)),
        (vec![down(NetFailure::NoRoute); 2], (Inconclusive, common::OUR_FAULT)),
        (vec![down(NetFailure::TimedOut); 2], (Inconclusive, common::LOWER_LAYER)),
        (vec![broken(silent.clone()), broken(silent)], (Inconclusive, common::LOWER_LAYER)),
        (vec![broken(alert())], (Inconclusive, common::LOWER_LAYER)),
    ] {
        for id in ["tls-name", "tls-validity", "tls-trusted", "tls-key", "tls-key-exchange"] {
            let world = World::new("active").published().talks(SIX, &attempts);
            assert_eq!(world.says(id), expected, "{id} {attempts:?}");
        }
    }
}

#[test]
pub(super) fn sessions_that_contradict_each_other_are_not_picked_from() {
    let ca = Authority::root("ca");
    let good = [ca.leaf(valid((1, 1), (12, 31)))];
    let (expired, other) = ([ca.leaf(valid((1, 1), (1, 14)))], [ca.leaf(named(&["a.vn"]))]);
    let stranger = [Authority::root("stranger").leaf(for_host())];
    for (id, second) in
        [("tls-validity", &expired), ("tls-name", &other), ("tls-trusted", &stranger)]
    {
        for chains in [[&good[..], &second[..]], [&second[..], &good[..]]] {
            let world = ca.trusted_by(sends(&chains));
            assert_eq!(world.says(id), (Inconclusive, common::FLAKY), "{id}");
        }
        let world = ca.trusted_by(sends(&[&second[..], &second[..]]));
        assert_eq!(world.verdict(id).outcome, Fail, "{id}");
    }
}
