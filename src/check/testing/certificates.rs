//! Certificates, made at test time.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use crate::lab::extensions;
use crate::model::Blob;

pub(in crate::check) type Issuer = CertifiedIssuer<'static, KeyPair>;

/// These worlds see everything as 1970 begins, and nothing older is read as a date.
pub(in crate::check) const YEAR: i32 = 1970;

pub(in crate::check) fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(YEAR, 1, 1);
    params.not_after = rcgen::date_time_ymd(YEAR + 5, 1, 1);
    params
}

pub(in crate::check) fn root_authority(name: &str) -> Issuer {
    CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap()
}

pub(in crate::check) fn authority_below(name: &str, issuer: &Issuer) -> Issuer {
    CertifiedIssuer::signed_by(authority(name), KeyPair::generate().unwrap(), issuer).unwrap()
}

/// The certificate of an authority.
pub(in crate::check) fn certificate_of(issuer: &Issuer) -> Blob {
    Blob::new(issuer.der().to_vec())
}

/// An authority's certificate by another one, that ended before now.
pub(in crate::check) fn cross_signed(issuer: &Issuer, name: &str, by: &Issuer) -> Blob {
    let mut params = authority(name);
    params.not_before = rcgen::date_time_ymd(YEAR - 1, 1, 1);
    params.not_after = rcgen::date_time_ymd(YEAR - 1, 12, 1);
    Blob::new(params.signed_by(issuer.key(), by).unwrap().der().to_vec())
}

pub(in crate::check) fn leaf_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    params.not_before = rcgen::date_time_ymd(YEAR, 1, 1);
    params.not_after = rcgen::date_time_ymd(YEAR + 2, 1, 1);
    params
}

pub(in crate::check) fn signed_certificate(params: &CertificateParams, issuer: &Issuer) -> Blob {
    let key = KeyPair::generate().unwrap();
    Blob::new(params.signed_by(&key, issuer).unwrap().der().to_vec())
}

/// A leaf for the service's name.
pub(in crate::check) fn leaf_certificate(issuer: &Issuer) -> Blob {
    signed_certificate(&leaf_params(&["www.example.vn"]), issuer)
}

/// The same, by a public authority whose own certificate is to be had at this address.
pub(in crate::check) fn public_leaf_certificate(issuer: &Issuer, address: &str) -> Blob {
    let mut params = leaf_params(&["www.example.vn"]);
    params.custom_extensions =
        vec![extensions::public_policy(), extensions::issuer_address(address)];
    signed_certificate(&params, issuer)
}
