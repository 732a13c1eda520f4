//! Sites that are built to wear a visitor out, or to lead it where it must not go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::lab::dns::zone::address_data;
use crate::lab::site::Site;
use crate::lab::site::listener::{CertificateKind, https, https_redirect, https_with};
use crate::lab::site::page::{Page, article};

/// Where clouds keep what a machine must not tell, over IPv6.
const METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

pub(super) fn sites() -> Vec<Site> {
    let filler = || vec![("X-Filler", "x".repeat(1000)); 300];
    vec![
        Site::new(229, "dau-khong-lo", "Phần đầu trả lời khổng lồ", "daukhonglo.vidu.example")
            .ipv6_listener(https(Page::Html(article("Trang chủ", ""), filler()))),
        Site::new(230, "than-vo-tan", "Nội dung không bao giờ hết", "thanvotan.vidu.example")
            .every_listener(https(Page::EndlessBody)),
        Site::new(231, "bom-nen", "Nội dung nén nở ra rất lớn", "bomnen.vidu.example")
            .ipv6_listener(https(Page::GzipBomb(article("Trang chủ", "")))),
        Site::new(232, "chuyen-mai", "Chuyển hướng mãi không dứt", "chuyenmai.vidu.example")
            .ipv6_listener(https_redirect("/?{n}"))
            .failing(&[
                ("web-answers", "leads-nowhere"),
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "too-many"),
            ]),
        Site::new(
            233,
            "sieu-du-lieu",
            "Chuyển hướng đến siêu dữ liệu đám mây",
            "sieudulieu.vidu.example",
        )
        .ipv6_listener(https_redirect("http://[::ffff:169.254.169.254]/latest/meta-data/"))
        .failing(&[
            ("web-answers", "leads-nowhere"),
            ("web-status-parity", "only-over-ipv4"),
            ("web-redirects", "to-private-address"),
        ]),
        Site::new(234, "ten-noi-bo", "Chuyển hướng đến tên nội bộ", "tennoibo.vidu.example")
            .other_record("trongmang.vidu.example", address_data(IpAddr::from(METADATA)))
            .other_record("trongmang.vidu.example", address_data(Ipv6Addr::LOCALHOST.into()))
            .other_record("trongmang.vidu.example", address_data(Ipv4Addr::LOCALHOST.into()))
            .ipv6_listener(https_redirect("http://trongmang.vidu.example:8080/"))
            .failing(&[
                ("web-answers", "leads-nowhere"),
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "to-private-address"),
            ]),
        Site::new(235, "nghin-ten", "Chứng thư số có hai nghìn tên", "nghinten.vidu.example")
            .every_listener(https_with(CertificateKind::Crowded(2000))),
        Site::new(236, "van-ten", "Chứng thư số có quá nhiều tên", "vanten.vidu.example")
            .ipv6_listener(https_with(CertificateKind::Crowded(4000))),
    ]
}
