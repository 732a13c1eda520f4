//! Addresses that do not answer as they should.

use super::{Door, Site, ipv4, ipv6};
use crate::lab::network::NOBODY;
use crate::lab::router;

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
        Site::bare(81, "khong-tuyen", "Không có tuyến IPv6 đến máy chủ", "khongtuyen.vidu.example")
            .at(ipv4(81))
            .published(router::NO_ROUTE.into())
            .fails(&[
                ("reach-port", "icmp-no-route"),
                ("reach-parity", "closed-over-ipv6"),
                ("reach-echo", "no-reply"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::bare(82, "bi-cam", "Bộ định tuyến cấm kết nối IPv6", "bicam.vidu.example")
            .at(ipv4(82))
            .published(router::PROHIBITED.into())
            .fails(&[
                ("reach-port", "icmp-prohibited"),
                ("reach-parity", "closed-over-ipv6"),
                ("reach-echo", "no-reply"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::bare(83, "vang-chu", "Địa chỉ IPv6 không có ai trong mạng", "vangchu.vidu.example")
            .at(ipv4(83))
            .published(router::UNREACHABLE.into())
            .fails(&[
                ("reach-port", "icmp-address-unreachable"),
                ("reach-parity", "closed-over-ipv6"),
                ("reach-echo", "no-reply"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::bare(84, "goi-nho", "Đường truyền gói nhỏ có thông báo", "goinho.vidu.example")
            .at(ipv4(84))
            .beyond(router::SMALL_PACKETS),
        Site::bare(85, "ho-den", "Gói tin lớn bị mất không báo", "hoden.vidu.example")
            .at(ipv4(85))
            .beyond(router::BLACK_HOLE)
            .fails(&[
                ("reach-pmtu", "black-hole"),
                ("reach-echo", "only-small"),
                ("tls-handshake", "timed-out"),
            ]),
        Site::new(86, "ngat", "IPv6 ngắt mọi kết nối", "ngat.vidu.example")
            .over_ipv6(Door::Resets)
            .fails(&[("tls-handshake", "reset")]),
        Site::new(87, "mat-goi", "IPv6 đôi khi mất gói tin", "matgoi.vidu.example")
            .over_ipv6(Door::Lossy(super::Page::Status(200))),
    ]
}
