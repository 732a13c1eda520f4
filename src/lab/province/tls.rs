//! Handshakes and certificates that are wrong over IPv6.

use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{
    CertificateKind, Listener, TlsQuirk, https, https_redirect, https_with,
};
use crate::lab::site::page::Page;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(20, "khong-tls", "IPv6 không có TLS", "khongtls.vidu.example")
            .ipv6_listener(Listener::PlainHttp)
            .failing(&[("tls-handshake", "not-tls")]),
        Site::new(21, "tu-ky", "Chứng thư số tự ký", "tuky.vidu.example")
            .ipv6_listener(https_with(CertificateKind::SelfSigned))
            .failing(&[("tls-trusted", "self-signed"), ("tls-parity", "different-certificate")]),
        Site::new(22, "goc-la", "Chứng thư gốc không tin cậy", "gocla.vidu.example")
            .ipv6_listener(https_with(CertificateKind::UnknownRoot))
            .failing(&[("tls-trusted", "unknown-root"), ("tls-parity", "different-certificate")]),
        Site::new(23, "thieu-trung-gian", "Thiếu chứng thư trung gian", "thieu.vidu.example")
            .ipv6_listener(https_with(CertificateKind::MissingIntermediate))
            .failing(&[("tls-trusted", "missing-intermediate"), ("tls-parity", "different-chain")]),
        Site::new(24, "sai-ten", "Chứng thư số sai tên", "saiten.vidu.example")
            .ipv6_listener(https_with(CertificateKind::WrongName))
            .failing(&[("tls-name", "name-mismatch"), ("tls-parity", "different-certificate")]),
        Site::new(
            221,
            "mot-dia-chi-sai-ten",
            "Một địa chỉ IPv6 có chứng thư sai tên",
            "motsaiten.vidu.example",
        )
        .address(ipv6(0x1221))
        .listener(ipv6(0x1221), 443, https_with(CertificateKind::WrongName))
        .failing(&[("tls-name", "name-mismatch"), ("tls-parity", "different-certificate")]),
        Site::new(
            228,
            "chua-hieu-luc",
            "Chứng thư số chưa có hiệu lực",
            "chuahieuluc.vidu.example",
        )
        .ipv6_listener(https_with(CertificateKind::NotYetValid))
        .failing(&[
            ("tls-validity", "not-yet-valid"),
            ("tls-parity", "another-leaf-of-same-names"),
        ]),
        Site::new(25, "het-han", "Chứng thư số hết hạn", "hethan.vidu.example")
            .ipv6_listener(https_with(CertificateKind::Expired))
            .failing(&[("tls-validity", "expired"), ("tls-parity", "another-leaf-of-same-names")]),
        Site::new(110, "http-het-han", "HTTP dẫn đến chứng thư hết hạn", "httphethan.vidu.example")
            .target("web: \"http://httphethan.vidu.example/\"")
            .ipv6_listener(https_with(CertificateKind::Expired))
            .failing(&[("tls-validity", "expired"), ("tls-parity", "another-leaf-of-same-names")]),
        Site::new(111, "http-tu-ky", "HTTP dẫn đến chứng thư tự ký", "httptuky.vidu.example")
            .target("web: \"http://httptuky.vidu.example/\"")
            .every_listener(https_with(CertificateKind::SelfSigned))
            .failing(&[("tls-trusted", "self-signed")]),
        Site::new(
            112,
            "dich-sai-ten",
            "Chuyển hướng đến máy chủ có chứng thư sai tên",
            "dichsaiten.vidu.example",
        )
        .every_listener(https_redirect("https://saiten.vidu.example/"))
        .failing(&[("tls-name", "name-mismatch"), ("tls-parity", "different-certificate")]),
        Site::new(113, "http-tls-cu", "HTTP dẫn đến TLS 1.0", "httptlscu.vidu.example")
            .target("web: \"http://httptlscu.vidu.example/\"")
            .every_listener(Listener::TlsQuirk(TlsQuirk::AlsoOldVersions, Page::Status(200)))
            .failing(&[("tls-version", "old-version-accepted")]),
        Site::new(26, "sap-het-han", "Chứng thư số sắp hết hạn", "saphethan.vidu.example")
            .every_listener(https_with(CertificateKind::ExpiresSoon))
            .failing(&[("tls-validity", "expires-in-7-days")]),
        Site::new(100, "tls-cu", "IPv6 chỉ có TLS 1.0", "tlscu.vidu.example")
            .ipv6_listener(Listener::TlsQuirk(TlsQuirk::OnlyTls10, Page::Status(200)))
            .failing(&[
                ("tls-handshake", "only-old-versions"),
                ("tls-version", "only-old-versions"),
            ]),
        Site::new(72, "chi-dhe", "IPv6 chỉ có bộ mật mã lỗi thời", "chidhe.vidu.example")
            .ipv6_listener(Listener::TlsQuirk(TlsQuirk::OnlyFiniteFields, Page::Status(200)))
            .failing(&[("tls-handshake", "only-old-suites")]),
        Site::new(73, "rsa-cbc", "Chỉ có trao đổi khóa RSA và CBC", "rsacbc.vidu.example")
            .every_listener(Listener::TlsQuirk(TlsQuirk::OnlyRsaKeyExchange, Page::Status(200)))
            .failing(&[("tls-version", "old-version-accepted")]),
        Site::new(74, "doi-chung-thu-12", "Đòi chứng thư máy khách", "chungthu12.vidu.example")
            .every_listener(Listener::TlsQuirk(
                TlsQuirk::ClientCertificate { is_newest: false },
                Page::Status(200),
            )),
        Site::new(
            75,
            "doi-chung-thu-13",
            "Đòi chứng thư máy khách ở TLS 1.3",
            "chungthu13.vidu.example",
        )
        .every_listener(Listener::TlsQuirk(
            TlsQuirk::ClientCertificate { is_newest: true },
            Page::Status(200),
        )),
        Site::new(
            76,
            "hoi-chung-thu",
            "Hỏi mà không đòi chứng thư máy khách",
            "hoichungthu.vidu.example",
        )
        .every_listener(Listener::TlsQuirk(TlsQuirk::ClientCertificateIfAny, Page::Status(200))),
        Site::new(101, "con-tls-cu", "Vẫn chấp nhận TLS 1.0 và 1.1", "contlscu.vidu.example")
            .every_listener(Listener::TlsQuirk(TlsQuirk::AlsoOldVersions, Page::Status(200)))
            .failing(&[("tls-version", "old-version-accepted")]),
        Site::new(102, "khoa-yeu", "Gửi kèm chứng thư khóa yếu không cần", "khoayeu.vidu.example")
            .every_listener(https_with(CertificateKind::WeakKey)),
        Site::new(103, "sha1", "Gửi kèm chứng thư ký bằng SHA-1", "sha1.vidu.example")
            .every_listener(https_with(CertificateKind::Sha1)),
        Site::new(104, "thu-hoi", "Chứng thư số đã bị thu hồi", "thuhoi.vidu.example")
            .every_listener(https_with(CertificateKind::Revoked))
            .failing(&[("tls-trusted", "revoked-by-staple")]),
        Site::new(105, "hai-chung-thu", "Hai chứng thư số khác nhau", "haichungthu.vidu.example")
            .ipv6_listener(https_with(CertificateKind::Twin))
            .failing(&[("tls-parity", "another-leaf-of-same-names")]),
        Site::new(106, "tls12-ipv6", "IPv6 chỉ có TLS 1.2", "tls12.vidu.example")
            .ipv6_listener(Listener::TlsQuirk(TlsQuirk::OnlyTls12, Page::Status(200)))
            .failing(&[("tls-parity", "different-version")]),
        Site::new(107, "nhom-khac", "IPv6 trao đổi khóa kiểu cũ", "nhomkhac.vidu.example")
            .ipv6_listener(Listener::TlsQuirk(TlsQuirk::NoPostQuantum, Page::Status(200)))
            .failing(&[("tls-parity", "different-group")]),
        Site::new(108, "co-h3", "Có HTTP/3", "h3.vidu.example")
            .every_listener(https(Page::Http3))
            .quic(ipv6(108))
            .quic(ipv4(108)),
        Site::new(109, "h3-hong", "HTTP/3 không trả lời qua IPv6", "h3hong.vidu.example")
            .every_listener(https(Page::Http3))
            .quic(ipv4(109))
            .failing(&[("web-http3", "silent")]),
    ]
}
