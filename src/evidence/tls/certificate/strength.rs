//! How strong the keys and signatures of a chain are.

use x509_parser::der_parser::oid::Oid;
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::SignatureAlgorithm;

use super::leaf::parsed;
use crate::model::Blob;

/// How strong a key or a signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Strong enough (CA/Browser Forum Baseline Requirements §6.1.5, §7.1.3.2).
    Strong,
    /// An algorithm that this program doesn't know: neither strong nor weak.
    Unknown,
    /// Too weak.
    Weak,
}

/// One certificate of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateStrength {
    /// The key's algorithm and size, such as `RSA 2048`.
    pub key: String,
    /// How strong it is.
    pub key_strength: Strength,
    /// The signature's algorithm, such as `SHA-256 with RSA`.
    pub signature: String,
    /// How strong it is.
    pub signature_strength: Strength,
}

/// The smallest RSA modulus, in bits.
const RSA_BITS_MIN: usize = 2048;

/// Every certificate that was sent except a root sent along (no client trusts that copy), leaf
/// first; `None` where one can't be read.
pub fn strengths(chain: &[Blob]) -> Vec<Option<CertificateStrength>> {
    chain
        .iter()
        .enumerate()
        .map(|(at, blob)| (at, parsed(blob)))
        .filter(|(at, certificate)| {
            *at == 0 || certificate.as_ref().is_none_or(|c| c.subject() != c.issuer())
        })
        .map(|(_, certificate)| certificate.as_ref().map(of))
        .collect()
}

fn of(certificate: &X509Certificate<'_>) -> CertificateStrength {
    let (key, key_strength) = key(certificate);
    let (signature, signature_strength) = signature(certificate);
    CertificateStrength { key, key_strength, signature, signature_strength }
}

fn key(certificate: &X509Certificate<'_>) -> (String, Strength) {
    let info = certificate.public_key();
    let algorithm = &info.algorithm.algorithm;
    let at_least = |holds| if holds { Strength::Strong } else { Strength::Weak };
    match info.parsed() {
        Ok(PublicKey::RSA(rsa)) => {
            let bits = bits(rsa.modulus);
            (format!("RSA {bits}"), at_least(bits >= RSA_BITS_MIN))
        }
        Ok(PublicKey::DSA(_)) => ("DSA".to_owned(), Strength::Weak),
        Ok(PublicKey::EC(_)) => {
            let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            match curve.as_ref().and_then(|curve| find(&CURVES, curve)) {
                Some((name, strength)) => (format!("ECDSA {name}"), strength),
                None => {
                    let name = curve.map(|curve| curve.to_string()).unwrap_or_default();
                    (format!("ECDSA {name}"), Strength::Unknown)
                }
            }
        }
        _ => match find(&OTHER_KEYS, algorithm) {
            Some((name, strength)) => (name.to_owned(), strength),
            None => (algorithm.to_string(), Strength::Unknown),
        },
    }
}

/// How strong the signature on a certificate is.
pub(super) fn signature_strength(certificate: &X509Certificate<'_>) -> Strength {
    signature(certificate).1
}

/// Who completes a handshake with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyAcceptance {
    /// Every client, or it is not known.
    All,
    /// Of the browsers Firefox, and neither Chromium nor Safari.
    SomeBrowsers,
    /// No browser.
    NoBrowser,
    /// No client at all.
    Nobody,
}

/// The smallest RSA modulus that clients take, in bits: browsers, and OpenSSL at its usual level.
const RSA_BITS_TAKEN: usize = 1024;

/// Who accepts the key of the leaf; without a readable leaf all do, as far as is known. What browsers
/// offer in `signature_algorithms` decides (RFC 8446 §4.2.3): no browser offers Ed25519, Ed448, DSA or
/// a curve beside P-256, P-384 and P-521, and the last of these only Firefox does.
pub fn key_acceptance(chain: &[Blob]) -> KeyAcceptance {
    let Some(leaf) = chain.first().and_then(parsed) else { return KeyAcceptance::All };
    let info = leaf.public_key();
    match info.parsed() {
        Ok(PublicKey::RSA(rsa)) if bits(rsa.modulus) < RSA_BITS_TAKEN => KeyAcceptance::Nobody,
        Ok(PublicKey::RSA(_)) => KeyAcceptance::All,
        Ok(PublicKey::DSA(_)) => KeyAcceptance::NoBrowser,
        Ok(PublicKey::EC(_)) => {
            let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            match curve.and_then(|curve| find(&CURVES, &curve)) {
                Some(("P-256" | "P-384", _)) => KeyAcceptance::All,
                Some(("P-521", _)) => KeyAcceptance::SomeBrowsers,
                Some(_) => KeyAcceptance::NoBrowser,
                None => KeyAcceptance::All,
            }
        }
        _ => match find(&OTHER_KEYS, &info.algorithm.algorithm) {
            Some(("Ed25519" | "Ed448", _)) => KeyAcceptance::NoBrowser,
            _ => KeyAcceptance::All,
        },
    }
}

