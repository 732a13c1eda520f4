//! Whether a chain is the one that a TLSA record names (RFC 6698 §2.1, RFC 7671 §5).

use aws_lc_rs::digest;
use hickory_proto::rr::rdata::TLSA;
use hickory_proto::rr::rdata::tlsa::{CertUsage, Matching, Selector};
use rustls::pki_types::CertificateDer;

use super::leaf::{leaf, parsed};
use super::path::{judging_time, path};
use crate::evidence::tls::trust::{Path, TrustedRoots};
use crate::model::{Blob, Host};

/// What comes of comparing a chain with TLSA records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Association {
    /// A record names the certificate, or an authority that it leads to.
    Matches,
    /// A record may mean the root, which was not sent.
    RootNotSeen,
    /// A record names it, and wants it to be trusted by the web PKI too, which it isn't.
    Untrusted,
    /// None names it.
    Mismatch,
    /// None can be used: usage, selector or matching type are unknown, or not for this protocol.
    Unusable,
}

/// Compares a chain with TLSA records; one that matches is enough (RFC 7671 §9). Without `pkix`,
/// usages 0 and 1 can't be used, as in mail (RFC 7672 §3.1.3).
pub fn association(
    chain: &[Blob],
    records: &[TLSA],
    host: &Host,
    pkix: bool,
    trust: &TrustedRoots,
) -> Association {
    let each = records.iter().map(|record| one(chain, record, host, pkix, trust));
    each.min().unwrap_or(Association::Unusable)
}

fn one(
    chain: &[Blob],
    record: &TLSA,
    host: &Host,
    pkix: bool,
    trust: &TrustedRoots,
) -> Association {
    let known = matches!(record.selector, Selector::Full | Selector::Spki)
        && matches!(record.matching, Matching::Raw | Matching::Sha256 | Matching::Sha512);
    if !known {
        return Association::Unusable;
    }
    let names = |blob: &Blob| names(record, blob);
    let is_leaf = chain.first().is_some_and(names);
    let above = || chain.iter().skip(1).filter(|blob| names(blob));
    let trusted = || path(chain, trust) == Path::Trusted;
    match record.cert_usage {
        // Neither names nor dates count (RFC 7671 §5.1).
        CertUsage::DaneEe if is_leaf => Association::Matches,
        CertUsage::DaneEe => Association::Mismatch,
        CertUsage::DaneTa => {
            let for_host = || leaf(chain).is_some_and(|leaf| leaf.is_for(host));
            match above().any(|anchor| leads_to(chain, anchor)) && for_host() {
                true => Association::Matches,
                false => Association::Mismatch,
            }
        }
        CertUsage::PkixEe if pkix => match (is_leaf, trusted()) {
            (true, true) => Association::Matches,
            (true, false) => Association::Untrusted,
            _ => Association::Mismatch,
        },
        CertUsage::PkixTa if pkix => match (above().next().is_some(), trusted()) {
            (true, true) => Association::Matches,
            (true, false) => Association::Untrusted,
            // Servers leave the root out, and may.
            (false, true) => Association::RootNotSeen,
            _ => Association::Mismatch,
        },
        _ => Association::Unusable,
    }
}

/// Whether a record's data is that of a certificate.
fn names(record: &TLSA, blob: &Blob) -> bool {
    match record.selector {
        Selector::Spki => {
            parsed(blob).is_some_and(|certificate| is_data_of(record, certificate.public_key().raw))
        }
        _ => is_data_of(record, blob.bytes()),
    }
}

fn is_data_of(record: &TLSA, selected: &[u8]) -> bool {
    match record.matching {
        Matching::Raw => selected == record.cert_data,
        Matching::Sha256 => digest::digest(&digest::SHA256, selected).as_ref() == record.cert_data,
        Matching::Sha512 => digest::digest(&digest::SHA512, selected).as_ref() == record.cert_data,
        _ => false,
    }
}

/// Whether the leaf leads to this certificate of its own chain, whatever the dates.
fn leads_to(chain: &[Blob], anchor: &Blob) -> bool {
    let Some((first, others)) = chain.split_first() else { return false };
    let Some(certificate) = parsed(first) else { return false };
    let at = judging_time(chain, &certificate);
    let anchor = CertificateDer::from(anchor.bytes());
    let Ok(anchor) = webpki::anchor_from_trusted_cert(&anchor) else { return false };
    let others: Vec<_> = others.iter().map(|blob| CertificateDer::from(blob.bytes())).collect();
    let first = CertificateDer::from(first.bytes());
    let Ok(end_entity) = webpki::EndEntityCert::try_from(&first) else { return false };
    end_entity
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &[anchor],
            &others,
            at,
            webpki::KeyUsage::server_auth(),
            None,
            None,
        )
        .is_ok()
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    use super::*;
    use crate::model::Name;

    #[test]
    fn every_usage_selector_and_matching_type() {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "authority");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["www.example.vn".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &ca).unwrap();
        let chain = [Blob::new(leaf.der().to_vec()), Blob::new(ca.der().to_vec())];
        let trusting = TrustedRoots::new(&[ca.der().to_vec()]).unwrap();
        let nobody = TrustedRoots::new(&[]).unwrap();
        let host = Host::Name(Name::from_presentation("www.example.vn"));
        let other = Host::Name(Name::from_presentation("mx.example.vn"));
        let of = |usage: u8, selector: u8, matching: u8, at: usize| {
            let certificate = parsed(&chain[at]).unwrap();
            let key = certificate.public_key().raw.to_vec();
            let raw = if selector == 1 { &key } else { chain[at].bytes() };
            let data = match matching {
                1 => digest::digest(&digest::SHA256, raw).as_ref().to_vec(),
                2 => digest::digest(&digest::SHA512, raw).as_ref().to_vec(),
                _ => raw.to_vec(),
            };
            TLSA::new(usage.into(), selector.into(), matching.into(), data)
        };
        use Association::{Matches, Mismatch, RootNotSeen, Untrusted, Unusable};
        for selector in [0, 1] {
            for matching in [0, 1, 2] {
                let says = |usage, at, trust, pkix| {
                    let record = of(usage, selector, matching, at);
                    association(&chain, &[record], &host, pkix, trust)
                };
                assert_eq!(says(3, 0, &nobody, false), Matches);
                assert_eq!(says(3, 1, &nobody, false), Mismatch);
                assert_eq!(says(2, 1, &nobody, false), Matches);
                assert_eq!(says(2, 0, &nobody, false), Mismatch);
                assert_eq!(says(1, 0, &trusting, true), Matches);
                assert_eq!(says(1, 0, &nobody, true), Untrusted);
                assert_eq!(says(1, 0, &trusting, false), Unusable);
                assert_eq!(says(0, 1, &trusting, true), Matches);
                assert_eq!(says(0, 0, &trusting, true), RootNotSeen);
            }
        }
        let anchor = of(2, 1, 1, 1);
        assert_eq!(
            association(&chain, std::slice::from_ref(&anchor), &other, false, &nobody),
            Mismatch
        );
        assert_eq!(association(&chain, &[of(9, 1, 1, 0)], &host, true, &nobody), Unusable);
        assert_eq!(association(&chain, &[of(3, 7, 1, 0)], &host, true, &nobody), Unusable);
        assert_eq!(association(&chain, &[of(3, 1, 9, 0), anchor], &host, true, &nobody), Matches);
    }
}
