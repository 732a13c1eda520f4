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
    ]
}
