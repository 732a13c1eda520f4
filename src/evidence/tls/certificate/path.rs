//! Whether a chain leads to a trusted authority.

use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::{ParsedExtension, X509Certificate};

use super::algorithms::browsers_algorithms;
use super::climb::{issuers_in, leads_to_anchor};
use super::leaf::{parsed, validity};
use super::strength::{Strength, signature_strength};
use crate::evidence::tls::trust::{Path, TrustedRoots};
use crate::model::Blob;

/// Moments of one chain at which it is looked for a path.
const MOMENTS_MAX: usize = 16;

/// Whether the chain leads to a trusted authority, whatever the dates: [`needed`] says of which
/// certificates the dates count.
pub fn path(chain: &[Blob], trust: &TrustedRoots) -> Path {
    trust.path_of(chain, || verified_path(chain, trust))
}

/// The certificates of a trusted chain without which it would not be trusted at this moment: one that was
/// sent beside them, such as an old cross-signed one, may expire unnoticed. A chain that is not
/// trusted is needed as a whole.
pub fn needed(chain: &[Blob], trust: &TrustedRoots, at: Timestamp) -> Vec<Blob> {
    let mut needed = chain.to_vec();
    if path(chain, trust) != Path::Trusted {
        return needed;
    }
    let usefulness = |blob: &&Blob| {
        parsed(blob).map(|certificate| {
            let (begin, end) = span(&certificate);
            ((begin..=end).contains(&at.as_second()), end)
        })
    };
    let mut others: Vec<&Blob> = chain.iter().skip(1).collect();
    others.sort_by_key(usefulness);
    // Where there are two ways up, clients take the one that is valid, and of two such the one that
    // ends later is the one that lasts.
    for other in others {
        let leaf = needed.iter().take(1);
        let rest = needed.iter().skip(1).filter(|blob| *blob != other);
        let without: Vec<Blob> = leaf.chain(rest).cloned().collect();
        if path(&without, trust) == Path::Trusted {
            needed = without;
        }
    }
    needed
}

fn verified_path(chain: &[Blob], trust: &TrustedRoots) -> Path {
    let Some(first) = chain.first() else { return Path::Unreadable };
    let Some(leaf) = parsed(first) else { return Path::Unreadable };
    let is_self_signed = leaf.subject() == leaf.issuer() && leaf.verify_signature(None).is_ok();
    let mut errors = Vec::new();
    for at in moments(chain, &leaf) {
        match verify(chain, trust.anchors(), at) {
            None => return if is_self_signed { Path::SelfSigned } else { Path::Invalid },
            Some(Ok(())) => return Path::Trusted,
            Some(Err(error)) => errors.push(error),
        }
    }
    if is_self_signed {
        return Path::SelfSigned;
    }
    if is_trusted_but_for_dates(chain, &leaf, trust) {
        return Path::Trusted;
    }
    let is_date = |error: &&webpki::Error| {
        matches!(error, webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. })
    };
    match errors.iter().find(|error| !is_date(error)) {
        Some(
            webpki::Error::MaximumSignatureChecksExceeded
            | webpki::Error::MaximumPathBuildCallsExceeded
            | webpki::Error::MaximumNameConstraintComparisonsExceeded
            | webpki::Error::MaximumPathDepthExceeded,
        ) => Path::TooIntricate,
        None | Some(webpki::Error::UnknownIssuer) => path_without_issuer(chain, trust),
        Some(_) if has_weak_signature(chain) => Path::WeakSignature,
        Some(_) => Path::Invalid,
    }
}

