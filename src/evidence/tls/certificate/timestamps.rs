//! The signed timestamps of Certificate Transparency logs that come with a certificate (RFC 6962 §3.3).
//!
//! Whether a browser's policy holds also depends on which logs it trusts today, and who runs them; that
//! list changes from week to week and is not judged here. That there are enough timestamps for any
//! such policy can be said.

use jiff::Timestamp;
use x509_parser::oid_registry::asn1_rs::oid;
use x509_parser::prelude::X509Certificate;

use super::der::Fields;
use super::leaf::parsed;
use super::ocsp;
use crate::model::Blob;

/// The timestamps that were seen with a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamps {
    /// The logs whose timestamps the certificate holds.
    pub embedded: usize,
    /// The logs whose timestamps the OCSP staple holds.
    pub stapled: usize,
    /// How many the certificate has to hold, by its lifetime.
    pub wanted: usize,
}

impl Timestamps {
    /// Whether the browsers' policies can hold: as many as they want, from different logs. Servers can
    /// send further ones in a TLS extension, which is not seen here.
    pub fn could_suffice(&self) -> bool {
        self.embedded >= self.wanted || self.stapled >= SENT_MIN
    }
}

/// Logs that Chromium and Safari want where the timestamps are not in the certificate.
const SENT_MIN: usize = 2;

/// Certificates up to this lifetime have to hold two, longer ones three.
const SHORT_LIFE_S: i64 = 180 * 24 * 60 * 60;

/// Timestamps of one list that are read.
const TIMESTAMPS_MAX: usize = 32;

/// Reads them; `None` where there is no readable leaf.
pub fn timestamps(chain: &[Blob], staple: Option<&Blob>, seen_at: Timestamp) -> Option<Timestamps> {
    let leaf = parsed(chain.first()?)?;
    let validity = leaf.validity();
    let life = validity.not_after.timestamp() - validity.not_before.timestamp();
    let stapled =
        staple.and_then(|staple| stapled_list(staple.bytes(), chain, seen_at)).unwrap_or_default();
    Some(Timestamps {
        embedded: embedded_list(&leaf).map_or(0, logs_of),
        stapled: logs_of(stapled),
        wanted: if life <= SHORT_LIFE_S { 2 } else { 3 },
    })
}

fn embedded_list<'a>(leaf: &X509Certificate<'a>) -> Option<&'a [u8]> {
    let id = oid!(1.3.6.1.4.1.11129.2.4.2);
    let extension = leaf.extensions().iter().find(|extension| extension.oid == id)?;
    Some(Fields { rest: extension.value }.next()?.data)
}

fn stapled_list<'a>(staple: &'a [u8], chain: &[Blob], seen_at: Timestamp) -> Option<&'a [u8]> {
    let mut extensions = Fields::of(ocsp::extensions(staple, chain, seen_at)?)?;
    while !extensions.rest.is_empty() {
        let mut extension = Fields { rest: extensions.sequence()? };
        let is_list = extension.next()?.as_oid().ok()? == oid!(1.3.6.1.4.1.11129.2.4.5);
        let mut value = extension.next()?;
        if let Some(after_critical) = extension.next() {
            value = after_critical;
        }
        if is_list {
            return Some(Fields { rest: value.data }.next()?.data);
        }
    }
    None
}

/// How many different logs a list has timestamps of: a length, then for each its own length, a version, the
/// log's name of 32 octets and more.
fn logs_of(list: &[u8]) -> usize {
    let mut rest = list.get(2..).unwrap_or_default();
    let mut logs: Vec<&[u8]> = Vec::new();
    while let [high, low, after @ ..] = rest
        && logs.len() < TIMESTAMPS_MAX
    {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((timestamp, others)) = after.split_at_checked(length) else { break };
        rest = others;
        if let Some(log) = timestamp.get(1..33)
            && !logs.contains(&log)
        {
            logs.push(log);
        }
    }
    logs.len()
}
