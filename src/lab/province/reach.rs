//! Addresses that do not answer as they should.

use crate::lab::network::addresses::{self, ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::{Listener, https};
use crate::lab::site::page::Page;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(17, "tu-choi", "IPv6 từ chối kết nối", "tuchoi.vidu.example")
            .closed_port(ipv6(17), 443)
            .failing(&[("reach-port", "refused"), ("reach-parity", "closed-over-ipv6")]),
        Site::new(18, "im-lang", "IPv6 không phản hồi", "imlang.vidu.example")
            .ipv6_listener(Listener::Silent)
            .failing(&[("reach-port", "timed-out"), ("reach-parity", "closed-over-ipv6")]),
        Site::new(19, "mot-nua", "Một trong hai địa chỉ hỏng", "motnua.vidu.example")
            .dead_address(ipv6(0x219))
            .failing(&[
                ("reach-port", "refused"),
                ("reach-parity", "closed-over-ipv6"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::new(194, "mtu-nho", "Gói tin lớn bị mất qua IPv6", "mtunho.vidu.example")
            .ipv6_listener(Listener::PathMtuBlackHole(Page::Status(200)))
            .failing(&[("reach-pmtu", "black-hole"), ("tls-handshake", "timed-out")]),
        Site::new(80, "may-tat", "Một địa chỉ IPv6 không còn máy chủ", "maytat.vidu.example")
            .dead_address(addresses::UNANSWERED.into())
            .failing(&[
                ("reach-port", "timed-out"),
                ("reach-parity", "closed-over-ipv6"),
                ("reach-echo", "no-reply"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::unpublished(
            81,
            "khong-tuyen",
            "Không có tuyến IPv6 đến máy chủ",
            "khongtuyen.vidu.example",
        )
        .address(ipv4(81))
        .dead_address(addresses::NO_ROUTE.into())
        .failing(&[
            ("reach-port", "icmp-no-route"),
            ("reach-parity", "closed-over-ipv6"),
            ("reach-echo", "no-reply"),
            ("web-https", "only-over-ipv4"),
        ]),
        Site::unpublished(82, "bi-cam", "Bộ định tuyến cấm kết nối IPv6", "bicam.vidu.example")
            .address(ipv4(82))
            .dead_address(addresses::PROHIBITED.into())
            .failing(&[
                ("reach-port", "icmp-prohibited"),
                ("reach-parity", "closed-over-ipv6"),
                ("reach-echo", "no-reply"),
                ("web-https", "only-over-ipv4"),
            ]),
        Site::unpublished(
            83,
            "vang-chu",
            "Địa chỉ IPv6 không có ai trong mạng",
            "vangchu.vidu.example",
        )
        .address(ipv4(83))
        .dead_address(addresses::UNREACHABLE.into())
        .failing(&[
            ("reach-port", "icmp-address-unreachable"),
            ("reach-parity", "closed-over-ipv6"),
            ("reach-echo", "no-reply"),
            ("web-https", "only-over-ipv4"),
        ]),
        Site::unpublished(
            84,
            "goi-nho",
            "Đường truyền gói nhỏ có thông báo",
            "goinho.vidu.example",
        )
        .address(ipv4(84))
        .routed_host(addresses::SMALL_PACKETS),
        Site::unpublished(85, "ho-den", "Gói tin lớn bị mất không báo", "hoden.vidu.example")
            .address(ipv4(85))
            .routed_host(addresses::BLACK_HOLE)
            .failing(&[
                ("reach-pmtu", "black-hole"),
                ("reach-echo", "only-small"),
                ("tls-handshake", "timed-out"),
            ]),
        Site::new(86, "ngat", "IPv6 ngắt mọi kết nối", "ngat.vidu.example")
            .ipv6_listener(Listener::Resetting)
            .failing(&[("tls-handshake", "reset")]),
        Site::new(88, "ngat-mot-lan", "IPv6 ngắt một lần rồi trả lời", "ngatmotlan.vidu.example")
            .ipv6_listener(https(Page::HangsUpFirst)),
        Site::new(78, "ban-mot-lan", "IPv6 báo bận một lần rồi trả lời", "banmotlan.vidu.example")
            .ipv6_listener(https(Page::BusyFirst)),
        Site::new(
            90,
            "web-chap-chon",
            "Cổng web lúc mở lúc đóng qua IPv6",
            "webchapchon.vidu.example",
        )
        .ipv6_listener(Listener::Flapping)
        .failing(&[
            ("reach-port", "flapping"),
            ("reach-stable", "flapping"),
            ("tls-handshake", "closed"),
        ]),
        Site::new(87, "mat-goi", "IPv6 đôi khi mất gói tin", "matgoi.vidu.example")
            .ipv6_listener(Listener::Lossy(Page::Status(200))),
    ]
}
