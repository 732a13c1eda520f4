use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType};

use super::*;
use crate::evidence::tls::TrustedRoots;
use crate::model::{Blob, Host, Name};

struct Authority(CertifiedIssuer<'static, KeyPair>);

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(name: &str) -> Authority {
    Authority(CertifiedIssuer::self_signed(ca_params(name), KeyPair::generate().unwrap()).unwrap())
}

impl Authority {
    fn below(&self, name: &str) -> Authority {
        let key = KeyPair::generate().unwrap();
        Authority(CertifiedIssuer::signed_by(ca_params(name), key, &self.0).unwrap())
    }

    fn leaf(&self, params: CertificateParams) -> Blob {
        let key = KeyPair::generate().unwrap();
        Blob::new(params.signed_by(&key, &self.0).unwrap().der().to_vec())
    }

    fn blob(&self) -> Blob {
        Blob::new(self.0.der().to_vec())
    }
}

fn leaf_params() -> CertificateParams {
    let mut params = CertificateParams::new(vec!["www.example.vn".into()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "leaf");
    params
}

/// As [`leaf_params`], with the mark of a public authority.
fn public_params() -> CertificateParams {
    let mut params = leaf_params();
    params.custom_extensions = vec![crate::lab::extensions::public_policy()];
    params
}

fn dated(mut params: CertificateParams, from: i32, until: i32) -> CertificateParams {
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    params
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

#[test]
fn dates_end_a_path_only_where_no_other_leads_on() {
    let (good, key) = (root("good"), KeyPair::generate().unwrap());
    let trust = TrustedRoots::new(&[good.0.der().to_vec()]).unwrap();
    let of = |from, until| {
        let params = dated(ca_params("middle"), from, until);
        Blob::new(params.signed_by(&key, &good.0).unwrap().der().to_vec())
    };
    let (old, new) = (of(2020, 2022), of(2024, 2030));
    let issuer = ca_params("middle");
    let issuer = rcgen::Issuer::from_params(&issuer, &key);
    let leaf = dated(leaf_params(), 2025, 2027);
    let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
    let leaf = Blob::new(leaf.der().to_vec());
    let now = at("2026-01-01T00:00:00Z");
    // Never valid at one time: it leads to the root, and the old one ends it.
    let stale = [leaf.clone(), old.clone()];
    assert_eq!(path(&stale, &trust), Path::Trusted);
    let span = validity(&needed(&stale, &trust, now)).unwrap();
    assert_eq!((span.not_after, span.ends_first), (at("2022-01-01T00:00:00Z"), 1));
    assert_eq!(issuers_wanted(&stale, &trust, now), std::slice::from_ref(&leaf));
    for chain in [[leaf.clone(), old.clone(), new.clone()], [leaf.clone(), new.clone(), old]] {
        assert_eq!(needed(&chain, &trust, now), [leaf.clone(), new.clone()]);
        assert_eq!(issuers_wanted(&chain, &trust, now), []);
    }
    // A stranger's of the same name is no way up.
    let stranger = dated(ca_params("middle"), 2020, 2022);
    let stranger = stranger.signed_by(&key, &root("other").0).unwrap();
    let stranger = [leaf, Blob::new(stranger.der().to_vec())];
    assert_ne!(path(&stranger, &trust), Path::Trusted);
}

#[test]
fn what_browsers_accept_of_old_algorithms() {
    let der = |octets: &[u8]| Blob::new(octets.to_vec());
    let root = include_bytes!("../../../lab/certificates/old-root.der");
    let middle = der(include_bytes!("../../../lab/certificates/rsa1024-intermediate.der"));
    let below = der(include_bytes!("../../../lab/certificates/below-rsa1024.der"));
    let sha1 = der(include_bytes!("../../../lab/certificates/sha1-leaf.der"));
    let md5 = der(include_bytes!("../../../lab/certificates/md5-leaf.der"));
    let small = der(include_bytes!("../../../lab/certificates/rsa512-leaf.der"));
    let trust = TrustedRoots::new(&[root.to_vec()]).unwrap();
    let ed25519 = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let modern = CertifiedIssuer::self_signed(ca_params("modern"), ed25519).unwrap();
    let modern_trust = TrustedRoots::new(&[modern.der().to_vec()]).unwrap();
    let signed_so = leaf_params().signed_by(&KeyPair::generate().unwrap(), &modern).unwrap();
    let signed_so = Blob::new(signed_so.der().to_vec());
    for (chain, trust, expected) in [
        (vec![below, middle.clone()], &trust, Path::Trusted),
        (vec![sha1.clone()], &trust, Path::WeakSignature),
        (vec![md5], &trust, Path::WeakSignature),
        (vec![small.clone()], &trust, Path::Trusted),
        (vec![sha1], &modern_trust, Path::UnknownRoot),
        (vec![signed_so], &modern_trust, Path::Invalid),
    ] {
        assert_eq!(path(&chain, trust), expected, "{chain:?}");
    }
    assert_eq!(key_acceptance(&[small]), KeyAcceptance::Nobody);
    assert_eq!(key_acceptance(&[middle]), KeyAcceptance::All);
    for (algorithm, expected) in [
        (&rcgen::PKCS_ED25519, KeyAcceptance::NoBrowser),
        (&rcgen::PKCS_ECDSA_P521_SHA512, KeyAcceptance::SomeBrowsers),
        (&rcgen::PKCS_ECDSA_P384_SHA384, KeyAcceptance::All),
    ] {
        let own = leaf_params().self_signed(&KeyPair::generate_for(algorithm).unwrap()).unwrap();
        assert_eq!(key_acceptance(&[Blob::new(own.der().to_vec())]), expected);
    }
}

#[test]
fn issuers_certificates_in_each_form() {
    let single = include_bytes!("../../../lab/certificates/old-root.der");
    assert_eq!(certificates_in(single), [Blob::new(single.to_vec())]);
    let message = include_bytes!("../../../lab/certificates/issuers.p7c");
    let middle = include_bytes!("../../../lab/certificates/rsa1024-intermediate.der");
    assert_eq!(certificates_in(message).len(), 2);
    assert!(certificates_in(message).contains(&Blob::new(middle.to_vec())));
    let ca = root("ca");
    assert_eq!(certificates_in(ca.0.pem().as_bytes()), [ca.blob()]);
    assert_eq!(certificates_in(b"<html>"), []);
}

#[test]
fn timestamps_are_counted_by_log() {
    let ca = root("ca");
    let seen = |logs, until| {
        let mut params = dated(leaf_params(), 2026, until);
        params.custom_extensions = vec![crate::lab::extensions::timestamps(logs)];
        timestamps(&[ca.leaf(params)], None, at("2026-02-01T00:00:00Z")).unwrap()
    };
    assert_eq!(seen(3, 2027), Timestamps { embedded: 3, stapled: 0, wanted: 3 });
    assert!(seen(3, 2027).could_suffice() && !seen(2, 2027).could_suffice());
    let none = timestamps(&[ca.leaf(leaf_params())], None, at("2026-02-01T00:00:00Z")).unwrap();
    assert!(!none.could_suffice());
}

#[test]
fn paths_are_told_apart() {
    let (good, other) = (root("good"), root("other"));
    let trust = TrustedRoots::new(&[good.0.der().to_vec()]).unwrap();
    let middle = good.below("middle");
    let key = KeyPair::generate().unwrap();
    let own = Blob::new(leaf_params().self_signed(&key).unwrap().der().to_vec());
    for (chain, expected) in [
        (vec![good.leaf(leaf_params())], Path::Trusted),
        (vec![middle.leaf(leaf_params()), middle.blob()], Path::Trusted),
        (vec![middle.leaf(leaf_params())], Path::UnknownRoot),
        (vec![middle.leaf(public_params())], Path::MissingIntermediate),
        (vec![other.leaf(leaf_params()), other.blob()], Path::UnknownRoot),
        (vec![own], Path::SelfSigned),
        (vec![other.blob()], Path::SelfSigned),
        (vec![Blob::new(vec![1, 2, 3])], Path::Unreadable),
        (vec![], Path::Unreadable),
    ] {
        assert_eq!(path(&chain, &trust), expected, "{chain:?}");
    }
}

#[test]
fn names_match_as_rfc_9525_says() {
    let ca = root("ca");
    let mut params =
        CertificateParams::new(vec!["www.example.vn".into(), "*.example.vn".into(), "*.vn".into()])
            .unwrap();
    params.subject_alt_names.push(SanType::IpAddress("2001:db8::1".parse().unwrap()));
    let read = leaf(&[ca.leaf(params)]).unwrap();
    for (host, expected) in [
        ("www.example.vn", true),
        ("a.example.vn", true),
        ("a.b.example.vn", false),
        ("example.vn", false),
        ("other.vn", false),
    ] {
        assert_eq!(read.is_for(&Host::Name(Name::parse(host).unwrap())), expected, "{host}");
    }
    assert!(read.is_for(&Host::parse("2001:db8::1").unwrap()));
    assert!(!read.is_for(&Host::parse("2001:db8::2").unwrap()));
}

#[test]
fn the_shortest_certificate_counts() {
    let ca = root("ca");
    let mut params = leaf_params();
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2026, 6, 1);
    let mut middle = ca_params("middle");
    middle.not_after = rcgen::date_time_ymd(2026, 3, 1);
    let middle =
        Authority(CertifiedIssuer::signed_by(middle, KeyPair::generate().unwrap(), &ca.0).unwrap());
    let span = validity(&[middle.leaf(params), middle.blob(), ca.blob()]).unwrap();
    assert_eq!(span.not_before, "2026-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(span.not_after, "2026-03-01T00:00:00Z".parse().unwrap());
    assert_eq!(validity(&[]), None);
}

proptest! {
    #[test]
    fn any_octets_are_survived(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        let chain = [Blob::new(octets)];
        let trust = TrustedRoots::new(&[]).unwrap();
        let _ = (leaf(&chain), validity(&chain), path(&chain, &trust));
        let _ = (certificates_in(chain[0].bytes()), issuing_addresses(&chain[0]));
    }
}
