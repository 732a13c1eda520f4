//! What a stapled OCSP response says of the leaf, if it is to be believed (RFC 6960).
//!
//! Only a response that is about this very certificate, signed by its issuer or a responder that
//! the issuer delegated, and current when it was seen, says anything. Any other says nothing.

use aws_lc_rs::digest;
use jiff::Timestamp;
use x509_parser::asn1_rs::{Any, BitString, Class, FromDer as _, Integer, Oid, Tag};
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::X509Certificate;
use x509_parser::verify::verify_signature;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::der::Fields;
use super::leaf::parsed;
use crate::model::Blob;

/// What the staple says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staple {
    /// The certificate is not revoked.
    Good,
    /// The certificate was revoked, then.
    Revoked(Timestamp),
    /// Nothing that is to be believed: not about this certificate, badly signed, out of date,
    /// unreadable, or `unknown`.
    Nothing,
}

/// Reads a staple that was seen at `seen_at` with this chain.
pub fn staple(octets: &[u8], chain: &[Blob], seen_at: Timestamp) -> Staple {
    read(octets, chain, seen_at).unwrap_or(Staple::Nothing)
}

/// The extensions of the response about the leaf, DER, where the staple is one that is to be believed.
pub(super) fn extensions<'a>(
    octets: &'a [u8],
    chain: &[Blob],
    seen_at: Timestamp,
) -> Option<&'a [u8]> {
    believed(octets, chain, seen_at)?.extensions
}

/// How far the responder's clock may be ahead of ours, in seconds.
const CLOCK_SKEW_S: i64 = 300;

/// Responses in one staple that are read.
const SINGLE_RESPONSES_MAX: usize = 16;

/// Certificates in one staple that are read.
const RESPONDERS_MAX: usize = 4;

fn read(octets: &[u8], chain: &[Blob], seen_at: Timestamp) -> Option<Staple> {
    believed(octets, chain, seen_at).map(|single| single.status)
}

/// What the staple says of the leaf, where it is to be believed.
fn believed<'a>(octets: &'a [u8], chain: &[Blob], seen_at: Timestamp) -> Option<Single<'a>> {
    let leaf = parsed(chain.first()?)?;
    let issuer = chain[1..].iter().filter_map(parsed).find(|candidate| {
        candidate.subject() == leaf.issuer()
            && leaf.verify_signature(Some(candidate.public_key())).is_ok()
    })?;
    let response = Basic::read(octets)?;
    if !is_signed_by_authority(&response, &issuer, seen_at) {
        return None;
    }
    let single = response.singles.into_iter().find(|single| single.is_about(&leaf, &issuer))?;
    let is_current = single.this_update <= seen_at.as_second().saturating_add(CLOCK_SKEW_S)
        && single.next_update.is_some_and(|end| seen_at.as_second() <= end);
    is_current.then_some(single)
}

/// A BasicOCSPResponse, as far as it is read.
struct Basic<'a> {
    /// The octets that are signed.
    signed: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    signature: BitString<'a>,
    singles: Vec<Single<'a>>,
    responders: Vec<X509Certificate<'a>>,
}

struct Single<'a> {
    hash: Oid<'a>,
    name_hash: &'a [u8],
    key_hash: &'a [u8],
    serial: &'a [u8],
    status: Staple,
    this_update: i64,
    next_update: Option<i64>,
    extensions: Option<&'a [u8]>,
}

