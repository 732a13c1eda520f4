//! Sites that differ over IPv6.

use super::{Door, Page, Site, good, ipv6, redirect};

pub(super) fn sites() -> Vec<Site> {
    vec![
        Site::new(27, "loi-503", "IPv6 trả lời lỗi 503", "loi503.vidu.example")
            .over_ipv6(good(Page::Status(503)))
            .fails(&[("web-answers", "error-status"), ("web-status-parity", "different-status")]),
        Site::new(
            28,
            "dich-khong-ipv6",
            "Chuyển hướng đến máy chủ không có IPv6",
            "dich.vidu.example",
        )
        .everywhere(redirect("https://chiipv4.vidu.example/"))
        .fails(&[
            ("web-status-parity", "only-over-ipv4"),
            ("web-redirects", "target-without-ipv6"),
        ]),
        Site::new(29, "lap-vong", "Chuyển hướng lặp vòng", "lapvong.vidu.example")
            .over_ipv6(redirect("https://lapvong.vidu.example/"))
            .fails(&[("web-status-parity", "only-over-ipv4"), ("web-redirects", "loop")]),
        Site::new(30, "dia-chi-noi-bo", "Chuyển hướng đến địa chỉ nội bộ", "noibo.vidu.example")
            .over_ipv6(redirect("http://[fe80::1]/"))
            .fails(&[
                ("web-status-parity", "only-over-ipv4"),
                ("web-redirects", "to-private-address"),
            ]),
        Site::new(31, "http-thuong", "IPv6 không chuyển sang HTTPS", "http.vidu.example")
            .door(ipv6(31), 80, Door::Http(Page::Status(200)))
            .fails(&[("web-https", "plain-only-over-ipv6")]),
    ]
}
