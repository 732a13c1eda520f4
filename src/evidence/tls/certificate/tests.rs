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
    }
}
