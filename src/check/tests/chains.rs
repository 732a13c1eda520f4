//! Certificates, made at test time.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::*;

pub(super) type Issuer = CertifiedIssuer<'static, KeyPair>;

/// These worlds see everything as 1970 begins, and nothing older is read as a date.
const NOW: i32 = 1970;

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(NOW, 1, 1);
    params.not_after = rcgen::date_time_ymd(NOW + 5, 1, 1);
    params
}

pub(super) fn root(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap()
}

pub(super) fn below(name: &str, issuer: &Issuer) -> Issuer {
    CertifiedIssuer::signed_by(authority(name), KeyPair::generate().unwrap(), issuer).unwrap()
}

/// The certificate of an authority.
pub(super) fn of(issuer: &Issuer) -> Blob {
    Blob::new(issuer.der().to_vec())
}

/// An authority's certificate by another one, that ended before now.
pub(super) fn crossed(issuer: &Issuer, name: &str, by: &Issuer) -> Blob {
    let mut params = authority(name);
    params.not_before = rcgen::date_time_ymd(NOW - 1, 1, 1);
    params.not_after = rcgen::date_time_ymd(NOW - 1, 12, 1);
    Blob::new(params.signed_by(issuer.key(), by).unwrap().der().to_vec())
}

pub(super) fn leaf_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    params.not_before = rcgen::date_time_ymd(NOW, 1, 1);
    params.not_after = rcgen::date_time_ymd(NOW + 2, 1, 1);
    params
}

pub(super) fn signed(params: &CertificateParams, issuer: &Issuer) -> Blob {
    let key = KeyPair::generate().unwrap();
    Blob::new(params.signed_by(&key, issuer).unwrap().der().to_vec())
}

/// A leaf for the service's name.
pub(super) fn leaf(issuer: &Issuer) -> Blob {
    signed(&leaf_params(&["www.example.vn"]), issuer)
}
