//! Does the server hold the certificate's key?

use rustls::crypto::{self, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::{DigitallySignedStruct, SignatureScheme};
use webpki::RawPublicKeyEntity;
use x509_parser::oid_registry::OID_KEY_TYPE_EC_PUBLIC_KEY;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::model::TlsFailure;

/// Which rules a handshake signature follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsGeneration {
    /// ServerKeyExchange of TLS 1.2: an ECDSA scheme names no curve (RFC 5246 §7.4.3).
    Tls12,
    /// CertificateVerify of TLS 1.3: the scheme names the curve (RFC 8446 §4.4.3).
    Tls13,
}

/// What is known of the key after its signature has been looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The server holds it.
    Given,
    /// Our library can't verify with it; why.
    NotVerified(String),
}

/// The RSA modulus sizes, in bits, with which our library verifies.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The smallest modulus that any client accepts: browsers refuse what is smaller (Chromium's
/// `SimplePathBuilderDelegate`, mozilla::pkix).
const ACCEPTED_RSA_BITS_MIN: usize = 1024;

/// What a leaf's key is, where every client refuses it for its size.
pub(in crate::probe) fn weak_key(leaf: &[u8]) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(leaf).ok()?;
    let bits = rsa_bits(&certificate)?;
    (bits < ACCEPTED_RSA_BITS_MIN).then(|| format!("RSA {bits}"))
}

fn rsa_bits(certificate: &X509Certificate<'_>) -> Option<usize> {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(rsa)) => Some(bits(rsa.modulus)),
        _ => None,
    }
}

/// Verifies the signature that a server made over the handshake.
///
/// The TLS library refuses certificates that browsers or old devices get along with (version 1,
/// odd extensions). Those are no reason to break off: then the key alone is taken out of the
/// certificate.
///
/// # Errors
/// [`TlsFailure::BadSignature`] when the signature is not by the leaf's key;
/// [`TlsFailure::NotTls`] when there is no readable certificate; [`TlsFailure::WeakKey`] when the key
/// is too short for every client; [`TlsFailure::NothingInCommon`] when it is signed with SHA-1, which
/// was not offered; [`TlsFailure::Ours`] when our library can't verify with a key of this kind.
pub(super) fn verify(
    generation: TlsGeneration,
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<Proof, TlsFailure> {
    let verified = match generation {
        TlsGeneration::Tls12 => crypto::verify_tls12_signature(message, leaf, signed, algorithms),
        TlsGeneration::Tls13 => crypto::verify_tls13_signature(message, leaf, signed, algorithms),
    };
    match verified {
        Ok(_) => Ok(Proof::Given),
        Err(_) => verify_by_key(generation, message, leaf, signed, algorithms),
    }
}

/// The slow way, for certificates that the fast one can't read, and for the exact reason.
fn verify_by_key(
    generation: TlsGeneration,
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<Proof, TlsFailure> {
    if generation == TlsGeneration::Tls12 && is_by_sha1(signed.scheme) {
        let detail = format!("the handshake is signed with {:?}", signed.scheme);
        return Err(TlsFailure::NothingInCommon { detail });
    }
    if !is_allowed(generation, signed.scheme) {
        let detail = format!("the handshake is signed with {:?}", signed.scheme);
        return Err(TlsFailure::NotTls { detail });
    }
    let unreadable = |why: &dyn std::fmt::Display| TlsFailure::NotTls {
        detail: format!("the server's certificate can't be read: {why}"),
    };
    let (_, certificate) = X509Certificate::from_der(leaf).map_err(|error| unreadable(&error))?;
    let key = certificate.public_key();
    let key_der = SubjectPublicKeyInfoDer::from(key.raw);
    let entity = RawPublicKeyEntity::try_from(&key_der).map_err(|error| unreadable(&error))?;

    let possible = algorithms
        .mapping
        .iter()
        .find(|(scheme, _)| *scheme == signed.scheme)
        .map_or(&[][..], |(_, possible)| *possible);
    let possible = match generation {
        TlsGeneration::Tls12 => possible,
        TlsGeneration::Tls13 => &possible[..possible.len().min(1)],
    };
    let mut fits_key = false;
    for algorithm in possible {
        match entity.verify_signature(*algorithm, message, signed.signature()) {
            Ok(()) => return Ok(Proof::Given),
            Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)) => {}
            Err(_) => fits_key = true,
        }
    }

    if let Some(bits) = rsa_bits(&certificate).filter(|bits| !RSA_BITS.contains(bits)) {
        return verify_by_odd_size(bits, message, &key.subject_public_key.data, signed);
    }
    let other_curve = !fits_key
        && generation == TlsGeneration::Tls12
        && is_ecdsa(signed.scheme)
        && key.algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY;
    if other_curve {
        let detail = "our library does not verify with a key on this curve".to_owned();
        return Err(TlsFailure::Ours { detail });
    }
    let detail = match fits_key {
        true => format!("the {:?} signature is not by the certificate's key", signed.scheme),
        false => format!("{:?} does not fit the certificate's key", signed.scheme),
    };
    Err(TlsFailure::BadSignature { detail })
}

