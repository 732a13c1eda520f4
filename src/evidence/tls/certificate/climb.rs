//! The way up from a certificate, link by link, whatever the dates and uses.

use rustls::pki_types::TrustAnchor;
use x509_parser::asn1_rs::{Any, FromDer as _};
use x509_parser::prelude::X509Certificate;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::evidence::tls::trust::TrustedRoots;

/// Links of a chain that are followed.
const LINKS_MAX: usize = 8;

/// The certificates that carry the name of this one's issuer, beside itself.
pub(super) fn issuers_in<'w, 'c>(
    certificates: &'w [X509Certificate<'c>],
    of: &'w X509Certificate<'c>,
) -> impl Iterator<Item = &'w X509Certificate<'c>> {
    certificates.iter().filter(move |other| {
        other.subject() == of.issuer()
            && other.tbs_certificate.as_ref() != of.tbs_certificate.as_ref()
    })
}

/// Whether one certificate has signed another one.
pub(super) fn is_signed_by(of: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    issuer.subject() == of.issuer() && of.verify_signature(Some(issuer.public_key())).is_ok()
}

/// Whether a trusted authority has signed a certificate.
pub(super) fn is_signed_by_anchor(of: &X509Certificate<'_>, trust: &TrustedRoots) -> bool {
    let issuer = Any::from_der(of.issuer().as_raw()).map(|(_, name)| name.data).unwrap_or_default();
    let signed = |anchor: &&TrustAnchor<'_>| {
        let key = webpki::spki_for_anchor(anchor);
        SubjectPublicKeyInfo::from_der(key.as_ref())
            .is_ok_and(|(_, key)| of.verify_signature(Some(&key)).is_ok())
    };
    let named = trust.anchors().iter().filter(|anchor| anchor.subject.as_ref() == issuer);
    named.into_iter().any(|anchor| signed(&anchor))
}

/// Whether signatures lead from a certificate to a trusted authority, over these certificates.
pub(super) fn leads_to_anchor(
    from: &X509Certificate<'_>,
    over: &[X509Certificate<'_>],
    trust: &TrustedRoots,
) -> bool {
    let mut reached = vec![from];
    let mut at = 0;
    while let Some(certificate) = reached.get(at).copied() {
        at += 1;
        if is_signed_by_anchor(certificate, trust) {
            return true;
        }
        for issuer in issuers_in(over, certificate) {
            let is_known = reached.iter().any(|known| std::ptr::eq(*known, issuer));
            if !is_known && reached.len() < LINKS_MAX && is_signed_by(certificate, issuer) {
                reached.push(issuer);
            }
        }
    }
    false
}
