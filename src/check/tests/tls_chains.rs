//! What the certificates say, and whether both families show the same.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};

use super::builders::{down, no_tls, session};
use super::chains::{Issuer, below, crossed, leaf, leaf_params, of, root, signed};
use super::tls::{SIX, breaks, service, shakes};
use super::*;
use crate::model::{HttpFailure, TlsFailure, TlsSession};

const FOUR: &str = "192.0.2.1:636";

fn shows(chain: Vec<Blob>) -> Conversation {
    shakes(TlsSession { chain, ..session() })
}

fn trusting(mut world: World, root: &Issuer) -> World {
    world.trust = TrustedRoots::new(&[root.der().to_vec()]).unwrap();
    world
}

/// What a check says of one chain.
fn says(id: &str, root: &Issuer, chain: Vec<Blob>) -> (Outcome, &'static str) {
    trusting(service().shaken(SIX, &[&shows(chain)]), root).says(id)
}

/// Two handshakes that completed, each with its chain, before the exchange broke off.
fn twice(root: &Issuer, chains: [Vec<Blob>; 2]) -> World {
    let [first, second] = chains.map(|chain| Conversation {
        http: Some(Err(HttpFailure::Net { failure: NetFailure::Reset })),
        ..shows(chain)
    });
    let world = World::new("active").published();
    trusting(world.visits(URL, "2001:db8::1", &[&first, &second]), root)
}

/// Rows without a certificate.
fn unseen(id: &str) {
    let ours = &down(NetFailure::NoRoute);
    let reset = &no_tls(TlsFailure::Net { failure: NetFailure::Reset });
    for (attempts, expected) in [
        (&[ours, ours][..], common::OUR_FAULT),
        (&[reset, ours], common::OUR_FAULT),
        (&[ours, reset], common::OUR_FAULT),
        (&[reset, reset], common::LOWER_LAYER),
        (&[reset], common::NOT_OBSERVED),
        (&[], common::NOT_OBSERVED),
    ] {
        let world = service().shaken(SIX, attempts);
        assert_eq!(world.says(id), (Inconclusive, expected), "{id} {attempts:?}");
    }
    let plain = World::of("tcp: \"www.example.vn:389\"").published();
    assert_eq!(plain.says(id), (NotApplicable, "no-tls"), "{id}");
}

#[test]
pub(super) fn chains_and_authorities() {
    let id = "tls-trusted";
    unseen(id);
    let (good, other) = (root("good"), root("other"));
    let middle = below("middle", &good);
    let own = leaf_params(&["www.example.vn"]);
    let own = own.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec();
    let mut mail_only = leaf_params(&["www.example.vn"]);
    mail_only.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::EmailProtection];
    let trusted = || vec![leaf(&middle), of(&middle)];
    for (chain, expected) in [
        (trusted(), (Pass, "trusted")),
        (vec![Blob::new(own)], (Fail, "self-signed")),
        (vec![leaf(&middle)], (Fail, "missing-intermediate")),
        (vec![leaf(&other), of(&other)], (Fail, "unknown-root")),
        (vec![signed(&mail_only, &good)], (Fail, "invalid-chain")),
        (vec![Blob::new(vec![1])], (Fail, "unreadable")),
    ] {
        assert_eq!(says(id, &good, chain), expected);
    }
    let chain = trusted();
    let staple = rustls::pki_types::CertificateDer::from(chain[0].bytes());
    let staple = crate::lab::staple::revoked(&staple, &middle, std::time::Duration::ZERO).unwrap();
    let seen = shakes(TlsSession { chain, ocsp: Some(Blob::new(staple)), ..session() });
    let world = trusting(service().shaken(SIX, &[&seen]), &good);
    assert_eq!(world.says(id), (Fail, "revoked-by-staple"));
    // Once so and once so.
    let wavers = twice(&good, [trusted(), vec![leaf(&other), of(&other)]]);
    assert_eq!(wavers.says(id), (Inconclusive, common::FLAKY));
    assert_eq!(twice(&good, [trusted(), trusted()]).says(id), (Pass, "trusted"));
}

#[test]
pub(super) fn names_and_dates() {
    unseen("tls-name");
    unseen("tls-validity");
    let good = root("good");
    let of_names = |names: &[&str]| vec![signed(&leaf_params(names), &good)];
    let unreadable = || vec![Blob::new(vec![1])];
    for (chain, expected) in [
        (of_names(&["www.example.vn"]), (Pass, "name-matches")),
        (of_names(&["*.example.vn"]), (Pass, "name-matches")),
        (of_names(&["example.vn"]), (Fail, "name-mismatch")),
        (of_names(&[]), (Fail, "no-san")),
        (unreadable(), (Fail, "unreadable")),
    ] {
        assert_eq!(says("tls-name", &good, chain), expected);
    }
    let wavers = twice(&good, [of_names(&["www.example.vn"]), of_names(&["example.vn"])]);
    assert_eq!(wavers.says("tls-name"), (Inconclusive, common::FLAKY));
    let dated = |begin: (i32, u8, u8), end: (i32, u8, u8)| {
        let mut params = leaf_params(&["www.example.vn"]);
        params.not_before = rcgen::date_time_ymd(begin.0, begin.1, begin.2);
        params.not_after = rcgen::date_time_ymd(end.0, end.1, end.2);
        vec![signed(&params, &good)]
    };
    let since = (1970, 1, 1);
    for (chain, expected) in [
        (dated(since, (1970, 6, 1)), (Pass, "valid")),
        (dated((1969, 1, 1), (1969, 12, 1)), (Fail, "expired")),
        (dated((1970, 1, 2), (1971, 1, 1)), (Fail, "not-yet-valid")),
        (dated(since, (1970, 1, 5)), (Fail, "expires-in-7-days")),
        (dated(since, (1970, 1, 10)), (Fail, "expires-in-14-days")),
        (dated(since, (1970, 1, 20)), (Fail, "expires-in-30-days")),
        (unreadable(), (Fail, "unreadable")),
    ] {
        assert_eq!(says("tls-validity", &good, chain), expected);
    }
    // An old certificate beside the ones that lead to the root is one that no client needs.
    let (old, middle) = (root("old"), below("middle", &good));
    let beside = || crossed(&good, "good", &old);
    let chain = vec![leaf(&middle), of(&middle), beside()];
    assert_eq!(says("tls-validity", &good, chain.clone()), (Pass, "valid"));
    assert_eq!(says("tls-validity", &old, chain), (Fail, "expired"));
}