/// Verifies a chain at a moment; `None` when the leaf is refused before anything is verified: the
/// library refuses a CA certificate as a leaf in the same words as a malformed one.
fn verify(
    chain: &[Blob],
    anchors: &[TrustAnchor<'_>],
    at: UnixTime,
) -> Option<Result<(), webpki::Error>> {
    let (first, others) = chain.split_first()?;
    let first = CertificateDer::from(first.bytes());
    let others: Vec<_> = others.iter().map(|c| CertificateDer::from(c.bytes())).collect();
    let end_entity = webpki::EndEntityCert::try_from(&first).ok()?;
    let usage = webpki::KeyUsage::server_auth();
    let verified =
        end_entity.verify_for_usage(browsers_algorithms(), anchors, &others, at, usage, None, None);
    Some(verified.map(drop))
}

/// Whether the chain would lead to a trusted authority if certificates that are out of their dates
/// were not: there is no moment at which all of it holds.
fn is_trusted_but_for_dates(
    chain: &[Blob],
    leaf: &X509Certificate<'_>,
    trust: &TrustedRoots,
) -> bool {
    let at = middle(span(leaf));
    let certificates: Vec<_> = chain.iter().skip(1).filter_map(parsed).collect();
    let stale = chain.iter().skip(1).filter(|blob| {
        parsed(blob).is_some_and(|certificate| {
            let (begin, end) = span(&certificate);
            !(begin..=end).contains(&at)
                && certificate.is_ca()
                && leads_to_anchor(&certificate, &certificates, trust)
        })
    });
    let stale: Vec<_> = stale.map(|blob| CertificateDer::from(blob.bytes())).collect();
    let stale: Vec<_> =
        stale.iter().filter_map(|der| webpki::anchor_from_trusted_cert(der).ok()).collect();
    if stale.is_empty() {
        return false;
    }
    let anchors: Vec<_> = trust.anchors().iter().cloned().chain(stale).collect();
    matches!(verify(chain, &anchors, moment(at)), Some(Ok(())))
}

/// What ends a chain of which no certificate leads further.
fn path_without_issuer(chain: &[Blob], trust: &TrustedRoots) -> Path {
    let certificates: Vec<_> = chain.iter().filter_map(parsed).collect();
    let Some(leaf) = certificates.first() else { return Path::Unreadable };
    let mut top = leaf;
    // Climb as far as the certificates that were sent lead; each is used at most once.
    for _ in 0..certificates.len() {
        if top.subject() == top.issuer() {
            return Path::UnknownRoot;
        }
        match issuers_in(&certificates, top).next() {
            Some(issuer) => top = issuer,
            // Whether an authority that was not sent is a known one only shows in its hand.
            None if is_of_known_authority(leaf, top, trust) => return Path::MissingIntermediate,
            None => return Path::UnknownRoot,
        }
    }
    Path::UnknownRoot
}

/// Whether what stands in a certificate is that of an authority that browsers know: it names one of the
/// CA/Browser Forum's policies, holds signed timestamps of Certificate Transparency logs, or calls
/// its issuer by the organisation of a trusted root.
fn is_of_known_authority(
    leaf: &X509Certificate<'_>,
    top: &X509Certificate<'_>,
    trust: &TrustedRoots,
) -> bool {
    // `ca-browser-forum(140) certificate-policies(1)`
    let forums = oid!(2.23.140.1);
    let is_public = leaf.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::CertificatePolicies(policies) => {
            policies.iter().any(|policy| policy.policy_id.starts_with(&forums))
        }
        ParsedExtension::SCT(timestamps) => !timestamps.is_empty(),
        _ => false,
    });
    let organisations = top.issuer().iter_organization().filter_map(|name| name.as_str().ok());
    is_public || organisations.into_iter().any(|name| trust.has_organisation(name))
}

/// Whether a certificate on the way up is signed with an algorithm that browsers refuse for its weakness.
fn has_weak_signature(chain: &[Blob]) -> bool {
    let certificates: Vec<_> = chain.iter().filter_map(parsed).collect();
    let mut reached: Vec<&X509Certificate<'_>> = certificates.iter().take(1).collect();
    let mut at = 0;
    while let Some(certificate) = reached.get(at).copied() {
        at += 1;
        if signature_strength(certificate) == Strength::Weak {
            return true;
        }
        for issuer in issuers_in(&certificates, certificate) {
            let is_root = issuer.subject() == issuer.issuer();
            if !is_root && !reached.iter().any(|known| std::ptr::eq(*known, issuer)) {
                reached.push(issuer);
            }
        }
    }
    false
}

/// Moments at which as much of the chain as possible is valid: the middle of the span that all
/// share, or of the leaf's own where they share none, and each at which something begins or ends
/// while the leaf is valid.
fn moments(chain: &[Blob], leaf: &X509Certificate<'_>) -> Vec<UnixTime> {
    let (begin, end) = span(leaf);
    let mut moments = vec![judging_time(chain, leaf)];
    for certificate in chain.iter().filter_map(parsed) {
        let (from, until) = span(&certificate);
        for second in [from, until].into_iter().filter(|second| (begin..=end).contains(second)) {
            let at = moment(second);
            if moments.len() < MOMENTS_MAX && !moments.contains(&at) {
                moments.push(at);
            }
        }
    }
    moments
}

/// The middle of the span that all of a chain share, or of the leaf's own where they share none.
pub(super) fn judging_time(chain: &[Blob], leaf: &X509Certificate<'_>) -> UnixTime {
    let shared = validity(chain)
        .map(|shared| (shared.not_before.as_second(), shared.not_after.as_second()))
        .filter(|(begin, end)| begin <= end)
        .unwrap_or_else(|| span(leaf));
    moment(middle(shared))
}

fn span(certificate: &X509Certificate<'_>) -> (i64, i64) {
    let validity = certificate.validity();
    (validity.not_before.timestamp(), validity.not_after.timestamp())
}

fn middle((begin, end): (i64, i64)) -> i64 {
    begin.saturating_add(end.saturating_sub(begin) / 2)
}

fn moment(second: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(second).unwrap_or(0)))
}
