//! OCSP responses (RFC 6960 §4.2), made by hand: no library here makes them.

use std::time::Duration;

use rcgen::{CertifiedIssuer, KeyPair, SigningKey as _};
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// An authority with its key.
pub(crate) type Issuer = CertifiedIssuer<'static, KeyPair>;

type Error = Box<dyn std::error::Error + Send + Sync>;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;

const SHA256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const ECDSA_WITH_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const OCSP_BASIC: &[u8] = b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// An OCSP response by the issuer: the certificate was revoked ten days ago.
pub(crate) fn revoked(
    leaf: &CertificateDer<'_>,
    issuer: &Issuer,
    now: Duration,
) -> Result<Vec<u8>, Error> {
    // certStatus ::= [1] IMPLICIT RevokedInfo
    let status = element(0xa1, &[&time(now.saturating_sub(10 * DAY))]);
    response(leaf, issuer.der(), issuer.key(), &status, now)
}

fn response(
    leaf: &[u8],
    issuer: &[u8],
    key: &KeyPair,
    status: &[u8],
    now: Duration,
) -> Result<Vec<u8>, Error> {
    let (_, leaf) = X509Certificate::from_der(leaf)?;
    let (_, issuer) = X509Certificate::from_der(issuer)?;
    let hash = |octets: &[u8]| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
        element(OCTET_STRING, &[digest.as_ref()])
    };
    let id = element(
        SEQUENCE,
        &[
            SHA256,
            &hash(issuer.subject().as_raw()),
            &hash(&issuer.public_key().subject_public_key.data),
            &element(INTEGER, &[leaf.raw_serial()]),
        ],
    );
    let end = element(0xa0, &[&time(now + 5 * DAY)]);
    let single = element(SEQUENCE, &[&id, status, &time(now.saturating_sub(DAY)), &end]);
    let responder = element(0xa1, &[issuer.subject().as_raw()]);
    let data = element(SEQUENCE, &[&responder, &time(now), &element(SEQUENCE, &[&single])]);
    let signature = element(BIT_STRING, &[&[0], &key.sign(&data)?]);
    let basic = element(SEQUENCE, &[&data, ECDSA_WITH_SHA256, &signature]);
    let bytes = element(SEQUENCE, &[OCSP_BASIC, &element(OCTET_STRING, &[&basic])]);
    Ok(element(SEQUENCE, &[&element(ENUMERATED, &[&[0]]), &element(0xa0, &[&bytes])]))
}

/// An element in DER; nothing here is longer than 65,535 octets.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length = match (high, low) {
        (0, ..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], &length[..], &content].concat()
}

fn time(since_epoch: Duration) -> Vec<u8> {
    let second = i64::try_from(since_epoch.as_secs()).unwrap_or(0);
    let moment = jiff::Timestamp::from_second(second).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    element(GENERALIZED_TIME, &[moment.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes()])
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rcgen::{BasicConstraints, CertificateParams, IsCa};

    use super::*;
    use crate::evidence::tls::certificate::{Staple, staple};
    use crate::model::Blob;

    fn authority(name: &str) -> Issuer {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn leaf(issuer: &Issuer) -> CertificateDer<'static> {
        let params = CertificateParams::new(vec!["www.example.vn".to_owned()]).unwrap();
        params.signed_by(&KeyPair::generate().unwrap(), issuer).unwrap().der().clone()
    }

    #[test]
    fn only_a_current_response_of_the_issuer_about_this_certificate_counts() {
        let now = Duration::from_secs(1_790_000_000);
        let at = |second: u64| Timestamp::from_second(second as i64).unwrap();
        let seen_at = at(now.as_secs());
        let (issuer, stranger) = (authority("issuer"), authority("stranger"));
        let (mine, other) = (leaf(&issuer), leaf(&issuer));
        let chain = [Blob::new(mine.to_vec()), Blob::new(issuer.der().to_vec())];
        let good = element(0x80, &[]);
        let of = |leaf: &[u8], key, status: &[u8]| {
            response(leaf, issuer.der(), key, status, now).unwrap()
        };

        let revoked = revoked(&mine, &issuer, now).unwrap();
        let then = at((now - 10 * DAY).as_secs());
        assert_eq!(staple(&revoked, &chain, seen_at), Staple::Revoked(then));
        assert_eq!(staple(&of(&mine, issuer.key(), &good), &chain, seen_at), Staple::Good);
        let unknown = element(0x82, &[]);
        for (what, octets, seen_at) in [
            ("unknown", of(&mine, issuer.key(), &unknown), seen_at),
            ("another certificate", of(&other, issuer.key(), &good), seen_at),
            ("another signer", of(&mine, stranger.key(), &good), seen_at),
            ("out of date", revoked.clone(), at((now + 6 * DAY).as_secs())),
            ("not yet", revoked.clone(), at((now - 2 * DAY).as_secs())),
            ("cut off", revoked[..revoked.len() - 1].to_vec(), seen_at),
            ("nothing", Vec::new(), seen_at),
        ] {
            assert_eq!(staple(&octets, &chain, seen_at), Staple::Nothing, "{what}");
        }
        assert_eq!(staple(&revoked, &chain[..1], seen_at), Staple::Nothing, "no issuer");
        for at in 0..revoked.len() {
            let mut changed = revoked.clone();
            changed[at] ^= 1;
            assert_ne!(staple(&changed, &chain, seen_at), Staple::Good, "{at}");
        }
    }
}