impl<'a> Basic<'a> {
    fn read(octets: &'a [u8]) -> Option<Self> {
        // OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, [0] EXPLICIT ResponseBytes }
        let mut response = Fields::of(octets)?;
        if response.next()?.data != [0] {
            return None;
        }
        let mut bytes = Fields::of(response.tagged(0)?.data)?;
        if bytes.next()?.as_oid().ok()? != oid!(1.3.6.1.5.5.7.48.1.1) {
            return None;
        }
        let basic = bytes.next().filter(|any| any.tag() == Tag::OctetString)?;
        let mut basic = Fields::of(basic.data)?;
        let signed_from = basic.rest;
        let mut data = Fields { rest: basic.sequence()? };
        let signed = &signed_from[..signed_from.len() - basic.rest.len()];
        let (rest, algorithm) = AlgorithmIdentifier::from_der(basic.rest).ok()?;
        let (rest, signature) = BitString::from_der(rest).ok()?;
        basic.rest = rest;
        let mut responders = Vec::new();
        if let Some(list) = basic.tagged(0) {
            let mut list = Fields::of(list.data)?;
            while !list.rest.is_empty() && responders.len() < RESPONDERS_MAX {
                let (rest, certificate) = X509Certificate::from_der(list.rest).ok()?;
                list.rest = rest;
                responders.push(certificate);
            }
        }
        // ResponseData ::= SEQUENCE { [0] version, responderID, producedAt, responses, … }
        let mut first = data.next()?;
        if (first.class(), first.tag()) == (Class::ContextSpecific, Tag(0)) {
            first = data.next()?;
        }
        if first.class() != Class::ContextSpecific {
            return None;
        }
        data.next()?;
        let mut list = Fields { rest: data.sequence()? };
        let mut singles = Vec::new();
        while !list.rest.is_empty() && singles.len() < SINGLE_RESPONSES_MAX {
            singles.push(Single::read(list.sequence()?)?);
        }
        Some(Self { signed, algorithm, signature, singles, responders })
    }
}

impl<'a> Single<'a> {
    fn read(octets: &'a [u8]) -> Option<Self> {
        let mut fields = Fields { rest: octets };
        // CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }
        let mut id = Fields { rest: fields.sequence()? };
        let (rest, algorithm) = AlgorithmIdentifier::from_der(id.rest).ok()?;
        id.rest = rest;
        let (name_hash, key_hash) = (id.next()?.data, id.next()?.data);
        let (_, serial) = Any::from_der(id.rest).ok()?;
        Integer::try_from(serial.clone()).ok()?;
        let status = fields.next()?;
        let status = match (status.class(), status.tag()) {
            (Class::ContextSpecific, Tag(0)) => Staple::Good,
            (Class::ContextSpecific, Tag(1)) => {
                let second = Fields { rest: status.data }.time()?;
                Staple::Revoked(Timestamp::from_second(second).ok()?)
            }
            _ => Staple::Nothing,
        };
        let this_update = fields.time()?;
        let next_update = fields.tagged(0).and_then(|end| Fields { rest: end.data }.time());
        let extensions = fields.tagged(1).map(|extensions| extensions.data);
        Some(Self {
            hash: algorithm.algorithm,
            name_hash,
            key_hash,
            serial: serial.data,
            status,
            this_update,
            next_update,
            extensions,
        })
    }

    fn is_about(&self, leaf: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
        let hash = if self.hash == oid!(1.3.14.3.2.26) {
            &digest::SHA1_FOR_LEGACY_USE_ONLY
        } else if self.hash == oid!(2.16.840.1.101.3.4.2.1) {
            &digest::SHA256
        } else {
            return false;
        };
        let of = |octets: &[u8]| digest::digest(hash, octets);
        self.serial == leaf.raw_serial()
            && self.name_hash == of(issuer.subject().as_raw()).as_ref()
            && self.key_hash == of(&issuer.public_key().subject_public_key.data).as_ref()
    }
}

/// By the issuer itself, or by a responder whom it gave a certificate for that (RFC 6960 §4.2.2.2).
fn is_signed_by_authority(
    response: &Basic<'_>,
    issuer: &X509Certificate<'_>,
    seen_at: Timestamp,
) -> bool {
    let signed_by = |key: &SubjectPublicKeyInfo<'_>| {
        verify_signature(key, &response.algorithm, &response.signature, response.signed).is_ok()
    };
    if signed_by(issuer.public_key()) {
        return true;
    }
    response.responders.iter().any(|responder| {
        let validity = responder.validity();
        let is_valid = (validity.not_before.timestamp()..=validity.not_after.timestamp())
            .contains(&seen_at.as_second());
        let is_delegated = responder
            .extended_key_usage()
            .ok()
            .flatten()
            .is_some_and(|usage| usage.value.ocsp_signing);
        is_valid
            && is_delegated
            && responder.issuer() == issuer.subject()
            && responder.verify_signature(Some(issuer.public_key())).is_ok()
            && signed_by(responder.public_key())
    })
}
