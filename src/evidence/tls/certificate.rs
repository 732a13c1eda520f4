//! What a certificate chain says, judged piece by piece: name, dates and path apart, because one
//! combined answer hides all but the first fault.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, UnixTime};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

mod association;
mod ocsp;
mod strength;

pub use association::{Association, association};
pub use ocsp::{Staple, staple};
pub use strength::{CertificateStrength, Strength, strengths};

use super::TrustedRoots;
use crate::model::{Blob, Host};

/// The leaf of a chain, as far as the checks read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The DNS names of the SAN extension, as written, in lower case.
    pub dns_names: Vec<String>,
    /// The addresses of the SAN extension.
    pub addresses: Vec<IpAddr>,
    /// The issuer's distinguished name. Hostile text.
    pub issuer: String,
    /// The issuer's organisations and common names, as written. Hostile text.
    pub issuer_names: Vec<String>,
}

/// How a chain stands to the trusted authorities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// It leads to a trusted authority.
    Trusted,
    /// The leaf is signed by its own key.
    SelfSigned,
    /// It stops below an authority that is neither sent nor trusted.
    MissingIntermediate,
    /// It ends in a root that nobody trusts.
    UnknownRoot,
    /// A certificate breaks the rules of RFC 5280, such as a leaf that may not serve TLS.
    Invalid,
    /// It offers more ways up than our library follows.
    TooIntricate,
    /// The leaf can't be read.
    Unreadable,
}

/// The span in which all certificates of a chain are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From when.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
}

/// Reads the leaf; `None` when it is no certificate.
pub fn leaf(chain: &[Blob]) -> Option<Leaf> {
    let certificate = parsed(chain.first()?)?;
    let mut leaf = Leaf {
        dns_names: Vec::new(),
        addresses: Vec::new(),
        issuer: certificate.issuer().to_string(),
        issuer_names: Vec::new(),
    };
    let issuer = certificate.issuer();
    for attribute in issuer.iter_organization().chain(issuer.iter_common_name()) {
        leaf.issuer_names.extend(attribute.as_str().map(str::to_owned));
    }
    let san = certificate.subject_alternative_name().ok().flatten();
    for name in san.iter().flat_map(|extension| &extension.value.general_names) {
        match name {
            GeneralName::DNSName(name) => leaf.dns_names.push(name.to_ascii_lowercase()),
            GeneralName::IPAddress(octets) => leaf.addresses.extend(address(octets)),
            _ => {}
        }
    }
    Some(leaf)
}

impl Leaf {
    /// Whether the certificate is for this host (RFC 9525 §6: SAN only, a wildcard stands for
    /// exactly one whole leftmost label).
    pub fn is_for(&self, host: &Host) -> bool {
        match host {
            Host::Address(address) => self.addresses.contains(address),
            Host::Name(name) => {
                self.dns_names.iter().any(|pattern| matches(pattern, name.as_str()))
            }
        }
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern == name,
        Some(rest) => {
            // `*.vn` would stand for every name of a top-level domain.
            rest.contains('.')
                && name
                    .split_once('.')
                    .is_some_and(|(first, parent)| !first.is_empty() && parent == rest)
        }
    }
}

/// The dates of a chain: the latest begin and the earliest end of what was sent, since a client
/// may need every one of them. Roots that were sent along don't count.
pub fn validity(chain: &[Blob]) -> Option<Validity> {
    let mut span: Option<Validity> = None;
    for (at, blob) in chain.iter().enumerate() {
        let certificate = match parsed(blob) {
            Some(certificate) => certificate,
            None if at == 0 => return None,
            None => continue,
        };
        if at > 0 && certificate.subject() == certificate.issuer() {
            continue;
        }
        let not_before = second(certificate.validity().not_before.timestamp())?;
        let not_after = second(certificate.validity().not_after.timestamp())?;
        span = Some(match span {
            None => Validity { not_before, not_after },
            Some(so_far) => Validity {
                not_before: so_far.not_before.max(not_before),
                not_after: so_far.not_after.min(not_after),
            },
        });
    }
    span
}

/// Whether the chain leads to a trusted authority, whatever its dates: it is judged at a moment at
/// which it was valid.
pub fn path(chain: &[Blob], trust: &TrustedRoots) -> Path {
    trust.judged(chain, || climb(chain, trust))
}

/// The certificates of a trusted chain without which it would not be trusted: one that was sent
/// beside them, such as an old cross-signed one, may expire and nobody notices. A chain that nobody
/// trusts is needed as a whole.
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

fn climb(chain: &[Blob], trust: &TrustedRoots) -> Path {
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
        Err(webpki::Error::UnknownIssuer) => unknown_issuer(chain),
        Err(_) => Path::Invalid,
    }
}

fn unknown_issuer(chain: &[Blob]) -> Path {
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
fn judging_time(chain: &[Blob], leaf: &X509Certificate<'_>) -> UnixTime {
    let own = || (leaf.validity().not_before.timestamp(), leaf.validity().not_after.timestamp());
    let (begin, end) = validity(chain)
        .map(|span| (span.not_before.as_second(), span.not_after.as_second()))
        .filter(|(begin, end)| begin <= end)
        .unwrap_or_else(own);
    let middle = begin.saturating_add(end.saturating_sub(begin) / 2);
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(middle).unwrap_or(0)))
}

fn parsed(blob: &Blob) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(blob.bytes()).ok().map(|(_, certificate)| certificate)
}

fn second(second: i64) -> Option<Timestamp> {
    let first = Timestamp::MIN.as_second();
    Timestamp::from_second(second.clamp(first, Timestamp::MAX.as_second())).ok()
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    if let Ok(octets) = <[u8; 4]>::try_from(octets) {
        return Some(IpAddr::from(octets));
    }
    <[u8; 16]>::try_from(octets).ok().map(IpAddr::from)
}

#[cfg(test)]
mod tests;
