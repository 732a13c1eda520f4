//! Services whose declared state is right, or wrong.

use super::{Site, ipv4, ipv6, redirect};
use crate::lab::dns::{Zone, address_data};

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(7, "chuyen-huong", "Trang đã chuyển hướng", "cu.vidu.example")
            .everywhere(redirect("https://portal.vidu.example/"))
            .state("redirected"),
        Site::new(8, "da-ngung", "Trang đã ngừng hoạt động", "danguong.vidu.example")
            .gone()
            .state("retired"),
        Site::new(
            32,
            "van-tra-loi",
            "Khai báo đã ngừng nhưng vẫn trả lời",
            "vantraloi.vidu.example",
        )
        .state("retired")
        .fails(&[("inventory-state", "retired-but-answers")]),
        Site::new(33, "dai-dien", "Bản ghi đại diện", "ten.daidien.example")
            .zone(
                Zone::new(33, "daidien.example")
                    .served_by(&["ns1.vidu.example", "ns2.vidu.example"])
                    .record("*.daidien.example", address_data(ipv6(33)))
                    .record("*.daidien.example", address_data(ipv4(33))),
            )
            .fails(&[("inventory-state", "wildcard")]),
        Site::new(11, "khong-ton-tai", "Tên miền không tồn tại", "khongtontai.vidu.example")
            .gone()
            .fails(&[("dns-aaaa", "nxdomain"), ("inventory-state", "active-but-gone")]),
        Site::new(210, "dat-muc-tieu", "Đạt mục tiêu đúng hạn", "datmuctieu.vidu.example")
            .declares(", target: {stage: 3, by: 2025-12-31}"),
        Site::new(211, "qua-han", "Quá thời hạn", "quahan.vidu.example")
            .ipv4_only()
            .declares(", target: {stage: 1, by: 2025-12-31}")
            .fails(&[("dns-aaaa", "no-data"), ("inventory-deadline", "deadline-missed")]),
        Site::new(212, "het-mien-tru", "Hết thời gian miễn trừ", "hetmientru.vidu.example")
            .ipv4_only()
            .declares(
                ", target: {stage: 1, by: 2025-06-30}, \
                 exemption: {reason: Thay thế hệ thống, until: 2025-12-31}",
            )
            .fails(&[("dns-aaaa", "no-data"), ("inventory-deadline", "exemption-expired")]),
        Site::new(213, "chua-den-han", "Chưa đến thời hạn", "chuadenhan.vidu.example")
            .ipv4_only()
            .declares(", target: {stage: 4, by: 9999-12-31}")
            .fails(&[("dns-aaaa", "no-data")]),
        Site::new(214, "thuan-ipv6", "Khai báo thuần IPv6", "thuanipv6.vidu.example")
            .state("ipv6-only")
            .fails(&[("inventory-state", "has-ipv4")]),
        Site::new(216, "khong-chuyen", "Khai báo chuyển hướng", "khongchuyen.vidu.example")
            .state("redirected")
            .fails(&[("inventory-state", "not-redirected")]),
    ]
}
