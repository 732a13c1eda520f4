//! Addresses that do not answer as they should.

use super::super::network::NOBODY;
use super::{Door, Site, ipv6};

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(17, "tu-choi", "IPv6 từ chối kết nối", "tuchoi.vidu.example")
            .closed(ipv6(17), 443)
            .fails(&[("reach-port", "refused"), ("reach-parity", "closed-over-ipv6")]),
        Site::new(18, "im-lang", "IPv6 không phản hồi", "imlang.vidu.example")
            .over_ipv6(Door::Silent)
            .fails(&[("reach-port", "timed-out"), ("reach-parity", "closed-over-ipv6")]),
        Site::new(19, "mot-nua", "Một trong hai địa chỉ hỏng", "motnua.vidu.example")
            .published(ipv6(0x219))
            .fails(&[
                ("reach-port", "refused"),
                ("reach-parity", "closed-over-ipv6"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::new(194, "mtu-nho", "Gói tin lớn bị mất qua IPv6", "mtunho.vidu.example")
            .over_ipv6(Door::Narrow(super::Page::Status(200)))
            .fails(&[("reach-pmtu", "black-hole"), ("tls-handshake", "timed-out")]),
        Site::new(80, "may-tat", "Một địa chỉ IPv6 không còn máy chủ", "maytat.vidu.example")
            .published(NOBODY.into())
            .fails(&[
                ("reach-port", "timed-out"),
                ("reach-parity", "closed-over-ipv6"),
                ("reach-echo", "no-reply"),
                ("web-https", "only-over-ipv4"),
            ]),
    ]
}
