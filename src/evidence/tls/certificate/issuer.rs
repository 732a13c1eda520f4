//! Which issuers a chain lacks, and where their certificates are to be had (RFC 5280 §4.2.2.1).

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::{GeneralName, ParsedExtension, X509Certificate};

use super::climb::{is_signed_by, is_signed_by_anchor, issuers_in};
use super::der::Fields;
use super::leaf::{parsed, validity};
use super::path::{needed, path};
use crate::evidence::tls::trust::{Path, TrustedRoots};
use crate::model::Blob;

/// Addresses of one certificate that are tried, as many as Chromium tries.
const ADDRESSES_MAX: usize = 5;

/// Octets that Chromium reads of an issuer's certificate.
const OCTETS_MAX: usize = 64 * 1024;

/// Certificates of one answer that are read.
const CERTIFICATES_MAX: usize = 16;

/// The certificates of a chain whose issuer a client would have to fetch at this moment, because it was
/// not sent, or only in a certificate that is out of its dates. None where the chain holds without
/// that. A leaf that is itself out of its dates is taken at the nearest moment at which it isn't.
pub fn issuers_wanted(chain: &[Blob], trust: &TrustedRoots, at: Timestamp) -> Vec<Blob> {
    let Some(leaf) = chain.first().and_then(parsed) else { return Vec::new() };
    let own = leaf.validity();
    let (begin, end) = (own.not_before.timestamp(), own.not_after.timestamp());
    let second = at.as_second().max(begin).min(end);
    let at = Timestamp::from_second(second).unwrap_or(at);
    let holds = path(chain, trust) == Path::Trusted
        && validity(&needed(chain, trust, at)).is_some_and(|span| span.contains(at));
    if holds || leaf.subject() == leaf.issuer() {
        return Vec::new();
    }
    let certificates: Vec<_> = chain.iter().filter_map(parsed).collect();
    let mut wanted = Vec::new();
    let mut reached: Vec<&X509Certificate<'_>> = certificates.iter().take(1).collect();
    let mut next = 0;
    while let Some(certificate) = reached.get(next).copied() {
        next += 1;
        let is_root = certificate.subject() == certificate.issuer();
        if is_root || is_signed_by_anchor(certificate, trust) {
            continue;
        }
        let issuers = issuers_in(&certificates, certificate)
            .filter(|issuer| is_valid_at(issuer, second) && is_signed_by(certificate, issuer));
        let issuers: Vec<_> = issuers.collect();
        if issuers.is_empty() {
            wanted.push(Blob::new(certificate.as_raw().to_vec()));
        }
        for issuer in issuers {
            if !reached.iter().any(|known| std::ptr::eq(*known, issuer)) {
                reached.push(issuer);
            }
        }
    }
    wanted
}

fn is_valid_at(certificate: &X509Certificate<'_>, second: i64) -> bool {
    let validity = certificate.validity();
    (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&second)
}

/// Where the certificate of a certificate's issuer is to be had, as it says itself: plain HTTP alone, as
/// clients have it.
pub fn issuing_addresses(certificate: &Blob) -> Vec<Url> {
    /// `id-ad-caIssuers`
    const CA_ISSUERS: x509_parser::der_parser::oid::Oid<'static> = oid!(1.3.6.1.5.5.7.48.2);
    let Some(certificate) = parsed(certificate) else { return Vec::new() };
    let mut addresses = Vec::new();
    for extension in certificate.extensions() {
        let ParsedExtension::AuthorityInfoAccess(access) = extension.parsed_extension() else {
            continue;
        };
        for place in access.accessdescs.iter().filter(|place| place.access_method == CA_ISSUERS) {
            let GeneralName::URI(address) = place.access_location else { continue };
            let Ok(mut address) = Url::parse(address) else { continue };
            address.set_fragment(None);
            let is_plain = address.scheme() == "http" && address.has_host();
            if is_plain && addresses.len() < ADDRESSES_MAX && !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    addresses
}

/// The certificates in what such an address gives: one in DER, several in a CMS message, or PEM.
pub fn certificates_in(octets: &[u8]) -> Vec<Blob> {
    if octets.len() > OCTETS_MAX {
        return Vec::new();
    }
    let single = Blob::new(octets.to_vec());
    if parsed(&single).is_some() {
        return vec![single];
    }
    if let Some(all) = certificates_of_message(octets) {
        return all;
    }
    let pem = CertificateDer::pem_slice_iter(octets).take(CERTIFICATES_MAX);
    pem.filter_map(Result::ok).map(|der| Blob::new(der.to_vec())).collect()
}

/// The certificates of a CMS message that holds nothing else (RFC 5652 §5.1, RFC 5280 §4.2.2.1).
fn certificates_of_message(octets: &[u8]) -> Option<Vec<Blob>> {
    let mut message = Fields::of(octets)?;
    if message.next()?.as_oid().ok()? != oid!(1.2.840.113549.1.7.2) {
        return None;
    }
    let mut data = Fields::of(message.tagged(0)?.data)?;
    // Version, digest algorithms, encapsulated content.
    for _ in 0..3 {
        data.next()?;
    }
    let mut list = Fields { rest: data.tagged(0)?.data };
    let mut all = Vec::new();
    while !list.rest.is_empty() && all.len() < CERTIFICATES_MAX {
        let before = list.rest;
        list.next()?;
        all.push(Blob::new(before[..before.len() - list.rest.len()].to_vec()));
    }
    Some(all)
}

/// Whether a certificate is of the authority that issued another one.
pub fn is_issuer_of(issuer: &Blob, certificate: &Blob) -> bool {
    let (Some(issuer), Some(certificate)) = (parsed(issuer), parsed(certificate)) else {
        return false;
    };
    is_signed_by(&certificate, &issuer)
}
