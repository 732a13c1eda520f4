//! Sites that are built to wear a visitor out, or to lead it where it must not go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Page, Site, article, bad, good, redirect};
use crate::lab::authority::Certificate;
use crate::lab::dns::address_data;

/// Where clouds keep what a machine must not tell, over IPv6.
const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

pub(super) fn sites() -> Vec<Site> {
    let filler = || vec![("X-Filler", "x".repeat(1000)); 300];
    vec![
        Site::new(229, "dau-khong-lo", "Phần đầu trả lời khổng lồ", "daukhonglo.vidu.example")
            .over_ipv6(good(Page::Html(article("Trang chủ", ""), filler()))),
        Site::new(230, "than-vo-tan", "Nội dung không bao giờ hết", "thanvotan.vidu.example")
            .everywhere(good(Page::EndlessBody)),
        Site::new(231, "bom-nen", "Nội dung nén nở ra rất lớn", "bomnen.vidu.example")
            .over_ipv6(good(Page::Bomb(article("Trang chủ", "")))),
        Site::new(232, "chuyen-mai", "Chuyển hướng mãi không dứt", "chuyenmai.vidu.example")
            .over_ipv6(redirect("/?{n}")),
        Site::new(
            233,
            "sieu-du-lieu",
            "Chuyển hướng đến siêu dữ liệu đám mây",
            "sieudulieu.vidu.example",
        )
        .over_ipv6(redirect("http://[::ffff:169.254.169.254]/latest/meta-data/"))
        .fails(&[("web-status-parity", "only-over-ipv4"), ("web-redirects", "to-private-address")]),
        Site::new(234, "ten-noi-bo", "Chuyển hướng đến tên nội bộ", "tennoibo.vidu.example")
            .other("trongmang.vidu.example", address_data(IpAddr::from(METADATA)))
            .other("trongmang.vidu.example", address_data(Ipv6Addr::LOCALHOST.into()))
            .other("trongmang.vidu.example", address_data(Ipv4Addr::LOCALHOST.into()))
            .over_ipv6(redirect("http://trongmang.vidu.example:8080/"))
            .fails(&[
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "to-private-address"),
            ]),
        Site::new(235, "nghin-ten", "Chứng thư số có hai nghìn tên", "nghinten.vidu.example")
            .everywhere(bad(Certificate::Crowded(2000))),
        Site::new(236, "van-ten", "Chứng thư số có quá nhiều tên", "vanten.vidu.example")
            .over_ipv6(bad(Certificate::Crowded(4000)))
            .fails(&[("tls-handshake", "chain-too-large")]),
    ]
}
