//! The names and dates of a chain.

use std::net::IpAddr;

use jiff::Timestamp;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

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

/// The span in which all certificates of a chain are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From when.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Which certificate begins last, counted from the leaf.
    pub begins_last: usize,
    /// Which certificate ends first, counted from the leaf.
    pub ends_first: usize,
}

impl Validity {
    /// Whether it holds at a moment.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }
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
    /// Whether the certificate is for this host (RFC 9525 §6: SAN only, a wildcard matches
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
            // `*.vn` would match every name of a top-level domain.
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
            None => Validity { not_before, not_after, begins_last: at, ends_first: at },
            Some(so_far) => {
                let (not_before, begins_last) = match so_far.not_before < not_before {
                    true => (not_before, at),
                    false => (so_far.not_before, so_far.begins_last),
                };
                let (not_after, ends_first) = match not_after < so_far.not_after {
                    true => (not_after, at),
                    false => (so_far.not_after, so_far.ends_first),
                };
                Validity { not_before, not_after, begins_last, ends_first }
            }
        });
    }
    span
}

/// The distinguished name of a certificate's subject. Hostile text.
pub fn subject(certificate: &Blob) -> Option<String> {
    parsed(certificate).map(|certificate| certificate.subject().to_string())
}

/// A certificate of a chain; `None` where it can't be read.
pub(super) fn parsed(blob: &Blob) -> Option<X509Certificate<'_>> {
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