/// RSA keys of a size that the TLS library leaves out and clients take.
fn verify_by_odd_size(
    bits: usize,
    message: &[u8],
    key: &[u8],
    signed: &DigitallySignedStruct,
) -> Result<Proof, TlsFailure> {
    use aws_lc_rs::signature;
    if bits < ACCEPTED_RSA_BITS_MIN {
        return Err(TlsFailure::WeakKey { detail: format!("RSA {bits}") });
    }
    let scheme = signed.scheme;
    let algorithm = match scheme {
        SignatureScheme::RSA_PKCS1_SHA256 if bits < *RSA_BITS.start() => {
            &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        SignatureScheme::RSA_PKCS1_SHA512 if bits < *RSA_BITS.start() => {
            &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        // Small keys by PSS, and keys over the library's limit.
        _ => return Ok(Proof::NotVerified(format!("{scheme:?} by an RSA key of {bits} bits"))),
    };
    let key = signature::UnparsedPublicKey::new(algorithm, key);
    key.verify(message, signed.signature()).map(|()| Proof::Given).map_err(|_| {
        let detail = format!("the {scheme:?} signature is not by the certificate's key");
        TlsFailure::BadSignature { detail }
    })
}

/// The size of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    match &number[zeros..] {
        [] => 0,
        [first, rest @ ..] => rest.len() * 8 + 8 - first.leading_zeros() as usize,
    }
}

fn is_ecdsa(scheme: SignatureScheme) -> bool {
    matches!(
        scheme,
        SignatureScheme::ECDSA_NISTP256_SHA256
            | SignatureScheme::ECDSA_NISTP384_SHA384
            | SignatureScheme::ECDSA_NISTP521_SHA512
            | SignatureScheme::ECDSA_SHA1_Legacy
    )
}

fn is_by_sha1(scheme: SignatureScheme) -> bool {
    matches!(scheme, SignatureScheme::RSA_PKCS1_SHA1 | SignatureScheme::ECDSA_SHA1_Legacy)
}

/// TLS 1.3 signs neither with PKCS #1 v1.5 nor with SHA-1 (RFC 8446 §4.2.3).
fn is_allowed(generation: TlsGeneration, scheme: SignatureScheme) -> bool {
    generation == TlsGeneration::Tls12
        || !matches!(
            scheme,
            SignatureScheme::RSA_PKCS1_SHA1
                | SignatureScheme::RSA_PKCS1_SHA256
                | SignatureScheme::RSA_PKCS1_SHA384
                | SignatureScheme::RSA_PKCS1_SHA512
                | SignatureScheme::ECDSA_SHA1_Legacy
        )
}

#[cfg(test)]
mod tests {
    use rustls::version;

    use super::*;
    use crate::model::{Blob, TlsFailed, TlsSession};
    use crate::probe::conversation::testing::{
        Identity, TlsServer, ask_tls, converse, identity, ordinary, patient, serve_tls,
    };

