//! TLS code points by the names that IANA registers.

use rustls::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion};

/// An alert's name (TLS Alerts registry, RFC 8446 §6), or `unassigned`.
pub(super) fn alert(description: AlertDescription) -> &'static str {
    alert_of(u8::from(description))
}

/// The same for an alert's octet.
pub(super) fn alert_of(code: u8) -> &'static str {
    match code {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        52 => "too_many_cids_requested",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        111 => "certificate_unobtainable",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        114 => "bad_certificate_hash_value",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        117 => "general_error",
        120 => "no_application_protocol",
        121 => "ech_required",
        _ => "unassigned",
    }
}

/// A protocol version as the model writes it.
pub(super) fn version(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::SSLv3 => "SSLv3".to_owned(),
        ProtocolVersion::TLSv1_0 => "TLSv1.0".to_owned(),
        ProtocolVersion::TLSv1_1 => "TLSv1.1".to_owned(),
        ProtocolVersion::TLSv1_2 => "TLSv1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "TLSv1.3".to_owned(),
        other => format!("0x{:04x}", u16::from(other)),
    }
}

/// A cipher suite's registered name; rustls says `TLS13_…` where IANA says `TLS_…`.
pub(super) fn cipher_suite(suite: CipherSuite) -> String {
    match suite.as_str() {
        Some(name) => match name.strip_prefix("TLS13_") {
            Some(rest) => format!("TLS_{rest}"),
            None => name.to_owned(),
        },
        None => format!("0x{:04x}", u16::from(suite)),
    }
}

/// A group's registered name (TLS Supported Groups registry).
pub(super) fn group(group: NamedGroup) -> String {
    match u16::from(group) {
        0x0017 => "secp256r1".to_owned(),
        0x0018 => "secp384r1".to_owned(),
        0x0019 => "secp521r1".to_owned(),
        0x001d => "x25519".to_owned(),
        0x001e => "x448".to_owned(),
        0x0200 => "MLKEM512".to_owned(),
        0x0201 => "MLKEM768".to_owned(),
        0x0202 => "MLKEM1024".to_owned(),
        0x11eb => "SecP256r1MLKEM768".to_owned(),
        0x11ec => "X25519MLKEM768".to_owned(),
        0x11ed => "SecP384r1MLKEM1024".to_owned(),
        other => format!("0x{other:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_we_offer_has_a_registered_name() {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        for suite in &provider.cipher_suites {
            let name = cipher_suite(suite.suite());
            assert!(name.starts_with("TLS_"), "{name}");
        }
        for offered in &provider.kx_groups {
            let name = group(offered.name());
            assert!(!name.starts_with("0x"), "{name}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(alert(AlertDescription::HandshakeFailure), "handshake_failure");
        assert_eq!(alert(AlertDescription::Unknown(200)), "unassigned");
        assert_eq!(cipher_suite(CipherSuite::TLS13_AES_128_GCM_SHA256), "TLS_AES_128_GCM_SHA256");
        assert_eq!(group(NamedGroup::X25519), "x25519");
    }
}
