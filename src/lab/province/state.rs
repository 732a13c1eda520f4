//! Services whose declared state is right, or wrong.

use crate::lab::dns::zone::{Zone, address_data};
use crate::lab::network::addresses::{ipv4, ipv6};
use crate::lab::site::Site;
use crate::lab::site::listener::https_redirect;

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(7, "chuyen-huong", "Trang đã chuyển hướng", "cu.vidu.example")
            .every_listener(https_redirect("https://portal.vidu.example/"))
            .state("redirected"),
        Site::new(8, "da-ngung", "Trang đã ngừng hoạt động", "danguong.vidu.example")
            .removed()
            .state("retired"),
        Site::new(
            32,
            "van-tra-loi",
            "Khai báo đã ngừng nhưng vẫn trả lời",
            "vantraloi.vidu.example",
        )
        .state("retired")
        .failing(&[("inventory-state", "retired-but-answers")]),
        Site::new(33, "dai-dien", "Bản ghi đại diện", "ten.daidien.example")
            .zone(
                Zone::new(33, "daidien.example")
                    .served_by(&["ns1.vidu.example", "ns2.vidu.example"])
                    .record("*.daidien.example", address_data(ipv6(33)))
                    .record("*.daidien.example", address_data(ipv4(33))),
            )
            .failing(&[("inventory-state", "wildcard")]),
        Site::new(11, "khong-ton-tai", "Tên miền không tồn tại", "khongtontai.vidu.example")
            .removed()
            .failing(&[("dns-aaaa", "nxdomain"), ("inventory-state", "active-but-gone")]),
        Site::new(210, "dat-muc-tieu", "Đạt mục tiêu đúng hạn", "datmuctieu.vidu.example")
            .declaration(", target: {stage: 3, by: 2025-12-31}"),
        Site::new(211, "qua-han", "Quá thời hạn", "quahan.vidu.example")
            .ipv4_only()
            .declaration(", target: {stage: 1, by: 2025-12-31}")
            .failing(&[("dns-aaaa", "no-data"), ("inventory-deadline", "deadline-missed")]),
        Site::new(212, "het-mien-tru", "Hết thời gian miễn trừ", "hetmientru.vidu.example")
            .ipv4_only()
            .declaration(
                ", target: {stage: 1, by: 2025-06-30}, \
                 exemption: {reason: Thay thế hệ thống, until: 2025-12-31}",
            )
            .failing(&[("dns-aaaa", "no-data"), ("inventory-deadline", "exemption-expired")]),
        Site::new(213, "chua-den-han", "Chưa đến thời hạn", "chuadenhan.vidu.example")
            .ipv4_only()
            .declaration(", target: {stage: 4, by: 9999-12-31}")
            .failing(&[("dns-aaaa", "no-data")]),
        Site::new(214, "thuan-ipv6", "Khai báo thuần IPv6", "thuanipv6.vidu.example")
            .state("ipv6-only")
            .failing(&[("inventory-state", "has-ipv4")]),
        Site::new(216, "khong-chuyen", "Khai báo chuyển hướng", "khongchuyen.vidu.example")
            .state("redirected")
            .failing(&[("inventory-state", "not-redirected")]),
    ]
}
