//! Handshakes and certificates that are wrong over IPv6.

use super::{Door, Site, bad};
use crate::lab::authority::Certificate;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(20, "khong-tls", "IPv6 không có TLS", "khongtls.vidu.example")
            .over_ipv6(Door::NotTls)
            .fails(&[("tls-handshake", "not-tls")]),
        Site::new(21, "tu-ky", "Chứng thư số tự ký", "tuky.vidu.example")
            .over_ipv6(bad(Certificate::SelfSigned))
            .fails(&[("tls-trusted", "self-signed")]),
        Site::new(22, "goc-la", "Chứng thư gốc không tin cậy", "gocla.vidu.example")
            .over_ipv6(bad(Certificate::UnknownRoot))
            .fails(&[("tls-trusted", "unknown-root")]),
        Site::new(23, "thieu-trung-gian", "Thiếu chứng thư trung gian", "thieu.vidu.example")
            .over_ipv6(bad(Certificate::MissingIntermediate))
            .fails(&[("tls-trusted", "missing-intermediate")]),
        Site::new(24, "sai-ten", "Chứng thư số sai tên", "saiten.vidu.example")
            .over_ipv6(bad(Certificate::WrongName))
            .fails(&[("tls-name", "name-mismatch")]),
        Site::new(25, "het-han", "Chứng thư số hết hạn", "hethan.vidu.example")
            .over_ipv6(bad(Certificate::Expired))
            .fails(&[("tls-validity", "expired")]),
        Site::new(26, "sap-het-han", "Chứng thư số sắp hết hạn", "saphethan.vidu.example")
            .everywhere(bad(Certificate::ExpiresSoon))
            .fails(&[("tls-validity", "expires-in-7-days")]),
    ]
}
