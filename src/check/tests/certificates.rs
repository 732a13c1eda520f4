//! Certificates made for the tables.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SanType,
};

use super::*;

/// The names of a leaf; one that reads as an address is one.
pub(super) fn named(names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    params.subject_alt_names = names
        .iter()
        .map(|name| match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName((*name).try_into().unwrap()),
        })
        .collect();
    params
}

/// A leaf for the service's host.
pub(super) fn for_host() -> CertificateParams {
    named(&["www.example.vn"])
}

/// One that is valid between two days of 2027 (month, day).
pub(super) fn valid(from: (u8, u8), until: (u8, u8)) -> CertificateParams {
    let mut params = for_host();
    params.not_before = rcgen::date_time_ymd(2027, from.0, from.1);
    params.not_after = rcgen::date_time_ymd(2027, until.0, until.1);
    params
}

/// One that may only be shown by clients.
pub(super) fn for_clients() -> CertificateParams {
    let mut params = for_host();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

/// An authority with its key.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

impl Authority {
    pub(super) fn root(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(authority(name), key).unwrap())
    }

    pub(super) fn below(&self, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::signed_by(authority(name), key, &self.0).unwrap())
    }

    pub(super) fn leaf(&self, params: CertificateParams) -> Blob {
        let key = KeyPair::generate().unwrap();
        Blob::new(params.signed_by(&key, &self.0).unwrap().der().to_vec())
    }

    pub(super) fn blob(&self) -> Blob {
        Blob::new(self.0.der().to_vec())
    }

    /// The certificate's key, for OCSP responses.
    pub(super) fn issuer(&self) -> &CertifiedIssuer<'static, KeyPair> {
        &self.0
    }

    /// A world that trusts nobody else.
    pub(super) fn trusted_by(&self, mut world: World) -> World {
        world.trust = Trust::new(&[self.0.der().to_vec()]).unwrap();
        world
    }
}

/// A certificate that signs itself.
pub(super) fn self_signed() -> Blob {
    let key = KeyPair::generate().unwrap();
    Blob::new(for_host().self_signed(&key).unwrap().der().to_vec())
}

/// One whose elliptic curve nobody has heard of.
pub(super) fn unknown_curve(certificate: &Blob) -> Blob {
    const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let mut octets = certificate.bytes().to_vec();
    let at = octets.windows(P256.len()).position(|part| part == P256).unwrap();
    octets[at + P256.len() - 1] = 0x7f;
    Blob::new(octets)
}

/// What is no certificate.
pub(super) fn garbage() -> Blob {
    Blob::new(vec![0x30, 0x03, 0x02, 0x01, 0x01])
}