#[test]
pub(super) fn keys_and_signatures() {
    let id = "tls-key";
    unseen(id);
    let good = root("good");
    let with = |octets: &[u8]| vec![leaf(&good), Blob::new(octets.to_vec())];
    let (weak, sha1) = (
        with(include_bytes!("../../lab/certificates/weak-key.der")),
        with(include_bytes!("../../lab/certificates/sha1.der")),
    );
    // ecPublicKey, made into an algorithm that nobody knows.
    let mut strange = leaf(&good).bytes().to_vec();
    let key = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    let at = strange.windows(key.len()).position(|octets| octets == key).unwrap();
    strange[at + key.len() - 1] = 0x7f;
    for (chain, expected) in [
        (vec![leaf(&good)], (Pass, "strong")),
        (weak.clone(), (Fail, "weak-key")),
        (sha1, (Fail, "weak-signature")),
        (with(&[1]), (Fail, "unreadable")),
        (vec![Blob::new(strange)], (Inconclusive, "unknown-algorithm")),
    ] {
        assert_eq!(says(id, &good, chain), expected);
    }
    // The handshake broke off at it.
    let broken = breaks(TlsFailure::Ours { detail: String::new() }, weak.clone());
    assert_eq!(service().shaken(SIX, &[&broken]).says(id), (Fail, "weak-key"));
    let wavers = twice(&good, [weak, vec![leaf(&good)]]);
    assert_eq!(wavers.says(id), (Inconclusive, common::FLAKY));
}

#[test]
pub(super) fn both_families() {
    let id = "tls-parity";
    let good = root("good");
    let (middle, chain) = (below("middle", &good), vec![leaf(&good)]);
    let base = || TlsSession { chain: chain.clone(), ..session() };
    let text = |text: &str| Some(text.to_owned());
    let alone = shakes(base());
    let ours = down(NetFailure::NoRoute);
    let both = |six: &[&Conversation], four: &[&Conversation]| {
        service().shaken(SIX, six).shaken(FOUR, four).says(id)
    };
    let other = |six: TlsSession| both(&[&shakes(six)], &[&alone]);
    let elsewhere = vec![signed(&leaf_params(&["other.example.vn"]), &good)];
    let longer = [chain.clone(), vec![of(&middle)]].concat();
    let old = "TLSv1.2".to_owned();
    for (six, expected) in [
        (base(), (Pass, "same")),
        (TlsSession { chain: elsewhere.clone(), ..base() }, (Fail, "different-certificate")),
        (TlsSession { chain: longer, ..base() }, (Fail, "different-chain")),
        (TlsSession { version: old, ..base() }, (Fail, "different-version")),
        (TlsSession { alpn: text("h2"), ..base() }, (Fail, "different-alpn")),
        (TlsSession { group: text("X25519"), ..base() }, (Fail, "different-group")),
        (TlsSession { chain: vec![leaf(&good)], ..base() }, (Fail, "another-leaf-of-same-names")),
    ] {
        assert_eq!(other(six), expected);
    }
    let reset = no_tls(TlsFailure::Net { failure: NetFailure::Reset });
    for (six, four, expected) in [
        (&[&alone][..], &[&ours, &ours][..], common::OUR_FAULT),
        (&[&ours, &ours], &[&alone], common::OUR_FAULT),
        (&[&alone], &[&reset, &ours], common::OUR_FAULT),
        (&[&alone], &[&reset, &reset], common::LOWER_LAYER),
        (&[&alone], &[], common::NOT_OBSERVED),
    ] {
        assert_eq!(both(six, four), (Inconclusive, expected), "{six:?} {four:?}");
    }
    let wavers = twice(&good, [chain.clone(), elsewhere]);
    let wavers = wavers.visits(URL, "192.0.2.1", &[&alone]);
    assert_eq!(wavers.says(id), (Inconclusive, common::FLAKY));
    let single = World::of("tls: \"www.example.vn:636\"").host("www.example.vn", &["2001:db8::1"]);
    assert_eq!(single.shaken(SIX, &[&alone]).says(id), (NotApplicable, "one-address"));
    let plain = World::of("tcp: \"www.example.vn:389\"").published();
    assert_eq!(plain.says(id), (NotApplicable, "no-tls"));
}
