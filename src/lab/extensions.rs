//! Certificate extensions that the certificate library has no words for.

use rcgen::CustomExtension;

use super::staple::element;

const SEQUENCE: u8 = 0x30;

/// Where the issuer's certificate is to be had (RFC 5280 §4.2.2.1).
pub(crate) fn issuer_address(url: &str) -> CustomExtension {
    const CA_ISSUERS: &[u8] = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02";
    // uniformResourceIdentifier ::= [6] IA5String
    let place = element(SEQUENCE, &[CA_ISSUERS, &element(0x86, &[url.as_bytes()])]);
    let content = element(SEQUENCE, &[&place]);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}

/// The policy of domain-validated certificates (CA/Browser Forum Baseline Requirements §7.1.6.1), which
/// those of public authorities name.
pub(crate) fn public_policy() -> CustomExtension {
    const DOMAIN_VALIDATED: &[u8] = b"\x06\x06\x67\x81\x0c\x01\x02\x01";
    let policy = element(SEQUENCE, &[DOMAIN_VALIDATED]);
    CustomExtension::from_oid_content(&[2, 5, 29, 32], element(SEQUENCE, &[&policy]))
}

/// Timestamps of this many Certificate Transparency logs, by nobody (RFC 6962 §3.3).
#[cfg(test)]
pub(crate) fn timestamps(logs: u8) -> CustomExtension {
    const OCTET_STRING: u8 = 0x04;
    let prefixed = |content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
        [&length, content].concat()
    };
    let each = (0..logs).map(|log| {
        // Version, log, time, no extensions, ECDSA with SHA-256, a signature.
        let fields: [&[u8]; 6] = [&[0], &[log; 32], &[0; 8], &[0, 0], &[4, 3], &[0, 1, 0]];
        prefixed(&fields.concat())
    });
    let list = prefixed(&each.collect::<Vec<_>>().concat());
    let content = element(OCTET_STRING, &[&list]);
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], content)
}