    /// An element in DER.
    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let [high, low] = (content.len() as u16).to_be_bytes();
        let length = match (high, low) {
            (0, ..0x80) => vec![low],
            (0, _) => vec![0x81, low],
            _ => vec![0x82, high, low],
        };
        [&[tag], &length[..], &content].concat()
    }

    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    const SEQUENCE: u8 = 0x30;
    const ECDSA_WITH_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    const RSA_ENCRYPTION: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

    /// The certificate of an identity as version 1 had it, without extensions, for this key.
    fn version_1(identity: &Identity, key: Option<&[u8]>) -> Vec<u8> {
        let (_, from) = X509Certificate::from_der(&identity.certificate).unwrap();
        let validity = der(SEQUENCE, &[b"\x17\x0d260101000000Z", b"\x17\x0d360101000000Z"]);
        let to_be_signed = der(
            SEQUENCE,
            &[
                &[INTEGER, 1, 7],
                ECDSA_WITH_SHA256,
                from.issuer().as_raw(),
                &validity,
                from.subject().as_raw(),
                key.unwrap_or(from.public_key().raw),
            ],
        );
        let signature = der(BIT_STRING, &[&[0], &[1; 64]]);
        der(SEQUENCE, &[&to_be_signed, ECDSA_WITH_SHA256, &signature])
    }

    /// What a handshake comes to when the server shows this certificate, per version of TLS.
    async fn shown(
        algorithm: &'static rcgen::SignatureAlgorithm,
        certificate: impl Fn(&Identity) -> Vec<u8>,
    ) -> Vec<Result<TlsSession, TlsFailed>> {
        let mut results = Vec::new();
        for version in [&version::TLS12, &version::TLS13] {
            let mut identity = identity(algorithm, |_| {});
            let certificate = certificate(&identity);
            identity.certificate = certificate.clone().into();
            let server = TlsServer { versions: vec![version], ..TlsServer::of(identity) };
            let address = serve_tls("[::1]:0", server).await;
            let conversation = converse(&patient(), &ask_tls(address, "www.example.vn")).await;
            let result = conversation.tls.unwrap();
            let chain = match &result {
                Ok(session) => &session.chain,
                Err(failed) => &failed.chain,
            };
            assert_eq!(*chain, [Blob::new(certificate)]);
            results.push(result);
        }
        results
    }

    #[tokio::test]
    async fn a_certificate_of_version_1_is_no_reason_to_break_off() {
        for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_RSA_SHA256] {
            for result in shown(algorithm, |identity| version_1(identity, None)).await {
                assert!(result.is_ok(), "{result:?}");
            }
        }
        // But the key must still be the server's.
        for result in shown(&rcgen::PKCS_ECDSA_P256_SHA256, |_| version_1(&ordinary(), None)).await
        {
            let failure = result.unwrap_err().failure;
            assert!(matches!(failure, TlsFailure::BadSignature { .. }), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_certificate() {
        for result in shown(&rcgen::PKCS_ED25519, |_| b"no certificate".to_vec()).await {
            let failure = result.unwrap_err().failure;
            assert!(matches!(failure, TlsFailure::NotTls { .. }), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn sizes_of_rsa_keys_that_our_library_does_not_verify_with() {
        let rsa = |octets: usize| {
            let modulus = der(INTEGER, &[&[0], &vec![0xc5; octets]]);
            let key = der(SEQUENCE, &[&modulus, &[INTEGER, 3, 1, 0, 1]]);
            der(SEQUENCE, &[RSA_ENCRYPTION, &der(BIT_STRING, &[&[0], &key])])
        };
        // Clients take the first, and refuse the second.
        let key = rsa(128);
        let small = |identity: &Identity| version_1(identity, Some(&key));
        for result in shown(&rcgen::PKCS_RSA_SHA256, small).await {
            let why = result.unwrap().unproven_key.unwrap();
            assert!(why.contains("RSA key of 1024 bits"), "{why}");
        }
        let key = rsa(64);
        let tiny = |identity: &Identity| version_1(identity, Some(&key));
        for result in shown(&rcgen::PKCS_RSA_SHA256, tiny).await {
            let detail = "RSA 512".to_owned();
            assert_eq!(result.unwrap_err().failure, TlsFailure::WeakKey { detail });
        }
    }

    #[test]
    fn sizes() {
        for (number, size) in
            [(&[][..], 0), (&[0, 0], 0), (&[1], 1), (&[0, 0x80, 0], 16), (&[0x7f, 0], 15)]
        {
            assert_eq!(bits(number), size, "{number:?}");
        }
    }
}
