//! Whether a chain leads to a trusted authority.

use std::time::Duration;

use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::prelude::X509Certificate;

use super::leaf::{parsed, validity};
use crate::evidence::tls::trust::{Path, TrustedRoots};
use crate::model::Blob;

/// Whether the chain leads to a trusted authority, whatever its dates: it is judged at a moment at
/// which it was valid.
pub fn path(chain: &[Blob], trust: &TrustedRoots) -> Path {
    trust.path_of(chain, || verified_path(chain, trust))
}

/// The certificates of a trusted chain without which it would not be trusted: one that was sent
/// beside them, such as an old cross-signed one, may expire unnoticed. A chain that is not
/// trusted is needed as a whole.
pub fn needed(chain: &[Blob], trust: &TrustedRoots) -> Vec<Blob> {
    let mut needed = chain.to_vec();
    if path(chain, trust) != Path::Trusted {
        return needed;
    }
    let end = |blob: &&Blob| parsed(blob).map(|c| c.validity().not_after.timestamp());
    let mut others: Vec<&Blob> = chain.iter().skip(1).collect();
    others.sort_by_key(end);
    // Where there are two ways up, the one that ends first is the one that is not needed.
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
    let Some(certificate) = parsed(first) else { return Path::Unreadable };
    let at = judging_time(chain, &certificate);
    let self_signed =
        certificate.subject() == certificate.issuer() && certificate.verify_signature(None).is_ok();
    let der = CertificateDer::from(first.bytes());
    let others: Vec<_> = chain[1..].iter().map(|c| CertificateDer::from(c.bytes())).collect();
    let Ok(end_entity) = webpki::EndEntityCert::try_from(&der) else {
        // webpki refuses a CA certificate as a leaf in the same words as a malformed one.
        return if self_signed { Path::SelfSigned } else { Path::Invalid };
    };
    let verified = end_entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        trust.anchors(),
        &others,
        at,
        webpki::KeyUsage::server_auth(),
        None,
        None,
    );
    match verified {
        Ok(_) => Path::Trusted,
        Err(_) if self_signed => Path::SelfSigned,
        Err(
            webpki::Error::MaximumSignatureChecksExceeded
            | webpki::Error::MaximumPathBuildCallsExceeded
            | webpki::Error::MaximumNameConstraintComparisonsExceeded
            | webpki::Error::MaximumPathDepthExceeded,
        ) => Path::TooIntricate,
        Err(webpki::Error::UnknownIssuer) => path_without_issuer(chain),
        Err(_) => Path::Invalid,
    }
}

fn path_without_issuer(chain: &[Blob]) -> Path {
    let certificates: Vec<_> = chain.iter().filter_map(parsed).collect();
    let Some(mut top) = certificates.first() else { return Path::Unreadable };
    // Climb as far as the certificates that were sent lead; each is used at most once.
    for _ in 0..certificates.len() {
        if top.subject() == top.issuer() {
            return Path::UnknownRoot;
        }
        match certificates.iter().find(|c| c.subject() == top.issuer()) {
            Some(issuer) => top = issuer,
            None => return Path::MissingIntermediate,
        }
    }
    Path::UnknownRoot
}

/// A moment at which as much of the chain as possible is valid: the middle of the span that all
/// share, or of the leaf's own where they share none.
pub(super) fn judging_time(chain: &[Blob], leaf: &X509Certificate<'_>) -> UnixTime {
    let own = || (leaf.validity().not_before.timestamp(), leaf.validity().not_after.timestamp());
    let (begin, end) = validity(chain)
        .map(|span| (span.not_before.as_second(), span.not_after.as_second()))
        .filter(|(begin, end)| begin <= end)
        .unwrap_or_else(own);
    let middle = begin.saturating_add(end.saturating_sub(begin) / 2);
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(middle).unwrap_or(0)))
}
