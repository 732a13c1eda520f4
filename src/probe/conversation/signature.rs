//! Does the server hold the certificate's key?

use rustls::client::danger::HandshakeSignatureValid;
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

/// The RSA modulus sizes, in bits, with which our library verifies.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Verifies the signature that a server made over the handshake.
///
/// The TLS library refuses certificates that browsers or old devices get along with (version 1,
/// odd extensions). Those are no reason to break off: then the key alone is taken out of the
/// certificate.
///
/// # Errors
/// [`TlsFailure::BadSignature`] when the signature is not by the leaf's key;
/// [`TlsFailure::NotTls`] when there is no readable certificate; [`TlsFailure::Ours`] when our
/// library can't verify with a key of this kind or size.
pub(super) fn verify(
    generation: TlsGeneration,
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, TlsFailure> {
    let verified = match generation {
        TlsGeneration::Tls12 => crypto::verify_tls12_signature(message, leaf, signed, algorithms),
        TlsGeneration::Tls13 => crypto::verify_tls13_signature(message, leaf, signed, algorithms),
    };
    verified.or_else(|_| verify_by_key(generation, message, leaf, signed, algorithms))
}

/// The slow way, for certificates that the fast one can't read, and for the exact reason.
fn verify_by_key(
    generation: TlsGeneration,
    message: &[u8],
    leaf: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, TlsFailure> {
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
            Ok(()) => return Ok(HandshakeSignatureValid::assertion()),
            Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)) => {}
            Err(_) => fits_key = true,
        }
    }

    let rsa_bits = match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => Some(bits(rsa.modulus)),
        _ => None,
    };
    if let Some(bits) = rsa_bits.filter(|bits| fits_key && !RSA_BITS.contains(bits)) {
        let detail = format!("our library does not verify with an RSA key of {bits} bits");
        return Err(TlsFailure::Ours { detail });
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
