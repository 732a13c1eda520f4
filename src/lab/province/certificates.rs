//! Certificates that hold only with what browsers fetch, or that nobody needs, and keys that browsers refuse.

use crate::lab::dns::zone::address_data;
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{CertificateKind, Listener, https_with};

/// Where the authority's own certificate is to be had, over both families and over IPv4 alone.
const ISSUER: &str = "http://chungthu.vidu.example:8080/trunggian.cer";
const ISSUER_OVER_IPV4: &str = "http://chungthu4.vidu.example:8080/trunggian.cer";

pub(super) fn sites() -> Vec<Site> {
    let new = |number, id, name, host, kind| {
        Site::new(number, id, name, host).every_listener(https_with(kind))
    };
    vec![
        new(
            89,
            "tai-trung-gian",
            "Chứng thư trung gian phải tải về",
            "taitrunggian.vidu.example",
            CertificateKind::FetchedIntermediate(ISSUER),
        )
        .listener(ipv6(89), 8080, Listener::IssuersCertificate)
        .listener(ipv4(89), 8080, Listener::IssuersCertificate)
        .other_record("chungthu.vidu.example", address_data(ipv6(89)))
        .other_record("chungthu.vidu.example", address_data(ipv4(89)))
        .other_record("chungthu4.vidu.example", address_data(ipv4(89)))
        .failing(&[("tls-trusted", "intermediate-fetched")]),
        new(
            91,
            "tai-qua-ipv4",
            "Chứng thư trung gian chỉ tải được qua IPv4",
            "taiquaipv4.vidu.example",
            CertificateKind::FetchedIntermediate(ISSUER_OVER_IPV4),
        )
        .failing(&[
            ("tls-trusted", "intermediate-over-ipv4-only"),
            ("ipv6-only-usable", "certificate-invalid"),
        ]),
        new(
            92,
            "trung-gian-cu",
            "Chứng thư trung gian đã hết hạn",
            "trunggiancu.vidu.example",
            CertificateKind::StaleIntermediate(None),
        )
        .failing(&[("tls-validity", "expired"), ("ipv6-only-usable", "certificate-invalid")]),
        new(
            93,
            "trung-gian-cu-tai",
            "Chứng thư trung gian đã hết hạn và bản mới tải được",
            "trunggiancutai.vidu.example",
            CertificateKind::StaleIntermediate(Some(ISSUER)),
        )
        .failing(&[("tls-trusted", "intermediate-fetched")]),
        new(
            94,
            "ky-cheo-het-han",
            "Chữ ký chéo đã hết hạn không ai cần",
            "kycheo.vidu.example",
            CertificateKind::ExpiredCrossSignature,
        ),
        new(
            95,
            "khoa-p521",
            "Khóa mà một số trình duyệt từ chối",
            "khoap521.vidu.example",
            CertificateKind::KeyP521,
        )
        .failing(&[("tls-key", "refused-by-some")]),
        new(
            96,
            "khoa-ed25519",
            "Khóa mà mọi trình duyệt từ chối",
            "khoaed25519.vidu.example",
            CertificateKind::KeyEd25519,
        )
        .failing(&[("tls-key", "refused-key"), ("ipv6-only-usable", "certificate-invalid")]),
    ]
}