fn signature(certificate: &X509Certificate<'_>) -> (String, Strength) {
    let algorithm = &certificate.signature_algorithm;
    if algorithm.algorithm == oid!(1.2.840.113549.1.1.10) {
        let hash = match SignatureAlgorithm::try_from(algorithm) {
            Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) => {
                find(&HASHES, parameters.hash_algorithm_oid())
            }
            _ => None,
        };
        return match hash {
            Some((name, strength)) => (format!("{name} with RSA-PSS"), strength),
            None => ("RSA-PSS".to_owned(), Strength::Unknown),
        };
    }
    match find(&SIGNATURES, &algorithm.algorithm) {
        Some((name, strength)) => (name.to_owned(), strength),
        None => (algorithm.algorithm.to_string(), Strength::Unknown),
    }
}

type Known = (Oid<'static>, &'static str, Strength);

fn find(table: &[Known], oid: &Oid<'_>) -> Option<(&'static str, Strength)> {
    table.iter().find(|(known, _, _)| known == oid).map(|(_, name, strength)| (*name, *strength))
}

/// Named curves (RFC 5480 §2.1.1.1, RFC 5639).
const CURVES: [Known; 9] = [
    (oid!(1.2.840.10045.3.1.7), "P-256", Strength::Strong),
    (oid!(1.3.132.0.34), "P-384", Strength::Strong),
    (oid!(1.3.132.0.35), "P-521", Strength::Strong),
    (oid!(1.3.36.3.3.2.8.1.1.7), "brainpoolP256r1", Strength::Strong),
    (oid!(1.3.36.3.3.2.8.1.1.11), "brainpoolP384r1", Strength::Strong),
    (oid!(1.3.36.3.3.2.8.1.1.13), "brainpoolP512r1", Strength::Strong),
    (oid!(1.3.132.0.10), "secp256k1", Strength::Strong),
    (oid!(1.3.132.0.33), "P-224", Strength::Weak),
    (oid!(1.2.840.10045.3.1.1), "P-192", Strength::Weak),
];

/// Keys that are no RSA, DSA or EC keys (RFC 8410, RFC 9881).
const OTHER_KEYS: [Known; 5] = [
    (oid!(1.3.101.112), "Ed25519", Strength::Strong),
    (oid!(1.3.101.113), "Ed448", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.3.17), "ML-DSA-44", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.3.18), "ML-DSA-65", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.3.19), "ML-DSA-87", Strength::Strong),
];

/// Hashes of RSA-PSS.
const HASHES: [Known; 5] = [
    (oid!(1.3.14.3.2.26), "SHA-1", Strength::Weak),
    (oid!(2.16.840.1.101.3.4.2.4), "SHA-224", Strength::Weak),
    (oid!(2.16.840.1.101.3.4.2.1), "SHA-256", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.2.2), "SHA-384", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.2.3), "SHA-512", Strength::Strong),
];

/// Signature algorithms (RFC 3279 §2.2, RFC 4055 §5, RFC 5758 §3.2, RFC 8410, RFC 9881).
const SIGNATURES: [Known; 21] = [
    (oid!(1.2.840.113549.1.1.2), "MD2 with RSA", Strength::Weak),
    (oid!(1.2.840.113549.1.1.4), "MD5 with RSA", Strength::Weak),
    (oid!(1.2.840.113549.1.1.5), "SHA-1 with RSA", Strength::Weak),
    (oid!(1.3.14.3.2.29), "SHA-1 with RSA", Strength::Weak),
    (oid!(1.2.840.113549.1.1.14), "SHA-224 with RSA", Strength::Weak),
    (oid!(1.2.840.113549.1.1.11), "SHA-256 with RSA", Strength::Strong),
    (oid!(1.2.840.113549.1.1.12), "SHA-384 with RSA", Strength::Strong),
    (oid!(1.2.840.113549.1.1.13), "SHA-512 with RSA", Strength::Strong),
    (oid!(1.2.840.10045.4.1), "ECDSA with SHA-1", Strength::Weak),
    (oid!(1.2.840.10045.4.3.1), "ECDSA with SHA-224", Strength::Weak),
    (oid!(1.2.840.10045.4.3.2), "ECDSA with SHA-256", Strength::Strong),
    (oid!(1.2.840.10045.4.3.3), "ECDSA with SHA-384", Strength::Strong),
    (oid!(1.2.840.10045.4.3.4), "ECDSA with SHA-512", Strength::Strong),
    (oid!(1.2.840.10040.4.3), "DSA with SHA-1", Strength::Weak),
    (oid!(2.16.840.1.101.3.4.3.1), "DSA with SHA-224", Strength::Weak),
    (oid!(2.16.840.1.101.3.4.3.2), "DSA with SHA-256", Strength::Strong),
    (oid!(1.3.101.112), "Ed25519", Strength::Strong),
    (oid!(1.3.101.113), "Ed448", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.3.17), "ML-DSA-44", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.3.18), "ML-DSA-65", Strength::Strong),
    (oid!(2.16.840.1.101.3.4.3.19), "ML-DSA-87", Strength::Strong),
];

/// The size of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    match &number[zeros..] {
        [] => 0,
        [first, rest @ ..] => rest.len() * 8 + 8 - first.leading_zeros() as usize,
    }
}
